// SPDX-License-Identifier: Apache-2.0

// `connect` with two clients on a page: one is enabled at a time, and a switch neither loses nor mixes up events.

import assert from "node:assert/strict";
import { FakeClient } from "./harness/client.js";
import { BROKER, testBothForms } from "./harness/suite.js";
import { HOUR, MINUTE, SECOND, deferred, offline, reply, settle } from "./harness/environment.js";

/** Connects two clients; `user` is who is signed in. The broker names credentials after the user, or "guest". */
const page = (env, module, options = {}) => {
  const log = [];
  const made = {};
  const { version } = options;
  const make = (name) => (config) => (made[name] = new FakeClient({ ...config, ...options.config }, { name, log, version }));
  const page = { log, made, user: options.user ?? null, tokenCalls: 0 };
  env.defaultAnswer = ({ url, token }) =>
    env.credentials(url.endsWith("guest-credentials") ? "guest" : token.replace("Bearer ", ""));
  page.connection = module.connect({
    broker: BROKER,
    app: "shop",
    token: async () => (page.tokenCalls++, page.user),
    signedIn: make("user"),
    guest: make("guest"),
    ...options.connect,
  });
  return page;
};

const fill = (client, count, word) => {
  for (let number = 0; number < count; number++) client.record(`${word} ${number}`);
};

testBothForms("connect starts with the user's client if there is a token, and requests no guest credentials", async (env, module) => {
  const { log, made, connection } = page(env, module, { user: "alice" });
  assert.equal(connection.isSignedIn, false);
  await settle();
  assert.equal(connection.isSignedIn, true);
  assert.deepEqual(log, ["user credentials", "user enable"]);
  assert.deepEqual(env.calls.map((call) => call.url), [`${BROKER}/v1/apps/shop/credentials`]);
  made.user.dispatch();
  await settle();
  assert.deepEqual(made.user.delivered, [["session_start", "alice"]]);
});

for (const [what, connect] of Object.entries({
  "there is no token": {},
  "token() throws": { token: () => { throw new Error("not ready"); } },
  "token() rejects": { token: () => Promise.reject(new Error("not ready")) },
}))
  testBothForms(`connect starts with the guest's client if ${what}`, async (env, module) => {
    const { log, connection } = page(env, module, { connect });
    await settle();
    assert.equal(connection.isSignedIn, false);
    assert.deepEqual(log, ["guest credentials", "guest enable"]);
    assert.deepEqual(env.calls.map((call) => call.url), [`${BROKER}/v1/apps/shop/guest-credentials`]);
  });

testBothForms("connect calls token() once at the start", async (env, module) => {
  const it = page(env, module);
  await env.advance(HOUR);
  assert.equal(it.tokenCalls, 1);
});

testBothForms("a switch is synchronous: it flushes and disables one client, then sets credentials on the other and enables it", async (env, module) => {
  const it = page(env, module);
  await settle();
  it.log.length = 0;
  it.made.guest.record("seen");
  it.user = "alice";
  it.connection.signIn();
  assert.deepEqual(it.log, ["guest disable", "user credentials", "user enable"]);
  assert.equal(it.connection.isSignedIn, true);
  assert.equal(it.made.guest.queue.length, 0);
  await settle();
  it.log.length = 0;
  it.made.user.record("bought");
  it.connection.signOut();
  assert.deepEqual(it.log, ["user disable", "guest credentials", "guest enable"]);
  assert.equal(it.connection.isSignedIn, false);
  await settle();
  assert.deepEqual(it.made.guest.delivered, [["session_start", "guest"], ["seen", "guest"]]);
  assert.deepEqual(it.made.user.delivered, [["session_start", "alice"], ["bought", "alice"]]);
});

for (const [version, count] of [["1.25", 200], ["2.1", 1000], ["3.2", 1000]])
  testBothForms(`a switch sends the whole full queue of RUM client ${version}`, async (env, module) => {
    const it = page(env, module, { user: "alice", version });
    await settle();
    fill(it.made.user, 2000, "event");
    assert.equal(it.made.user.queue.length, count);
    it.connection.signOut();
    await settle();
    assert.equal(it.made.user.events.length, count);
  });

testBothForms("guest events that wait for a slow credentials response are sent after a sign-in", async (env, module) => {
  const slow = deferred();
  env.answers = [() => slow.promise];
  const it = page(env, module);
  await settle();
  fill(it.made.guest, 5, "seen");
  it.user = "alice";
  it.connection.signIn();
  await settle();
  slow.resolve(env.credentials("guest"));
  await settle();
  assert.equal(it.made.guest.delivered.length, 6);
});

