// What a provider makes of failures: what passes is waited out, what does not is told.

import assert from "node:assert/strict";
import { BROKER, both, user } from "./harness/suite.js";
import { MINUTE, SECOND, offline, reply, settle, state } from "./harness/world.js";

const passing = {
  "no network": offline,
  429: () => reply(429),
  500: () => reply(500),
  503: () => reply(503),
  504: () => reply(504),
  "a body that breaks off": () =>
    new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) })),
};

for (const [failure, answer] of Object.entries(passing))
  both(`${failure} is waited out: the promise stays pending and then brings credentials`, async (world, module) => {
    world.answers = [answer, answer, answer];
    const promise = user(module)();
    assert.equal(await state(promise), "pending");
    await world.pass(MINUTE);
    assert.equal((await promise).accessKeyId, "ASIA4");
    assert.equal(world.calls.length, 4);
  });

both("pauses begin at one second, double, and end at half a minute, each with a chance of its own", async (world, module) => {
  const starts = new Set();
  for (let page = 0; page < 20; page++) {
    const fetched = world.calls.length;
    world.answers = Array(8).fill(offline);
    const promise = user(module)();
    await world.pass(10 * MINUTE);
    await promise;
    const times = world.calls.slice(fetched).map((call) => call.at);
    const pauses = times.slice(1).map((time, index) => (time - times[index]) / SECOND);
    starts.add(pauses[0]);
    for (const [index, limit] of [2, 4, 8, 16, 30, 30, 30, 30].entries())
      assert.ok(pauses[index] >= limit / 2 && pauses[index] <= limit, `${pauses[index]} s, pause ${index}`);
  }
  assert.ok(starts.size > 10, "no two pages alike");
});

both("a call that hangs is given up after ten seconds", async (world, module) => {
  world.answers = [() => new Promise(() => {})];
  const promise = user(module)();
  await world.pass(10 * SECOND - 1);
  assert.equal(world.calls[0].init.signal.aborted, false);
  await world.pass(3 * SECOND);
  assert.equal(world.calls[0].init.signal.aborted, true);
  assert.equal((await promise).accessKeyId, "ASIA2");
});

both("a body that hangs is given up, too", async (world, module) => {
  world.answers = [
    ({ init }) =>
      new Response(
        new ReadableStream({
          start: (stream) => init.signal.addEventListener("abort", () => stream.error(new TypeError("aborted"))),
        })
      ),
  ];
  const promise = user(module)();
  await world.pass(13 * SECOND);
  assert.equal((await promise).accessKeyId, "ASIA2");
});

both("a call that came to its end leaves no timer", async (world, module) => {
  await user(module)();
  assert.equal(world.timers, 0);
});

const delays = {
  "in seconds": [() => "20", 20],
  "as a date": [(world) => new Date(world.time + 20 * SECOND).toUTCString(), 20],
  "of an hour, five minutes of it": [() => "3600", 300],
  "as a date of a broker whose clock is an hour ahead, five minutes of it": [
    (world) => new Date(world.time + 60 * MINUTE).toUTCString(),
    300,
  ],
};
for (const [form, [value, seconds]] of Object.entries(delays))
  for (const status of [429, 503])
    both(`Retry-After of a ${status} is kept to, ${form}`, async (world, module) => {
      world.answers = [() => reply(status, "", { "Retry-After": value(world) })];
      const promise = user(module)();
      await world.pass(seconds * SECOND - 1);
      assert.equal(world.calls.length, 1);
      await world.pass(SECOND + 2);
      assert.equal(world.calls.length, 2);
      await promise;
    });

both("pages that are told the same Retry-After don't come back together", async (world, module) => {
  const returns = new Set();
  for (let page = 0; page < 20; page++) {
    world.answers = [() => reply(503, "", { "Retry-After": "60" })];
    const promise = user(module)();
    await world.pass(62 * SECOND);
    await promise;
    const [first, second] = world.calls.slice(-2);
    returns.add(second.at - first.at);
  }
  assert.ok(returns.size > 10);
});

for (const value of ["soon", "0", "-5", "Fri, 20 Nov 2026 00:00:00 GMT", ""])
  both(`Retry-After: ${JSON.stringify(value)} is as good as none`, async (world, module) => {
    world.answers = [() => reply(503, "", { "Retry-After": value })];
    const promise = user(module)();
    await world.pass(SECOND - 1);
    assert.equal(world.calls.length, 1);
    await world.pass(SECOND + 2);
    assert.equal(world.calls.length, 2);
    await promise;
  });

const good = { accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "session", expiration: "2026-11-21T13:00:00Z" };
const final = {
  400: reply.bind(null, 400),
  403: reply.bind(null, 403),
  404: reply.bind(null, 404),
  405: reply.bind(null, 405),
  431: reply.bind(null, 431),
  "a page of HTML": () => reply(200, "<html>sign in to the hotel's network</html>"),
  "an empty body": () => reply(200, ""),
  null: () => reply(200, "null"),
  "a list": () => reply(200, []),
  "names of STS": () => reply(200, { AccessKeyId: "ASIA1", SecretAccessKey: "secret", Token: "session", Expiration: good.expiration }),
  "an empty key": () => reply(200, { ...good, secretAccessKey: "" }),
  "no session": () => reply(200, { ...good, sessionToken: undefined }),
  "a number for a key": () => reply(200, { ...good, accessKeyId: 7 }),
  "no expiration": () => reply(200, { ...good, expiration: null }),
  "an expiration that is no date": () => reply(200, { ...good, expiration: "tomorrow" }),
};
for (const [answer, make] of Object.entries(final))
  both(`${answer} rejects, at once and without a call for a minute`, async (world, module) => {
    world.answers = [() => make()];
    const provider = user(module);
    await assert.rejects(provider(), ({ name, message, status }) => {
      assert.equal(name, "Error");
      assert.match(message, /^rum-credentials: /);
      assert.equal(status, /^\d+$/.test(answer) ? Number(answer) : undefined);
      return true;
    });
    for (let second = 0; second < 55; second += 5) {
      await assert.rejects(provider());
      await world.pass(5 * SECOND);
    }
    assert.equal(world.calls.length, 1);
    await world.pass(5 * SECOND);
    assert.equal((await provider()).accessKeyId, "ASIA2");
  });

both("a refusal that nobody waits for is no unhandled rejection", async (world, module) => {
  world.usually = () => reply(403);
  const provider = user(module);
  provider();
  await settle();
  provider();
  await world.pass(2 * MINUTE);
  provider();
  await settle();
  assert.equal(world.calls.length, 2);
});

both("no text of an error holds a token or what the broker said", async (world, module) => {
  world.usually = () => reply(403, { detail: "alice may not" });
  await assert.rejects(user(module, { token: () => "eyJhbGciOi" })(), ({ message }) => {
    assert.doesNotMatch(message, /alice|eyJ/);
    return true;
  });
});

both("a guest whom the broker answers 401 is refused", async (world, module) => {
  world.usually = () => reply(401);
  const error = await module.guestCredentials({ broker: BROKER, app: "shop" })().catch((error) => error);
  assert.deepEqual([error.status, world.calls.length], [401, 1]);
});
