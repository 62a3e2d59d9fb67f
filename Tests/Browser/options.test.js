// SPDX-License-Identifier: Apache-2.0

// Options of the module, its requests to the broker, and the absence of side effects.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forms } from "./harness/forms.js";
import { BROKER, testBothForms, userProvider } from "./harness/suite.js";
import { FakeEnvironment, HOUR, offline, reply } from "./harness/environment.js";

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
  testBothForms(`broker ${broker} gives the request URL ${url}`, async (env, module) => {
    await userProvider(module, { broker })();
    await userProvider(module, { broker: new URL(broker) })();
    assert.deepEqual(env.calls.map((call) => call.url), [url, url]);
  });

testBothForms("the app name is percent-encoded in the request URL", async (env, module) => {
  await userProvider(module, { app: "a b/../c?d" })();
  assert.equal(env.calls[0].url, `${BROKER}/v1/apps/a%20b%2F..%2Fc%3Fd/credentials`);
});

const wrong = {
  "no broker": { broker: undefined },
  "a relative broker": { broker: "/rum" },
  "a broker without a scheme": { broker: "purser.example.com" },
  "plain http": { broker: "http://purser.example.com" },
  "plain http to a subdomain of example.com named localhost": { broker: "http://localhost.example.com" },
  "plain http to a domain name that begins with 127.0.0.1": { broker: "http://127.0.0.1.example.com" },
  "plain http to a name that resembles 127.0.0.1": { broker: "http://127x0x0x1" },
  "the scheme ftp": { broker: "ftp://purser.example.com" },
  "the scheme ftp to localhost": { broker: "ftp://localhost" },
  "a user in the broker URL": { broker: "https://me@purser.example.com" },
  "a password in the broker URL": { broker: "https://:secret@purser.example.com" },
  "a query in the broker URL": { broker: "https://purser.example.com/?x=1" },
  "a fragment in the broker URL": { broker: "https://purser.example.com/#x" },
  "no app": { app: undefined },
  "an empty app": { app: "" },
  "an app that is a dot segment": { app: ".." },
  "an app that is not a string": { app: 7 },
  "no token": { token: undefined },
  "a token in place of a token function": { token: "eyJhbGciOi" },
};
for (const [mistake, options] of Object.entries(wrong))
  testBothForms(`the module throws a TypeError that names the option for ${mistake}`, async (env, module) => {
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
    assert.equal(env.calls.length, 0);
  });

testBothForms("a request to the broker sends no cookies and no referrer, bypasses caches and follows no redirect", async (env, module) => {
  await userProvider(module)();
  const { method, credentials, cache, referrerPolicy, redirect } = env.calls[0].init;
  assert.deepEqual(
    { method, credentials, cache, referrerPolicy, redirect },
    { method: undefined, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", redirect: "error" }
  );
});

testBothForms("telemetry that replaces fetch after the module is loaded records no request to the broker", async (env, module) => {
  env.global.fetch = () => assert.fail("recorded");
  await userProvider(module)();
  assert.equal(env.calls.length, 1);
});

/** An object that fails the test when a property is read or set. */
const forbidden = (name) => new Proxy({}, { get: () => assert.fail(name), set: () => assert.fail(name) });
const traps = ["localStorage", "sessionStorage", "indexedDB", "caches", "document", "navigator", "console"];

for (const [form, load] of Object.entries(forms))
  test(`a provider writes nothing to browser storage or the console (${form})`, async () => {
    const kept = traps.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
    const env = new FakeEnvironment();
    const module = await load(env);
    try {
      for (const name of traps)
        Object.defineProperty(env.global, name, { value: forbidden(name), configurable: true, writable: true });
      env.answers = [offline, () => reply(503), () => reply(401), () => env.credentials(), () => reply(403)];
      const provider = userProvider(module);
      const promise = provider();
      await env.advance(HOUR / 20);
      await promise;
      await env.advance(HOUR);
      await provider().catch(() => {});
      assert.equal(env.calls.length, 5);
    } finally {
      for (const [name, property] of kept) {
        if (property) Object.defineProperty(globalThis, name, property);
        else delete globalThis[name];
      }
    }
  });

for (const [form, load] of Object.entries(forms))
  test(`loading the module needs no browser and starts no request or timer (${form})`, async () => {
    const env = new FakeEnvironment();
    const module = await load(env);
    assert.deepEqual(Object.keys(module).sort(), ["clientConfig", "connect", "credentials", "guestCredentials", "version"]);
    assert.equal(env.calls.length + env.timers, 0);
  });
