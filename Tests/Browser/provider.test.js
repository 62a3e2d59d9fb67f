// What a provider answers, and when it calls the broker.

import assert from "node:assert/strict";
import { BROKER, both, user } from "./harness/suite.js";
import { HOUR, MINUTE, SECOND, later, offline, reply, settle, state } from "./harness/world.js";

both("gives what the client signs with, and the monitor apart from it", async (world, module) => {
  const provider = user(module);
  assert.equal(provider.monitor, undefined);
  const credentials = await provider();
  assert.deepEqual(Object.keys(credentials), ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"]);
  assert.equal(credentials.accessKeyId, "ASIA1");
  assert.equal(credentials.expiration.getTime(), world.time + HOUR);
  assert.equal(Object.prototype.toString.call(credentials.expiration), "[object Date]");
  assert.equal(provider.monitor.name, "Shop");
});

both("makes one call for any number of uses", async (world, module) => {
  const provider = user(module);
  const first = await provider();
  for (let use = 0; use < 100; use++) assert.equal(await provider(), first);
  await world.pass(54 * MINUTE);
  assert.equal(await provider(), first);
  assert.equal(world.calls.length, 1);
});

both("makes one call for all who ask at once", async (world, module) => {
  const provider = user(module);
  const answers = await Promise.all([provider(), provider(), provider()]);
  assert.equal(world.calls.length, 1);
  assert.equal(answers[0], answers[2]);
});

both("refreshes ahead in the last five minutes: the old ones are there at once, one call brings the new ones", async (world, module) => {
  const provider = user(module);
  await provider();
  await world.pass(55 * MINUTE - SECOND);
  await provider();
  assert.equal(world.calls.length, 1);
  await world.pass(2 * SECOND);
  const answer = later();
  world.answers = [() => answer.promise];
  for (let use = 0; use < 5; use++) assert.equal((await provider()).accessKeyId, "ASIA1");
  await settle();
  assert.equal(world.calls.length, 2);
  answer.resolve(world.credentials("ASIA2"));
  await settle();
  assert.equal((await provider()).accessKeyId, "ASIA2");
  await world.pass(54 * MINUTE);
  assert.equal((await provider()).accessKeyId, "ASIA2");
  assert.equal(world.calls.length, 2);
});

both("refreshes short-lived ones in the last quarter of their life", async (world, module) => {
  world.usually = () => world.credentials(undefined, 8 * MINUTE);
  const provider = user(module);
  await provider();
  await world.pass(6 * MINUTE - SECOND);
  await provider();
  await settle();
  assert.equal(world.calls.length, 1);
  await world.pass(2 * SECOND);
  assert.equal((await provider()).accessKeyId, "ASIA1");
  await settle();
  assert.equal(world.calls.length, 2);
});

both("a refresh that fails is silent, backs off, and waits for nobody", async (world, module) => {
  const provider = user(module);
  await provider();
  await world.pass(56 * MINUTE);
  world.usually = offline;
  for (let second = 0; second < 180; second++) {
    assert.equal((await provider()).accessKeyId, "ASIA1");
    await world.pass(SECOND);
  }
  assert.ok(world.calls.length > 5 && world.calls.length < 18, `${world.calls.length} calls in three minutes`);
});

both("a refresh that is refused leaves the old ones, and is tried again after a minute", async (world, module) => {
  const provider = user(module);
  await provider();
  await world.pass(56 * MINUTE);
  world.usually = () => reply(403);
  for (let second = 0; second < 59; second++) {
    assert.equal((await provider()).accessKeyId, "ASIA1");
    await world.pass(SECOND);
  }
  assert.equal(world.calls.length, 2);
  world.usually = () => world.credentials("ASIA3");
  await world.pass(2 * SECOND);
  await provider();
  await settle();
  assert.equal((await provider()).accessKeyId, "ASIA3");
});

both("fetches nothing by itself", async (world, module) => {
  const provider = user(module);
  await settle();
  assert.equal(world.calls.length, 0);
  await provider();
  await world.pass(3 * HOUR);
  assert.equal(world.calls.length, 1);
  assert.equal(world.timers, 0);
});

both("credentials that have ended are not given out", async (world, module) => {
  const provider = user(module);
  await provider();
  await world.pass(HOUR - 11 * SECOND);
  world.usually = () => new Promise(() => {});
  assert.equal((await provider()).accessKeyId, "ASIA1");
  await world.pass(2 * SECOND);
  assert.equal(await state(provider()), "pending");
});

for (const [clock, skew] of Object.entries({ fast: 2 * HOUR, "a little fast": HOUR - 20 * SECOND }))
  both(`with a clock that is ${clock}, credentials serve for a minute and not for one batch`, async (world, module) => {
    world.usually = () => world.credentials(undefined, HOUR - skew);
    const provider = user(module);
    for (let second = 0; second < 59; second += 5) {
      assert.equal((await provider()).accessKeyId, "ASIA1");
      await world.pass(5 * SECOND);
    }
    assert.equal(world.calls.length, 1);
    await world.pass(SECOND);
    assert.equal((await provider()).accessKeyId, "ASIA2");
  });

both("a clock that is put right while credentials are there does not keep them for longer than they live", async (world, module) => {
  const provider = user(module);
  await provider();
  world.time -= 2 * HOUR;
  await world.pass(HOUR);
  assert.equal((await provider()).accessKeyId, "ASIA2");
});

both("what fell asleep with fresh credentials does not wake up with them", async (world, module) => {
  const provider = user(module);
  await provider();
  world.time += 3 * HOUR;
  assert.equal((await provider()).accessKeyId, "ASIA2");
});

both("while the page is being left, credentials come without any call", async (world, module) => {
  const provider = user(module);
  await provider();
  world.usually = () => assert.fail("called the broker");
  let given;
  provider().then((credentials) => (given = credentials));
  // Not even a task later: microtasks are all that such a page has.
  await Promise.resolve();
  assert.equal(given.accessKeyId, "ASIA1");
});

both("a closed one serves what it has, and fetches no more", async (world, module) => {
  const provider = user(module);
  await provider();
  provider.close();
  await world.pass(56 * MINUTE);
  assert.equal((await provider()).accessKeyId, "ASIA1");
  await settle();
  await world.pass(10 * MINUTE);
  assert.equal(await state(provider()), "pending");
  assert.equal(world.calls.length, 1);
});

both("what is under way when it is closed still serves those who wait", async (world, module) => {
  const answer = later();
  world.answers = [() => answer.promise];
  const provider = user(module);
  const waiting = provider();
  await settle();
  provider.close();
  const late = provider();
  answer.resolve(world.credentials("ASIA1"));
  assert.equal((await waiting).accessKeyId, "ASIA1");
  assert.equal((await late).accessKeyId, "ASIA1");
  assert.equal(world.calls.length, 1);
});

both("one that was refused and then closed rejects no more", async (world, module) => {
  world.answers = [() => reply(403)];
  const provider = user(module);
  await assert.rejects(provider());
  provider.close();
  assert.equal(await state(provider()), "pending");
});

for (const [moment, answer] of Object.entries({ refused: () => reply(401), failed: offline }))
  both(`a closed one whose call is ${moment} makes no other`, async (world, module) => {
    let asked = 0;
    const held = later();
    world.answers = [() => held.promise.then(answer)];
    const provider = user(module, { token: () => `token-${++asked}` });
    const waiting = provider();
    await settle();
    provider.close();
    held.resolve();
    await world.pass(5 * MINUTE);
    assert.equal(await state(waiting), "pending");
    assert.deepEqual([asked, world.calls.length], [1, 1]);
  });

both("a token that comes after it was closed is not used", async (world, module) => {
  const token = later();
  const provider = user(module, { token: () => token.promise });
  const waiting = provider();
  await settle();
  provider.close();
  token.resolve("bob");
  assert.equal(await state(waiting), "pending");
  assert.equal(world.calls.length, 0);
});

both("guests' credentials need no token", async (world, module) => {
  const provider = module.guestCredentials({ broker: BROKER, app: "shop" });
  assert.equal((await provider()).accessKeyId, "ASIA1");
  const [{ url, token }] = world.calls;
  assert.deepEqual([url, token], [`${BROKER}/v1/apps/shop/guest-credentials`, null]);
});
