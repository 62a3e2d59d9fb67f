// SPDX-License-Identifier: Apache-2.0

// How a provider handles failures: it retries temporary ones and rejects on permanent ones.

import assert from "node:assert/strict";
import { BROKER, testBothForms, userProvider } from "./harness/suite.js";
import { MINUTE, SECOND, offline, reply, settle, stateOf } from "./harness/environment.js";

const passing = {
  "a network error": offline,
  "a 429": () => reply(429),
  "a 500": () => reply(500),
  "a 503": () => reply(503),
  "a 504": () => reply(504),
  "an incomplete body": () =>
    new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) })),
};

for (const [failure, answer] of Object.entries(passing))
  testBothForms(`a provider retries a request after ${failure}; its promise stays pending until it succeeds`, async (env, module) => {
    env.answers = [answer, answer, answer];
    const promise = userProvider(module)();
    assert.equal(await stateOf(promise), "pending");
    await env.advance(MINUTE);
    assert.equal((await promise).accessKeyId, "ASIA4");
    assert.equal(env.calls.length, 4);
  });

testBothForms("retry backoff starts at 1 to 2 seconds, doubles up to 30 seconds, and has jitter", async (env, module) => {
  const starts = new Set();
  for (let page = 0; page < 20; page++) {
    const fetched = env.calls.length;
    env.answers = Array(8).fill(offline);
    const promise = userProvider(module)();
    await env.advance(10 * MINUTE);
    await promise;
    const times = env.calls.slice(fetched).map((call) => call.at);
    const pauses = times.slice(1).map((time, index) => (time - times[index]) / SECOND);
    starts.add(pauses[0]);
    for (const [index, limit] of [2, 4, 8, 16, 30, 30, 30, 30].entries())
      assert.ok(pauses[index] >= limit / 2 && pauses[index] <= limit, `${pauses[index]} s, pause ${index}`);
  }
  assert.ok(starts.size > 10, "the first pauses differ between pages");
});

testBothForms("a request without a response is aborted after 10 seconds and retried", async (env, module) => {
  env.answers = [() => new Promise(() => {})];
  const promise = userProvider(module)();
  await env.advance(10 * SECOND - 1);
  assert.equal(env.calls[0].init.signal.aborted, false);
  await env.advance(3 * SECOND);
  assert.equal(env.calls[0].init.signal.aborted, true);
  assert.equal((await promise).accessKeyId, "ASIA2");
});

testBothForms("a request whose body stalls is aborted after 10 seconds and retried", async (env, module) => {
  env.answers = [
    ({ init }) =>
      new Response(
        new ReadableStream({
          start: (stream) => init.signal.addEventListener("abort", () => stream.error(new TypeError("aborted"))),
        })
      ),
  ];
  const promise = userProvider(module)();
  await env.advance(13 * SECOND);
  assert.equal((await promise).accessKeyId, "ASIA2");
});

testBothForms("a completed request leaves no timer", async (env, module) => {
  await userProvider(module)();
  assert.equal(env.timers, 0);
});

const delays = {
  "in seconds": [() => "20", 20],
  "as a date": [(env) => new Date(env.time + 20 * SECOND).toUTCString(), 20],
  "capped at five minutes": [() => "3600", 300],
  "as a date, capped at five minutes if the broker's clock is an hour ahead": [
    (env) => new Date(env.time + 60 * MINUTE).toUTCString(),
    300,
  ],
};
for (const [form, [value, seconds]] of Object.entries(delays))
  for (const status of [429, 503])
    testBothForms(`retries a request after a ${status} with Retry-After ${form}`, async (env, module) => {
      env.answers = [() => reply(status, "", { "Retry-After": value(env) })];
      const promise = userProvider(module)();
      await env.advance(seconds * SECOND - 1);
      assert.equal(env.calls.length, 1);
      await env.advance(SECOND + 2);
      assert.equal(env.calls.length, 2);
      await promise;
    });