testBothForms("guest events queued during a broker outage are sent after it, despite a sign-in", async (env, module) => {
  const it = page(env, module);
  const { defaultAnswer } = env;
  env.defaultAnswer = offline;
  await settle();
  fill(it.made.guest, 150, "seen");
  it.user = "alice";
  it.connection.signIn();
  fill(it.made.user, 150, "bought");
  it.made.user.tick();
  await env.advance(20 * SECOND);
  assert.equal(it.made.guest.delivered.length, 0);
  env.defaultAnswer = defaultAnswer;
  await env.advance(MINUTE);
  it.made.user.tick();
  await settle();
  assert.deepEqual([it.made.guest.delivered.length, it.made.user.delivered.length], [151, 151]);
  assert.deepEqual([it.made.guest.lost, it.made.user.lost], [0, 0]);
});

for (const between of [true, false])
  testBothForms(`a slow credentials response for alice is never used for bob${between ? "" : ", who signs in without a sign-out"}`, async (env, module) => {
    const slow = deferred();
    env.answers = [() => slow.promise];
    const it = page(env, module, { user: "alice" });
    await settle();
    it.made.user.record("alice's");
    if (between) it.connection.signOut();
    it.user = "bob";
    it.connection.signIn();
    it.made.user.record("bob's");
    it.made.user.tick();
    await settle();
    slow.resolve(env.credentials("alice"));
    await settle();
    it.made.user.record("bob's, later");
    it.made.user.tick();
    await settle();
    assert.deepEqual(it.made.user.delivered.map((sent) => sent.join()).sort(), [
      "alice's,alice",
      "bob's, later,bob",
      "bob's,bob",
      "session_start,alice",
      "session_start,bob",
    ]);
  });

testBothForms("alice's events that wait during a broker outage are not sent with bob's credentials after it", async (env, module) => {
  const it = page(env, module, { user: "alice" });
  const { defaultAnswer } = env;
  env.defaultAnswer = offline;
  await settle();
  it.made.user.record("alice's");
  it.made.user.tick();
  await env.advance(10 * SECOND);
  it.user = "bob";
  it.connection.signIn();
  env.defaultAnswer = defaultAnswer;
  await env.advance(MINUTE);
  it.made.user.record("bob's");
  it.made.user.tick();
  await settle();
  assert.deepEqual(it.made.user.delivered, [["session_start", "bob"], ["bob's", "bob"]]);
});

testBothForms("each sign-in requests new credentials", async (env, module) => {
  const it = page(env, module, { user: "alice" });
  await settle();
  for (const user of ["bob", "carol", "bob"]) {
    it.user = user;
    it.connection.signIn();
    it.made.user.record("an event");
    it.made.user.tick();
    await settle();
    assert.equal(it.made.user.delivered.at(-1)[1], user);
  }
});

testBothForms("guest credentials are reused across sign-ins and sign-outs", async (env, module) => {
  const it = page(env, module);
  await settle();
  for (let visit = 0; visit < 3; visit++) {
    it.user = "alice";
    it.connection.signIn();
    await settle();
    it.connection.signOut();
    await settle();
  }
  assert.equal(env.calls.filter((call) => call.url.endsWith("guest-credentials")).length, 1);
});

testBothForms("no request carries the user's token after a sign-out", async (env, module) => {
  const it = page(env, module, { user: "alice" });
  env.defaultAnswer = offline;
  await settle();
  it.connection.signOut();
  const before = env.calls.length;
  await env.advance(10 * MINUTE);
  assert.ok(env.calls.slice(before).every((call) => call.token === null));
});

testBothForms("a refusal for a signed-out user does not disable the client of the next user", async (env, module) => {
  const slow = deferred();
  env.answers = [() => slow.promise];
  const it = page(env, module, { user: "alice" });
  await settle();
  it.connection.signOut();
  it.user = "bob";
  it.connection.signIn();
  slow.resolve(reply(403));
  await settle();
  it.made.user.record("bob's");
  it.made.user.tick();
  await settle();
  assert.deepEqual(it.made.user.delivered, [["session_start", "bob"], ["bob's", "bob"]]);
});

testBothForms("signIn() ends the pause of a provider that waits for a token", async (env, module) => {
  const it = page(env, module);
  it.connection.signIn();
  await env.advance(20 * SECOND);
  it.made.user.record("early");
  it.made.user.tick();
  await env.advance(10);
  assert.equal(env.calls.length, 0);
  it.user = "alice";
  it.connection.signIn();
  await settle();
  assert.equal(env.calls.length, 1);
  assert.deepEqual(it.made.user.delivered, [["session_start", "alice"], ["early", "alice"]]);
});

