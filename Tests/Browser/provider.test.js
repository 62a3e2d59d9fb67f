// SPDX-License-Identifier: Apache-2.0

// The credentials that a provider returns, and its requests to the broker.

import assert from "node:assert/strict";
import { BROKER, testBothForms, userProvider } from "./harness/suite.js";
import { HOUR, MINUTE, SECOND, deferred, offline, reply, settle, stateOf } from "./harness/environment.js";

testBothForms("a provider returns only the fields that the RUM client uses, and exposes the monitor separately", async (env, module) => {
  const provider = userProvider(module);
  assert.equal(provider.monitor, undefined);
  const credentials = await provider();
  assert.deepEqual(Object.keys(credentials), ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"]);
  assert.equal(credentials.accessKeyId, "ASIA1");
  assert.equal(credentials.expiration.getTime(), env.time + HOUR);
  assert.equal(Object.prototype.toString.call(credentials.expiration), "[object Date]");
  assert.equal(provider.monitor.name, "Shop");
});

testBothForms("a provider returns cached credentials without a further request", async (env, module) => {
  const provider = userProvider(module);
  const first = await provider();
  for (let use = 0; use < 100; use++) assert.equal(await provider(), first);
  await env.advance(54 * MINUTE);
  assert.equal(await provider(), first);
  assert.equal(env.calls.length, 1);
});

testBothForms("concurrent callers of a provider share one request", async (env, module) => {
  const provider = userProvider(module);
  const answers = await Promise.all([provider(), provider(), provider()]);
  assert.equal(env.calls.length, 1);
  assert.equal(answers[0], answers[2]);
});

testBothForms("a provider refreshes with one request in the last five minutes and returns cached credentials meanwhile", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  await env.advance(55 * MINUTE - SECOND);
  await provider();
  assert.equal(env.calls.length, 1);
  await env.advance(2 * SECOND);
  const answer = deferred();
  env.answers = [() => answer.promise];
  for (let use = 0; use < 5; use++) assert.equal((await provider()).accessKeyId, "ASIA1");
  await settle();
  assert.equal(env.calls.length, 2);
  answer.resolve(env.credentials("ASIA2"));
  await settle();
  assert.equal((await provider()).accessKeyId, "ASIA2");
  await env.advance(54 * MINUTE);
  assert.equal((await provider()).accessKeyId, "ASIA2");
  assert.equal(env.calls.length, 2);
});

testBothForms("a provider refreshes short-lived credentials in the last quarter of their life", async (env, module) => {
  env.defaultAnswer = () => env.credentials(undefined, 8 * MINUTE);
  const provider = userProvider(module);
  await provider();
  await env.advance(6 * MINUTE - SECOND);
  await provider();
  await settle();
  assert.equal(env.calls.length, 1);
  await env.advance(2 * SECOND);
  assert.equal((await provider()).accessKeyId, "ASIA1");
  await settle();
  assert.equal(env.calls.length, 2);
});

testBothForms("a failed refresh is retried with backoff and delays no caller", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  await env.advance(56 * MINUTE);
  env.defaultAnswer = offline;
  for (let second = 0; second < 180; second++) {
    assert.equal((await provider()).accessKeyId, "ASIA1");
    await env.advance(SECOND);
  }
  assert.ok(env.calls.length > 5 && env.calls.length < 18, `${env.calls.length} calls in three minutes`);
});

testBothForms("a refused refresh keeps the cached credentials and is retried after a minute", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  await env.advance(56 * MINUTE);
  env.defaultAnswer = () => reply(403);
  for (let second = 0; second < 59; second++) {
    assert.equal((await provider()).accessKeyId, "ASIA1");
    await env.advance(SECOND);
  }
  assert.equal(env.calls.length, 2);
  env.defaultAnswer = () => env.credentials("ASIA3");
  await env.advance(2 * SECOND);
  await provider();
  await settle();
  assert.equal((await provider()).accessKeyId, "ASIA3");
});

testBothForms("a provider sends no request until it is called, and sets no timer for a refresh", async (env, module) => {
  const provider = userProvider(module);
  await settle();
  assert.equal(env.calls.length, 0);
  await provider();
  await env.advance(3 * HOUR);
  assert.equal(env.calls.length, 1);
  assert.equal(env.timers, 0);
});