testBothForms("pages with the same Retry-After retry at different times", async (env, module) => {
  const returns = new Set();
  for (let page = 0; page < 20; page++) {
    env.answers = [() => reply(503, "", { "Retry-After": "60" })];
    const promise = userProvider(module)();
    await env.advance(62 * SECOND);
    await promise;
    const [first, second] = env.calls.slice(-2);
    returns.add(second.at - first.at);
  }
  assert.ok(returns.size > 10);
});

for (const value of ["soon", "0", "-5", "Fri, 20 Nov 2026 00:00:00 GMT", ""])
  testBothForms(`the invalid or past Retry-After ${JSON.stringify(value)} is ignored`, async (env, module) => {
    env.answers = [() => reply(503, "", { "Retry-After": value })];
    const promise = userProvider(module)();
    await env.advance(SECOND - 1);
    assert.equal(env.calls.length, 1);
    await env.advance(SECOND + 2);
    assert.equal(env.calls.length, 2);
    await promise;
  });

const good = { accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "session", expiration: "2026-11-21T13:00:00Z" };
const final = {
  400: reply.bind(null, 400),
  403: reply.bind(null, 403),
  404: reply.bind(null, 404),
  405: reply.bind(null, 405),
  431: reply.bind(null, 431),
  "an HTML page": () => reply(200, "<html>sign in to the hotel's network</html>"),
  "an empty body": () => reply(200, ""),
  "a JSON null": () => reply(200, "null"),
  "a JSON array": () => reply(200, []),
  "credentials with the field names of STS": () => reply(200, { AccessKeyId: "ASIA1", SecretAccessKey: "secret", Token: "session", Expiration: good.expiration }),
  "credentials with an empty secretAccessKey": () => reply(200, { ...good, secretAccessKey: "" }),
  "credentials without a sessionToken": () => reply(200, { ...good, sessionToken: undefined }),
  "credentials with a number as accessKeyId": () => reply(200, { ...good, accessKeyId: 7 }),
  "credentials without an expiration": () => reply(200, { ...good, expiration: null }),
  "credentials with an expiration that is not a date": () => reply(200, { ...good, expiration: "tomorrow" }),
};
for (const [answer, make] of Object.entries(final))
  testBothForms(`a provider rejects after ${/^\d+$/.test(answer) ? "a status " : ""}${answer}, for a minute without a further request`, async (env, module) => {
    env.answers = [() => make()];
    const provider = userProvider(module);
    await assert.rejects(provider(), ({ name, message, status }) => {
      assert.equal(name, "Error");
      assert.match(message, /^rum-credentials: /);
      assert.equal(status, /^\d+$/.test(answer) ? Number(answer) : undefined);
      return true;
    });
    for (let second = 0; second < 55; second += 5) {
      await assert.rejects(provider());
      await env.advance(5 * SECOND);
    }
    assert.equal(env.calls.length, 1);
    await env.advance(5 * SECOND);
    assert.equal((await provider()).accessKeyId, "ASIA2");
  });

testBothForms("a refusal without a waiting caller causes no unhandled rejection", async (env, module) => {
  env.defaultAnswer = () => reply(403);
  const provider = userProvider(module);
  provider();
  await settle();
  provider();
  await env.advance(2 * MINUTE);
  provider();
  await settle();
  assert.equal(env.calls.length, 2);
});

testBothForms("error messages contain neither the token nor the broker's response", async (env, module) => {
  env.defaultAnswer = () => reply(403, { detail: "alice may not" });
  await assert.rejects(userProvider(module, { token: () => "eyJhbGciOi" })(), ({ message }) => {
    assert.doesNotMatch(message, /alice|eyJ/);
    return true;
  });
});

testBothForms("a provider for guests rejects after a 401 without a retry", async (env, module) => {
  env.defaultAnswer = () => reply(401);
  const error = await module.guestCredentials({ broker: BROKER, app: "shop" })().catch((error) => error);
  assert.deepEqual([error.status, env.calls.length], [401, 1]);
});
