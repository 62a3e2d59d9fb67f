// SPDX-License-Identifier: Apache-2.0

// What a switch between the clients of a page has in common for all of them.

import { request } from "./exchange.js";
import { SECOND, now } from "./time.js";

let time = 0;
let end = 0;

/** For ten seconds, failures of batches are kept from the clients. */
export const hush = () => {
  end = now() + 10000;
};

/** The page switches clients now: performance entries that ended before belong to the client that was enabled then. */
export const mark = () => {
  time = now();
  hush();
};

/** The performance telemetry's filter: the client's own default, and no entry from before the last switch. */
export const ignore = (entry) =>
  entry.startTime + entry.duration < time ||
  (entry.entryType === "resource" &&
    (!/^https?:/.test(entry.name) || /^(fetch|xmlhttprequest)$/.test(entry.initiatorType)));

/**
 * Sends a batch with the page's own `fetch`, which no telemetry has replaced: a replaced one would trace the batch.
 *
 * Nobody handles the promise of a client's `dispatch()`, so around a switch a batch that fails would become an error of
 * the page. Then this function retries like the client, and in the end reports success.
 */
export const send = async (batch) => {
  if (now() > end) return request(batch);
  for (let pause = 2; pause < 9; pause *= 2) {
    try {
      const { status } = await request(batch.clone());
      if (status < 500 && status !== 429) break;
    } catch {}
    await new Promise((done) => setTimeout(done, pause * SECOND));
  }
  return new Response();
};

/**
 * Has the enabled client send its CLS and INP, which it does when the page is hidden, and at no command; and ends the
 * session of `monitor`, which a client would restore from its cookie.
 */
export const hide = (monitor) => {
  const page = document;
  Object.defineProperty(page, "visibilityState", { value: "hidden", configurable: true });
  page.dispatchEvent(new Event("pagehide"));
  delete page.visibilityState;
  if (monitor) page.cookie = `cwr_s_${monitor}=; Max-Age=0; Path=/; Domain=${location.hostname}`;
};