testBothForms("a provider does not return credentials in their last 10 seconds or later", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  await env.advance(HOUR - 11 * SECOND);
  env.defaultAnswer = () => new Promise(() => {});
  assert.equal((await provider()).accessKeyId, "ASIA1");
  await env.advance(2 * SECOND);
  assert.equal(await stateOf(provider()), "pending");
});

for (const [lead, skew] of Object.entries({ "2 h": 2 * HOUR, "59 min 40 s": HOUR - 20 * SECOND }))
  testBothForms(`with a page clock ${lead} fast, a provider caches credentials for one minute`, async (env, module) => {
    env.defaultAnswer = () => env.credentials(undefined, HOUR - skew);
    const provider = userProvider(module);
    for (let second = 0; second < 59; second += 5) {
      assert.equal((await provider()).accessKeyId, "ASIA1");
      await env.advance(5 * SECOND);
    }
    assert.equal(env.calls.length, 1);
    await env.advance(SECOND);
    assert.equal((await provider()).accessKeyId, "ASIA2");
  });

testBothForms("a page clock that is set back does not extend the life of cached credentials", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  env.time -= 2 * HOUR;
  await env.advance(HOUR);
  assert.equal((await provider()).accessKeyId, "ASIA2");
});

testBothForms("a page that wakes after three hours of sleep does not use expired credentials", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  env.time += 3 * HOUR;
  assert.equal((await provider()).accessKeyId, "ASIA2");
});

testBothForms("cached credentials resolve within microtasks, without a request, while the page unloads", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  env.defaultAnswer = () => assert.fail("called the broker");
  let given;
  provider().then((credentials) => (given = credentials));
  // A page that unloads runs microtasks but no further tasks.
  await Promise.resolve();
  assert.equal(given.accessKeyId, "ASIA1");
});

testBothForms("a closed provider returns cached credentials and sends no request", async (env, module) => {
  const provider = userProvider(module);
  await provider();
  provider.close();
  await env.advance(56 * MINUTE);
  assert.equal((await provider()).accessKeyId, "ASIA1");
  await settle();
  await env.advance(10 * MINUTE);
  assert.equal(await stateOf(provider()), "pending");
  assert.equal(env.calls.length, 1);
});

testBothForms("a request in flight when the provider is closed still resolves for its callers", async (env, module) => {
  const answer = deferred();
  env.answers = [() => answer.promise];
  const provider = userProvider(module);
  const waiting = provider();
  await settle();
  provider.close();
  const late = provider();
  answer.resolve(env.credentials("ASIA1"));
  assert.equal((await waiting).accessKeyId, "ASIA1");
  assert.equal((await late).accessKeyId, "ASIA1");
  assert.equal(env.calls.length, 1);
});

testBothForms("a provider that is closed after a refusal stays pending instead of rejecting", async (env, module) => {
  env.answers = [() => reply(403)];
  const provider = userProvider(module);
  await assert.rejects(provider());
  provider.close();
  assert.equal(await stateOf(provider()), "pending");
});

for (const [failure, answer] of Object.entries({ "a 401": () => reply(401), "a network error": offline }))
  testBothForms(`a provider that is closed during a request does not retry it after ${failure}`, async (env, module) => {
    let tokenCalls = 0;
    const held = deferred();
    env.answers = [() => held.promise.then(answer)];
    const provider = userProvider(module, { token: () => `token-${++tokenCalls}` });
    const waiting = provider();
    await settle();
    provider.close();
    held.resolve();
    await env.advance(5 * MINUTE);
    assert.equal(await stateOf(waiting), "pending");
    assert.deepEqual([tokenCalls, env.calls.length], [1, 1]);
  });

testBothForms("a token that arrives after the provider is closed is not used", async (env, module) => {
  const token = deferred();
  const provider = userProvider(module, { token: () => token.promise });
  const waiting = provider();
  await settle();
  provider.close();
  token.resolve("bob");
  assert.equal(await stateOf(waiting), "pending");
  assert.equal(env.calls.length, 0);
});

testBothForms("a provider for guests sends no token", async (env, module) => {
  const provider = module.guestCredentials({ broker: BROKER, app: "shop" });
  assert.equal((await provider()).accessKeyId, "ASIA1");
  const [{ url, token }] = env.calls;
  assert.deepEqual([url, token], [`${BROKER}/v1/apps/shop/guest-credentials`, null]);
});
