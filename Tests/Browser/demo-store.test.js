// SPDX-License-Identifier: Apache-2.0

// The demo store's stand-in for the RUM client behaves like aws-rum-web, including its defects, in each of three versions.

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

const VERSIONS = ["1.25", "2.1", "3.2"];

/**
 * A page with an enabled stand-in. The data plane responds with `statuses` in order, 0 being a network error, then 200.
 * `tick` does the work of the client's timer.
 */
const page = async (statuses = [], config = {}) => {
  const { StandIn } = await load("stand-in.js");
  const sent = [];
  const beacons = [];
  const pauses = [];
  const timers = [];
  const cookies = [];
  const observers = [];
  const document = Object.assign(new EventTarget(), { title: "", visibilityState: "visible" });
  Object.defineProperty(document, "cookie", { get: () => cookies.join("; "), set: (text) => cookies.push(text.split(";")[0]) });
  class PerformanceObserver {
    static supportedEntryTypes = ["layout-shift", "event", "resource"];
    constructor(entries) {
      Object.assign(this, { entries, buffered: 0 });
    }
    observe({ type, buffered }) {
      this.buffered += buffered;
      observers.push(Object.assign(this, { type }));
    }
    disconnect() {
      observers.splice(observers.indexOf(this), 1);
    }
  }
  const globals = {
    crypto: webcrypto,
    window: globalThis,
    addEventListener() {},
    removeEventListener() {},
    PerformanceObserver,
    document,
    location: { hostname: "localhost", pathname: "/shop" },
    navigator: { language: "en", sendBeacon: (address, body) => beacons.push([new URL(address), body]) },
    setTimeout: (action, pause) => pauses.push(pause) && setImmediate(action),
    setInterval: (action) => timers.push(action),
    clearInterval() {},
    async fetch(request) {
      const { url, headers } = request;
      sent.push({ url, headers: Object.fromEntries(headers), body: Buffer.from(await request.arrayBuffer()) });
      const status = statuses.shift() ?? 200;
      if (!status) throw new TypeError("network");
      return { status };
    },
  };
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const client = new StandIn(MONITOR, "1.0.0", "us-west-2", {
    endpoint: "http://127.0.0.1:8090/", disableAutoPageView: true, ...config,
  });
  /** Gives entries to the observers of a type. */
  const observed = (type, ...entries) =>
    [...observers].filter((observer) => observer.type === type).forEach((observer) => observer.entries({ getEntries: () => entries }));
  return { client, sent, beacons, pauses, cookies, document, observed, observers, tick: () => timers.at(-1)() };
};

const typesOf = ({ body }) => JSON.parse(body).RumEvents.map(({ type }) => type.replace("com.amazon.rum.", ""));

/** The first unhandled rejection, which a page's clients would record as an error. The test runner does not see it. */
const unhandledRejection = async (action) => {
  const listeners = process.rawListeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  try {
    const rejection = new Promise((done) => process.once("unhandledRejection", ({ message }) => done(message)));
    action();
    return await rejection;
  } finally {
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
};

/** Waits for work of WebCrypto, which completes in other threads. */
const until = async (condition) => {
  for (let turn = 0; !condition(); turn++) {
    assert.ok(turn < 1_000_000, `${condition}`);
    await new Promise((done) => setImmediate(done));
  }
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
  const { client, sent, tick } = await page();
  let give;
  client.setAwsCredentials(() => new Promise((done) => (give = done)));
  client.recordPageView("/");
  const first = tick();
  const giveFirst = give;
  await tick();
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
  const { client, sent, tick } = await page();
  client.recordPageView("/");
  await tick();
  client.setAwsCredentials(CREDENTIALS);
  await tick();
  assert.equal(sent.length, 0);
  client.disable();
});

test("the stand-in retries 429, 5xx and network errors twice, with the same signature", async () => {
  const { client, sent, pauses, tick } = await page([429, 0, 500]);
  client.setAwsCredentials(CREDENTIALS);
  client.recordPageView("/");
  await tick();
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map(({ headers }) => headers.authorization)).size, 1);
  assert.deepEqual(pauses, [2000, 4000]);
  client.recordPageView("/next");
  await tick();
  assert.equal(sent.length, 4);
  client.disable();
});

for (const [version, sentBatches] of [["1.25", 1], ["2.1", 2], ["3.2", 2]])
  test(`the stand-in of ${version} disables itself after ${sentBatches === 1 ? "the first" : "the second"} 403`, async () => {
    const { client, sent, tick } = await page([403, 403], { behavesLike: version });
    client.setAwsCredentials(CREDENTIALS);
    for (const path of ["/", "/a", "/b"]) {
      client.recordPageView(path);
      await tick();
    }
    assert.equal(sent.length, sentBatches);
  });

