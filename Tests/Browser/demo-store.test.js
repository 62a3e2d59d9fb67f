// SPDX-License-Identifier: Apache-2.0

// The demo store's stand-in for the RUM client behaves like aws-rum-web, including its defects.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createHmac, randomBytes, webcrypto } from "node:crypto";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const PAGES = fileURLToPath(new URL("../../Sources/Sandbox/Store/Pages/", import.meta.url));
const CREDENTIALS = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
const MONITOR = "c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07";

const load = (name) => {
  const code = execFileSync("esbuild", ["--bundle", "--format=esm", `${PAGES}${name}`], { encoding: "utf8" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
};

/** A page with an enabled stand-in. The data plane responds with `statuses` in order, 0 being a network error, then 200. */
const page = async (statuses = [], config = {}) => {
  const { StandIn } = await load("stand-in.js");
  const sent = [];
  const beacons = [];
  const pauses = [];
  const globals = {
    crypto: webcrypto,
    addEventListener() {},
    document: { addEventListener() {}, removeEventListener() {}, cookie: "", title: "", visibilityState: "visible" },
    location: { hostname: "localhost" },
    navigator: { language: "en", sendBeacon: (address, body) => beacons.push([new URL(address), body]) },
    setTimeout: (action, pause) => pauses.push(pause) && setImmediate(action),
    async fetch(url, { headers, body }) {
      sent.push({ url, headers, body });
      const status = statuses.shift() ?? 200;
      if (!status) throw new TypeError("network");
      return { status };
    },
  };
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const client = new StandIn(MONITOR, "1.0.0", "us-west-2", {
    endpoint: "http://127.0.0.1:8090/", dispatchInterval: 2 ** 30, ...config,
  });
  return { client, sent, beacons, pauses };
};

test("the synchronous SHA-256 and HMAC of the demo store match node:crypto for any length", async () => {
  const { atOnce } = await load("sha256.js");
  for (const length of [...Array(200).keys(), 1000, 70000]) {
    const bytes = randomBytes(length);
    assert.deepEqual(Buffer.from(atOnce.digest(bytes)), createHash("sha256").update(bytes).digest());
    assert.deepEqual(Buffer.from(atOnce.hmac(bytes, bytes)), createHmac("sha256", bytes).update(bytes).digest());
  }
});

test("the stand-in removes a batch from the queue before it has credentials", async () => {
  const { client, sent } = await page();
  let give;
  client.setAwsCredentials(() => new Promise((done) => (give = done)));
  client.recordPageView("/");
  const first = client.dispatch();
  const giveFirst = give;
  await client.dispatch();
  giveFirst(CREDENTIALS);
  await first;
  assert.equal(sent.length, 1);
  const { RumEvents, UserDetails, AppMonitorDetails } = JSON.parse(Buffer.from(sent[0].body));
  assert.deepEqual(RumEvents.map((event) => event.type), [
    "com.amazon.rum.session_start_event",
    "com.amazon.rum.page_view_event",
  ]);
  assert.equal(JSON.parse(RumEvents[1].metadata).pageId, "/");
  assert.match(`${UserDetails.userId} ${UserDetails.sessionId}`, /^[0-9a-f-]{36} [0-9a-f-]{36}$/);
  assert.deepEqual(AppMonitorDetails, { id: MONITOR, version: "1.0.0" });
  client.disable();
});

test("the stand-in loses a batch that it dispatches without credentials", async () => {
  const { client, sent } = await page();
  client.recordPageView("/");
  await client.dispatch();
  client.setAwsCredentials(CREDENTIALS);
  await client.dispatch();
  assert.equal(sent.length, 0);
  client.disable();
});

test("the stand-in retries 429, 5xx and network errors twice, with the same signature", async () => {
  const { client, sent, pauses } = await page([429, 0, 500]);
  client.setAwsCredentials(CREDENTIALS);
  client.recordPageView("/");
  await client.dispatch();
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map(({ headers }) => headers.authorization)).size, 1);
  assert.deepEqual(pauses, [2000, 4000]);
  client.recordPageView("/next");
  await client.dispatch();
  assert.equal(sent.length, 4);
  client.disable();
});

test("the stand-in requests credentials again after the first 403 and disables itself after the second", async () => {
  const { client, sent } = await page([403, 403]);
  let providerCalls = 0;
  client.setAwsCredentials(async () => (providerCalls++, CREDENTIALS));
  const calls = [];
  for (const path of ["/", "/a", "/b"]) {
    client.recordPageView(path);
    await client.dispatch();
    calls.push([sent.length, providerCalls]);
  }
  // The provider is called when it is set, again after the first 403, and once per batch.
  assert.deepEqual(calls, [[1, 3], [2, 4], [2, 4]]);
});

test("the stand-in disables itself after a 404, not after a 400", async () => {
  for (const [status, batches] of [[404, 1], [400, 2]]) {
    const { client, sent } = await page([status]);
    client.setAwsCredentials(CREDENTIALS);
    for (const path of ["/", "/a"]) {
      client.recordPageView(path);
      await client.dispatch();
    }
    assert.equal(sent.length, batches);
    client.disable();
  }
});

test("the stand-in compresses batches over 2 KB with gzip and signs content-encoding", async () => {
  const { client, sent } = await page();
  client.setAwsCredentials(CREDENTIALS);
  for (let i = 0; i < 10; i++) client.recordPageView(`/${i}`);
  await client.dispatch();
  const [{ headers, body }] = sent;
  assert.equal(headers["content-encoding"], "gzip");
  assert.match(headers.authorization, /SignedHeaders=content-encoding;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, /);
  assert.equal(headers["x-amz-content-sha256"], createHash("sha256").update(body).digest("hex"));
  assert.equal(JSON.parse(gunzipSync(body)).RumEvents.length, 11);
  client.disable();
});

test("the stand-in sends an uncompressed beacon with a presigned URL, or a fetch if the batch is too large", async () => {
  const { client, sent, beacons } = await page();
  client.setAwsCredentials(CREDENTIALS);
  client.recordPageView("/");
  await client.dispatchBeacon();
  const [[address, body]] = beacons;
  assert.equal(address.pathname, `/appmonitors/${MONITOR}`);
  assert.equal(address.searchParams.get("X-Amz-Expires"), "60");
  assert.equal(address.searchParams.get("X-Amz-SignedHeaders"), "content-type;host");
  assert.equal(JSON.parse(body).RumEvents.length, 2);
  client.recordEvent("long", { text: "x".repeat(64000) });
  await client.dispatchBeacon();
  assert.deepEqual([sent.length, beacons.length], [1, 1]);
  client.disable();
});

test("the stand-in drops events while it is disabled", async () => {
  const { client, sent } = await page();
  client.setAwsCredentials(CREDENTIALS);
  client.disable();
  client.recordPageView("/");
  client.enable();
  await client.dispatch();
  assert.equal(sent.length, 0);
  client.disable();
});
