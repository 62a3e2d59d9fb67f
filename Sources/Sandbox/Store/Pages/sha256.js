// SPDX-License-Identifier: Apache-2.0

/**
 * Synchronous SHA-256 (FIPS 180-4) and HMAC (RFC 2104), as in aws-rum-web. WebCrypto completes in a later turn of the event
 * loop. A page that is being unloaded may not get one, and its last batch would be lost.
 */
const primes = [];
for (let candidate = 2; primes.length < 64; candidate++)
  if (primes.every((prime) => candidate % prime)) primes.push(candidate);

const fraction = (root) => (root % 1) * 2 ** 32 | 0;
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const constants = primes.map((prime) => fraction(Math.cbrt(prime)));

const rotate = (word, bits) => (word >>> bits) | (word << (32 - bits));

function digest(message) {
  const padded = new Uint8Array(((message.length + 8) >> 6 << 6) + 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, message.length / 2 ** 29);
  view.setUint32(padded.length - 4, message.length << 3);
  const state = Int32Array.from(initial);
  const words = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const early = words[i - 15];
      const late = words[i - 2];
      words[i] =
        words[i - 16] + (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
        words[i - 7] + (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0;
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] += word));
  }
  const output = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => output.setInt32(4 * i, word));
  return new Uint8Array(output.buffer);
}

function hmac(key, message) {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? digest(key) : key);
  const keyed = (pad, bytes) => {
    const joined = new Uint8Array(64 + bytes.length);
    joined.set(block.map((byte) => byte ^ pad));
    joined.set(bytes, 64);
    return digest(joined);
  };
  return keyed(0x5c, keyed(0x36, message));
}

export const atOnce = { digest, hmac };
