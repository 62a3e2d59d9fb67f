// SPDX-License-Identifier: Apache-2.0

// When a provider calls token(), and where it sends the token.

import assert from "node:assert/strict";
import { testBothForms, userProvider } from "./harness/suite.js";
import { MINUTE, SECOND, reply, settle, stateOf } from "./harness/environment.js";

/** A token() that returns `tokens` in order, then the last one again. `null` means that no user is signed in. */
const source = (...tokens) => {
  const token = async () => {
    token.calls++;
    const next = tokens.length > 1 ? tokens.shift() : tokens[0];
    if (next instanceof Error) throw next;
    return next;
  };
  token.calls = 0;
  return token;
};

testBothForms("a provider sends the token as a bearer token and nowhere else", async (env, module) => {
  await userProvider(module, { token: () => "eyJ.a-b_c.d" })();
  const [{ url, init }] = env.calls;
  assert.deepEqual({ ...init.headers }, { Authorization: "Bearer eyJ.a-b_c.d" });
  assert.ok(!url.includes("eyJ"));
  assert.ok(!JSON.stringify({ ...init, headers: {} }).includes("eyJ"));
});

testBothForms("after a 401 a provider calls token() again and retries without a pause", async (env, module) => {
  env.answers = [() => reply(401)];
  const credentials = await userProvider(module, { token: source("old", "new") })();
  assert.equal(credentials.accessKeyId, "ASIA2");
  assert.deepEqual(env.calls.map((call) => call.token), ["Bearer old", "Bearer new"]);
  assert.equal(env.calls[1].at, env.calls[0].at);
});

testBothForms("after further 401s a provider retries with backoff and never rejects", async (env, module) => {
  env.defaultAnswer = () => reply(401);
  const promise = userProvider(module)();
  await env.advance(2 * MINUTE);
  assert.equal(await stateOf(promise), "pending");
  const times = env.calls.map((call) => call.at);
  assert.equal(times[1], times[0]);
  assert.ok(times[2] - times[1] >= SECOND && times[3] - times[2] >= 2 * SECOND);
  assert.ok(env.calls.length < 12, `${env.calls.length} calls`);
});

testBothForms("a provider calls token() before each request", async (env, module) => {
  env.answers = [() => reply(503)];
  const promise = userProvider(module, { token: source("first", "second") })();
  await env.advance(3 * SECOND);
  await promise;
  assert.deepEqual(env.calls.map((call) => call.token), ["Bearer first", "Bearer second"]);
});

for (const nothing of [null, undefined, ""])
  testBothForms(`without a token (${JSON.stringify(nothing)}) a provider sends no request and calls token() again within five seconds`, async (env, module) => {
    const token = source(nothing, nothing, nothing, nothing, nothing, "alice");
    const promise = userProvider(module, { token })();
    for (let second = 0; second < 10; second++) {
      const { calls } = token;
      await env.advance(5 * SECOND);
      assert.ok(token.calls > calls || token.calls === 6);
      if (second === 0) assert.ok(token.calls <= 5, `${token.calls} calls of token() in five seconds`);
    }
    await promise;
    assert.equal(token.calls, 6);
    assert.equal(env.calls.length, 1);
  });

testBothForms("waiting for a token does not increase the backoff of the first failed request", async (env, module) => {
  env.answers = [() => reply(503)];
  const promise = userProvider(module, { token: source(null, null, null, null, null, null, "alice") })();
  while (!env.calls.length) await env.advance(100);
  await env.advance(2 * SECOND);
  assert.equal(env.calls.length, 2);
  await promise;
});

testBothForms("a provider retries after token() throws or rejects", async (env, module) => {
  const throwing = () => {
    if (calls++ < 1) throw new Error("the SDK is not ready");
    return "alice";
  };
  let calls = 0;
  for (const token of [source(new Error("popup blocked"), "alice"), throwing]) {
    const promise = userProvider(module, { token })();
    assert.equal(await stateOf(promise), "pending");
    await env.advance(2 * SECOND);
    assert.match((await promise).accessKeyId, /^ASIA/);
  }
});

for (const odd of [{ access_token: "x" }, "two words", "line\nbreak", "é"])
  testBothForms(`a provider rejects the malformed token ${JSON.stringify(odd)} without a request`, async (env, module) => {
    await assert.rejects(userProvider(module, { token: () => odd })(), /token\(\) gave no token/);
    assert.equal(env.calls.length, 0);
  });

testBothForms("two providers share no token or request", async (env, module) => {
  await Promise.all([userProvider(module, { token: () => "a" })(), userProvider(module, { token: () => "b" })()]);
  assert.deepEqual(env.calls.map((call) => call.token).sort(), ["Bearer a", "Bearer b"]);
  await settle();
});