testBothForms("a provider that has received a token keeps its user: the next sign-in gets a new provider", async (env, module) => {
  const slow = deferred();
  const it = page(env, module);
  it.connection.signIn();
  await env.advance(2 * SECOND);
  env.answers = [() => slow.promise];
  it.user = "alice";
  await env.advance(10 * SECOND - 1);
  assert.deepEqual(env.calls.map((call) => call.token), ["Bearer alice"]);
  it.user = "bob";
  it.connection.signIn();
  await settle();
  assert.deepEqual(env.calls.map((call) => call.token), ["Bearer alice", "Bearer bob"]);
});

testBothForms("exactly one client is enabled after any sequence of signIn() and signOut()", async (env, module) => {
  const it = page(env, module);
  let turn = 7;
  for (let step = 0; step < 60; step++) {
    turn = (turn * 16807) % 2147483647;
    it.user = turn % 3 ? "alice" : null;
    turn % 2 ? it.connection.signIn() : it.connection.signOut();
    const enabled = Object.values(it.made).filter((client) => client.enabled).map((client) => client.name);
    assert.deepEqual(enabled, [turn % 2 ? "user" : "guest"]);
    assert.equal(it.connection.isSignedIn, turn % 2 === 1);
    if (turn % 5 === 0) await env.advance(SECOND);
  }
});

testBothForms("signIn() before the first token() result takes precedence over that result", async (env, module) => {
  const first = deferred();
  let tokenCalls = 0;
  const it = page(env, module, { connect: { token: () => (tokenCalls++ ? "alice" : first.promise) } });
  it.connection.signIn();
  first.resolve(null);
  await settle();
  assert.equal(it.connection.isSignedIn, true);
  assert.deepEqual(it.log, ["user credentials", "user enable"]);
});

testBothForms("signOut() before the first token() result takes precedence over that result", async (env, module) => {
  const first = deferred();
  const it = page(env, module, { connect: { token: () => first.promise } });
  it.connection.signOut();
  first.resolve("alice");
  await settle();
  assert.equal(it.connection.isSignedIn, false);
  assert.deepEqual(it.log, ["guest credentials", "guest enable"]);
});

testBothForms("signOut() without a signed-in user does nothing", async (env, module) => {
  const it = page(env, module);
  await settle();
  it.log.length = 0;
  it.connection.signOut();
  assert.deepEqual(it.log, []);
});

testBothForms("without a guest client, nothing is recorded or requested before a sign-in or after a sign-out", async (env, module) => {
  const it = page(env, module, { connect: { guest: undefined } });
  await env.advance(MINUTE);
  assert.deepEqual([it.log, env.calls.length], [[], 0]);
  it.user = "alice";
  it.connection.signIn();
  await settle();
  it.made.user.record("bought");
  it.connection.signOut();
  await settle();
  assert.deepEqual(it.log, ["user credentials", "user enable", "user disable"]);
  assert.equal(it.made.user.delivered.length, 2);
  it.connection.signOut();
  it.connection.close();
  assert.equal(it.log.length, 3);
  await env.advance(HOUR);
  assert.ok(env.calls.every((call) => !call.url.includes("guest")));
});

testBothForms("without a signed-in client, the guest client is enabled synchronously and signIn() does nothing", async (env, module) => {
  const it = page(env, module, { connect: { signedIn: undefined, token: undefined } });
  assert.deepEqual(it.log, ["guest credentials", "guest enable"]);
  it.connection.signIn();
  await settle();
  assert.equal(it.connection.isSignedIn, false);
  assert.deepEqual(it.log, ["guest credentials", "guest enable"]);
  assert.deepEqual(env.calls.map((call) => call.token), [null]);
});

testBothForms("close() sends the queue, disables the client and ignores later sign-ins and sign-outs", async (env, module) => {
  const it = page(env, module, { user: "alice" });
  await settle();
  fill(it.made.user, 30, "event");
  it.connection.close();
  assert.equal(it.connection.isSignedIn, false);
  await settle();
  assert.equal(it.made.user.delivered.length, 31);
  it.connection.signIn();
  it.connection.signOut();
  await env.advance(HOUR);
  assert.deepEqual(it.log, ["user credentials", "user enable", "user disable"]);
  assert.equal(env.calls.length, 1);
});

testBothForms("close() stops retries of guests' and users' requests to the broker", async (env, module) => {
  for (const user of [null, "alice"]) {
    const it = page(env, module, { user });
    env.defaultAnswer = offline;
    await settle();
    it.connection.close();
    const made = env.calls.length;
    await env.advance(10 * MINUTE);
    assert.equal(env.calls.length, made);
  }
});

testBothForms("a connection that is closed immediately enables no client and sends no request", async (env, module) => {
  const it = page(env, module, { user: "alice" });
  it.connection.close();
  await settle();
  assert.deepEqual([it.log, env.calls.length], [[], 0]);
});
