// When a provider asks for the user's token, and where the token goes.

import assert from "node:assert/strict";
import { both, user } from "./harness/suite.js";
import { MINUTE, SECOND, reply, settle, state } from "./harness/world.js";

/** Gives these in turn, then the last one; `null` is what an application gives without a user. */
const source = (...tokens) => {
  const token = async () => {
    token.asked++;
    const next = tokens.length > 1 ? tokens.shift() : tokens[0];
    if (next instanceof Error) throw next;
    return next;
  };
  token.asked = 0;
  return token;
};

both("the token is sent as a bearer, and nowhere else", async (world, module) => {
  await user(module, { token: () => "eyJ.a-b_c.d" })();
  const [{ url, init }] = world.calls;
  assert.deepEqual({ ...init.headers }, { Authorization: "Bearer eyJ.a-b_c.d" });
  assert.ok(!url.includes("eyJ"));
  assert.ok(!JSON.stringify({ ...init, headers: {} }).includes("eyJ"));
});

both("a 401 asks for the token again, at once", async (world, module) => {
  world.answers = [() => reply(401)];
  const credentials = await user(module, { token: source("old", "new") })();
  assert.equal(credentials.accessKeyId, "ASIA2");
  assert.deepEqual(world.calls.map((call) => call.token), ["Bearer old", "Bearer new"]);
  assert.equal(world.calls[1].at, world.calls[0].at);
});

both("further 401s ask again with pauses, and reject never", async (world, module) => {
  world.usually = () => reply(401);
  const promise = user(module)();
  await world.pass(2 * MINUTE);
  assert.equal(await state(promise), "pending");
  const times = world.calls.map((call) => call.at);
  assert.equal(times[1], times[0]);
  assert.ok(times[2] - times[1] >= SECOND && times[3] - times[2] >= 2 * SECOND);
  assert.ok(world.calls.length < 12, `${world.calls.length} calls`);
});

both("a token is asked for anew at each call", async (world, module) => {
  world.answers = [() => reply(503)];
  const promise = user(module, { token: source("first", "second") })();
  await world.pass(3 * SECOND);
  await promise;
  assert.deepEqual(world.calls.map((call) => call.token), ["Bearer first", "Bearer second"]);
});

for (const nothing of [null, undefined, ""])
  both(`without a token (${JSON.stringify(nothing)}) there is no call, and it is asked again within five seconds`, async (world, module) => {
    const token = source(nothing, nothing, nothing, nothing, nothing, "alice");
    const promise = user(module, { token })();
    for (let second = 0; second < 10; second++) {
      const { asked } = token;
      await world.pass(5 * SECOND);
      assert.ok(token.asked > asked || token.asked === 6);
      if (second === 0) assert.ok(token.asked <= 5, `asked ${token.asked} times in five seconds`);
    }
    await promise;
    assert.equal(token.asked, 6);
    assert.equal(world.calls.length, 1);
  });

both("a token that was long in coming does not make the first failure's pause longer", async (world, module) => {
  world.answers = [() => reply(503)];
  const promise = user(module, { token: source(null, null, null, null, null, null, "alice") })();
  while (!world.calls.length) await world.pass(100);
  await world.pass(2 * SECOND);
  assert.equal(world.calls.length, 2);
  await promise;
});

both("a token() that throws, at once or later, is a passing failure", async (world, module) => {
  const throwing = () => {
    if (asked++ < 1) throw new Error("the SDK is not ready");
    return "alice";
  };
  let asked = 0;
  for (const token of [source(new Error("popup blocked"), "alice"), throwing]) {
    const promise = user(module, { token })();
    assert.equal(await state(promise), "pending");
    await world.pass(2 * SECOND);
    assert.match((await promise).accessKeyId, /^ASIA/);
  }
});

for (const odd of [{ access_token: "x" }, "two words", "line\nbreak", "é"])
  both(`a token that is none (${JSON.stringify(odd)}) is refused without a call`, async (world, module) => {
    await assert.rejects(user(module, { token: () => odd })(), /token\(\) gave no token/);
    assert.equal(world.calls.length, 0);
  });

both("two providers share nothing", async (world, module) => {
  await Promise.all([user(module, { token: () => "a" })(), user(module, { token: () => "b" })()]);
  assert.deepEqual(world.calls.map((call) => call.token).sort(), ["Bearer a", "Bearer b"]);
  await settle();
});
