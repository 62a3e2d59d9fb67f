// What a provider is told, what the broker is asked, and what is left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forms } from "./harness/forms.js";
import { BROKER, both, user } from "./harness/suite.js";
import { HOUR, World, offline, reply } from "./harness/world.js";

const addresses = {
  "https://purser.example.com": "https://purser.example.com/v1/apps/shop/credentials",
  "https://purser.example.com/": "https://purser.example.com/v1/apps/shop/credentials",
  "https://shop.example.com/rum/broker//": "https://shop.example.com/rum/broker/v1/apps/shop/credentials",
  "HTTPS://Purser.Example.com:8443": "https://purser.example.com:8443/v1/apps/shop/credentials",
  "http://localhost:8080": "http://localhost:8080/v1/apps/shop/credentials",
  "http://127.0.0.1:8080/": "http://127.0.0.1:8080/v1/apps/shop/credentials",
  "http://[::1]:8080/": "http://[::1]:8080/v1/apps/shop/credentials",
};
for (const [broker, url] of Object.entries(addresses))
  both(`${broker} is asked at ${url}`, async (world, module) => {
    await user(module, { broker })();
    await user(module, { broker: new URL(broker) })();
    assert.deepEqual(world.calls.map((call) => call.url), [url, url]);
  });

both("an app's name is encoded", async (world, module) => {
  await user(module, { app: "a b/../c?d" })();
  assert.equal(world.calls[0].url, `${BROKER}/v1/apps/a%20b%2F..%2Fc%3Fd/credentials`);
});

const wrong = {
  "no broker": { broker: undefined },
  "a relative broker": { broker: "/rum" },
  "a broker without a scheme": { broker: "purser.example.com" },
  "plain http": { broker: "http://purser.example.com" },
  "plain http to what looks like this machine": { broker: "http://localhost.example.com" },
  "plain http to another of its addresses": { broker: "http://127.0.0.1.example.com" },
  "plain http to a name that is nearly one": { broker: "http://127x0x0x1" },
  "another scheme": { broker: "ftp://purser.example.com" },
  "another scheme to this machine": { broker: "ftp://localhost" },
  "a user in the address": { broker: "https://me@purser.example.com" },
  "a password in the address": { broker: "https://:secret@purser.example.com" },
  "a query": { broker: "https://purser.example.com/?x=1" },
  "a fragment": { broker: "https://purser.example.com/#x" },
  "no app": { app: undefined },
  "an empty app": { app: "" },
  "an app that is a step": { app: ".." },
  "an app that is no text": { app: 7 },
  "no token": { token: undefined },
  "a token in place of a function": { token: "eyJhbGciOi" },
};
for (const [mistake, options] of Object.entries(wrong))
  both(`${mistake} is a TypeError at once, in plain words`, async (world, module) => {
    const all = { broker: BROKER, app: "shop", token: () => "alice", ...options };
    const client = { setAwsCredentials() {}, enable() {}, disable() {}, dispatch() {} };
    const makers = [module.credentials, (options) => module.connect({ ...options, signedIn: client })];
    if (!("token" in options)) makers.push(module.guestCredentials);
    if ("broker" in options) makers.push(module.clientConfig);
    for (const make of makers)
      assert.throws(() => make(all), ({ name, message }) => {
        assert.equal(name, "TypeError");
        assert.match(message, /^rum-credentials: (broker|app|token) must be /);
        assert.doesNotMatch(message, /eyJ|secret/);
        return true;
      });
    assert.equal(world.calls.length, 0);
  });

both("a call has no cookies, no referrer, no cache, and follows no redirect", async (world, module) => {
  await user(module)();
  const { method, credentials, cache, referrerPolicy, redirect } = world.calls[0].init;
  assert.deepEqual(
    { method, credentials, cache, referrerPolicy, redirect },
    { method: undefined, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", redirect: "error" }
  );
});

both("telemetry that replaces fetch later sees no call", async (world, module) => {
  world.global.fetch = () => assert.fail("recorded");
  await user(module)();
  assert.equal(world.calls.length, 1);
});

/** Objects that fail whoever touches them. */
const forbidden = (name) => new Proxy({}, { get: () => assert.fail(name), set: () => assert.fail(name) });
const traps = ["localStorage", "sessionStorage", "indexedDB", "caches", "document", "navigator", "console"];

for (const [form, load] of Object.entries(forms))
  test(`nothing is stored, and nothing is written to the console (${form})`, async () => {
    const kept = traps.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
    const world = new World();
    const module = await load(world);
    try {
      for (const name of traps)
        Object.defineProperty(world.global, name, { value: forbidden(name), configurable: true, writable: true });
      world.answers = [offline, () => reply(503), () => reply(401), () => world.credentials(), () => reply(403)];
      const provider = user(module);
      const promise = provider();
      await world.pass(HOUR / 20);
      await promise;
      await world.pass(HOUR);
      await provider().catch(() => {});
      assert.equal(world.calls.length, 5);
    } finally {
      for (const [name, property] of kept) {
        if (property) Object.defineProperty(globalThis, name, property);
        else delete globalThis[name];
      }
    }
  });

for (const [form, load] of Object.entries(forms))
  test(`loading it needs nothing of a browser, and does nothing (${form})`, async () => {
    const world = new World();
    const module = await load(world);
    assert.deepEqual(Object.keys(module).sort(), ["clientConfig", "connect", "credentials", "guestCredentials", "version"]);
    assert.equal(world.calls.length + world.timers, 0);
  });