for (const version of VERSIONS) {
  test(`dispatch() of the stand-in of ${version} returns nothing, and its failure is unhandled`, async () => {
    const { client } = await page([404], { behavesLike: version });
    client.setAwsCredentials(CREDENTIALS);
    client.recordPageView("/");
    let returned = "nothing yet";
    assert.equal(await unhandledRejection(() => (returned = client.dispatch())), "404");
    assert.equal(returned, undefined);
  });

  test(`the stand-in of ${version} observes resources again at each enable()`, async () => {
    const { client, observers } = await page([], { behavesLike: version });
    const [resources] = observers.filter(({ type }) => type === "resource");
    const before = resources.buffered;
    client.disable();
    client.enable();
    assert.equal(resources.buffered, before + 1);
  });

  test(`a disabled stand-in of ${version} records its creation, and takes pages without a view`, async () => {
    const { client, sent, tick } = await page([], { behavesLike: version, enableRumClient: false, disableAutoPageView: false });
    client.setAwsCredentials(CREDENTIALS);
    client.recordPageView("/next");
    client.recordEvent("dropped", {});
    client.enable();
    client.recordPageView("/next");
    client.recordEvent("kept", {});
    await tick();
    assert.deepEqual(typesOf(sent[0]), ["session_start_event", "page_view_event", "kept"]);
    const { RumEvents } = JSON.parse(sent[0].body);
    assert.deepEqual(RumEvents.map(({ metadata }) => JSON.parse(metadata).pageId), ["/shop", "/shop", "/next"]);
  });

  test(`the stand-in of ${version} sends CLS and INP when the page is hidden, the last value of each`, async () => {
    const { client, sent, beacons, document, observed, tick } = await page([], { behavesLike: version });
    client.setAwsCredentials(CREDENTIALS);
    observed("layout-shift", { value: 0.25 }, { value: 0.5 });
    observed("event", { interactionId: 1, duration: 80 }, { interactionId: 2, duration: 40 });
    await tick();
    assert.equal(sent.length, 0);
    document.visibilityState = "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
    await until(() => beacons.length);
    const values = JSON.parse(beacons[0][1]).RumEvents.map(({ type, details }) => [type, JSON.parse(details).value]);
    assert.deepEqual(values, [
      ["com.amazon.rum.cumulative_layout_shift_event", 0.75],
      ["com.amazon.rum.interaction_to_next_paint_event", 80],
    ]);
  });

  test(`stand-ins of ${version} share the user's cookie and, if unique, have a session each`, async () => {
    const { client, cookies } = await page([], { behavesLike: version, allowCookies: true, cookieAttributes: { unique: true } });
    client.recordPageView("/");
    assert.deepEqual([...new Set(cookies.map((cookie) => cookie.split("=")[0]))], ["cwr_u", `cwr_s_${MONITOR}`]);
  });

  test(`the stand-in of ${version} has startSession() and SessionMetadata only if that version has them`, async () => {
    const { client, sent, tick } = await page([], { behavesLike: version });
    const newest = version === "3.2";
    assert.equal(typeof client.startSession, newest ? "function" : "undefined");
    client.setAwsCredentials(CREDENTIALS);
    client.recordPageView("/");
    await tick();
    const { SessionMetadata, RumEvents } = JSON.parse(sent[0].body);
    assert.equal(SessionMetadata === undefined, !newest);
    assert.equal("aws:client" in JSON.parse(RumEvents[0].metadata), !newest);
    if (!newest) return;
    const before = JSON.parse(sent[0].body).UserDetails.sessionId;
    client.startSession();
    await tick();
    assert.notEqual(JSON.parse(sent[1].body).UserDetails.sessionId, before);
  });
}

test("the stand-in requests credentials again after the first 403 and disables itself after the second", async () => {
  const { client, sent, tick } = await page([403, 403]);
  let providerCalls = 0;
  client.setAwsCredentials(async () => (providerCalls++, CREDENTIALS));
  const calls = [];
  for (const path of ["/", "/a", "/b"]) {
    client.recordPageView(path);
    await tick();
    calls.push([sent.length, providerCalls]);
  }
  // The provider is called when it is set, again after the first 403, and once per batch.
  assert.deepEqual(calls, [[1, 3], [2, 4], [2, 4]]);
});

test("the stand-in disables itself after a 404, not after a 400", async () => {
  for (const [status, batches] of [[404, 1], [400, 2]]) {
    const { client, sent, tick } = await page([status]);
    client.setAwsCredentials(CREDENTIALS);
    for (const path of ["/", "/a"]) {
      client.recordPageView(path);
      await tick();
    }
    assert.equal(sent.length, batches);
    client.disable();
  }
});

test("the stand-in compresses batches over 2 KB with gzip and signs content-encoding", async () => {
  const { client, sent, tick } = await page();
  client.setAwsCredentials(CREDENTIALS);
  for (let i = 0; i < 10; i++) client.recordPageView(`/${i}${"long".repeat(60)}`);
  await tick();
  const [{ headers, body }] = sent;
  assert.equal(headers["content-encoding"], "gzip");
  assert.match(headers.authorization, /SignedHeaders=content-encoding;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, /);
  assert.equal(headers["x-amz-content-sha256"], createHash("sha256").update(body).digest("hex"));
  assert.equal(JSON.parse(gunzipSync(body)).RumEvents.length, 11);
  client.disable();
});

test("the stand-in sends an uncompressed beacon with a presigned URL, or a fetch if the batch is too large", async () => {
  const { client, sent, beacons, tick } = await page();
  client.setAwsCredentials(CREDENTIALS);
  client.recordPageView("/");
  client.dispatchBeacon();
  await until(() => beacons.length + sent.length > 0);
  const [[address, body]] = beacons;
  assert.equal(address.pathname, `/appmonitors/${MONITOR}`);
  assert.equal(address.searchParams.get("X-Amz-Expires"), "60");
  assert.equal(address.searchParams.get("X-Amz-SignedHeaders"), "content-type;host");
  assert.equal(JSON.parse(body).RumEvents.length, 2);
  client.recordEvent("long", { text: "x".repeat(64000) });
  client.dispatchBeacon();
  await until(() => beacons.length + sent.length > 1);
  assert.deepEqual([sent.length, beacons.length], [1, 1]);
  client.disable();
});

test("the stand-in drops events while it is disabled", async () => {
  const { client, sent, tick } = await page();
  client.setAwsCredentials(CREDENTIALS);
  client.disable();
  client.recordPageView("/");
  client.enable();
  await tick();
  assert.equal(sent.length, 0);
  client.disable();
});
