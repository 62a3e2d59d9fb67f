// Two clients on a page: the one that fits is enabled, and nothing is lost or mixed up at a change.

import assert from "node:assert/strict";
import { Client } from "./harness/client.js";
import { BROKER, both } from "./harness/suite.js";
import { HOUR, MINUTE, SECOND, later, offline, reply, settle } from "./harness/world.js";

/** Two clients, and who is signed in; the broker's answers are named after whom they are for. */
const page = (world, module, options = {}) => {
  const log = [];
  const made = {};
  const make = (name) => (config) => (made[name] = new Client({ ...config, ...options.config }, { name, log }));
  const page = { log, made, user: options.user ?? null, asked: 0 };
  world.usually = ({ url, token }) =>
    world.credentials(url.endsWith("guest-credentials") ? "guest" : token.replace("Bearer ", ""));
  page.connection = module.connect({
    broker: BROKER,
    app: "shop",
    token: async () => (page.asked++, page.user),
    signedIn: make("user"),
    guest: make("guest"),
    ...options.connect,
  });
  return page;
};

const fill = (client, count, word) => {
  for (let number = 0; number < count; number++) client.record(`${word} ${number}`);
};

both("a page with a token begins with the user's client, and asks nothing for guests", async (world, module) => {
  const { log, made, connection } = page(world, module, { user: "alice" });
  assert.equal(connection.isSignedIn, false);
  await settle();
  assert.equal(connection.isSignedIn, true);
  assert.deepEqual(log, ["user credentials", "user enable"]);
  assert.deepEqual(world.calls.map((call) => call.url), [`${BROKER}/v1/apps/shop/credentials`]);
  made.user.dispatch();
  await settle();
  assert.deepEqual(made.user.delivered, [["session_start", "alice"]]);
});

for (const [what, connect] of Object.entries({
  "without a token": {},
  "whose token() throws": { token: () => { throw new Error("not ready"); } },
  "whose token() rejects": { token: () => Promise.reject(new Error("not ready")) },
}))
  both(`a page ${what} begins with the guest's client`, async (world, module) => {
    const { log, connection } = page(world, module, { connect });
    await settle();
    assert.equal(connection.isSignedIn, false);
    assert.deepEqual(log, ["guest credentials", "guest enable"]);
    assert.deepEqual(world.calls.map((call) => call.url), [`${BROKER}/v1/apps/shop/guest-credentials`]);
  });

both("begins by asking for the token once", async (world, module) => {
  const it = page(world, module);
  await world.pass(HOUR);
  assert.equal(it.asked, 1);
});

both("a change is one turn: the old one flushed and disabled, then the new one given credentials and enabled", async (world, module) => {
  const it = page(world, module);
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

for (const [version, config, count] of [["1 and 2", {}, 200], ["3", { returns: true }, 1000]])
  both(`a full queue of version ${version} is flushed at a change`, async (world, module) => {
    const it = page(world, module, { user: "alice", config });
    await settle();
    fill(it.made.user, 2000, "event");
    assert.equal(it.made.user.queue.length, count);
    it.connection.signOut();
    await settle();
    assert.equal(it.made.user.delivered.length, count);
  });

both("what is queued waits for a guest's credentials that are slow, across a sign-in", async (world, module) => {
  const slow = later();
  world.answers = [() => slow.promise];
  const it = page(world, module);
  await settle();
  fill(it.made.guest, 5, "seen");
  it.user = "alice";
  it.connection.signIn();
  await settle();
  slow.resolve(world.credentials("guest"));
  await settle();
  assert.equal(it.made.guest.delivered.length, 6);
});

both("what a guest's page queued during an outage is sent after it, even though the user has signed in", async (world, module) => {
  const it = page(world, module);
  const { usually } = world;
  world.usually = offline;
  await settle();
  fill(it.made.guest, 150, "seen");
  it.user = "alice";
  it.connection.signIn();
  fill(it.made.user, 150, "bought");
  it.made.user.tick();
  await world.pass(20 * SECOND);
  assert.equal(it.made.guest.delivered.length, 0);
  world.usually = usually;
  await world.pass(MINUTE);
  it.made.user.tick();
  await settle();
  assert.deepEqual([it.made.guest.delivered.length, it.made.user.delivered.length], [151, 151]);
  assert.deepEqual([it.made.guest.lost, it.made.user.lost], [0, 0]);
});

for (const between of [true, false])
  both(`alice's slow answer never serves bob${between ? "" : ", who signed in without a sign-out"}`, async (world, module) => {
    const slow = later();
    world.answers = [() => slow.promise];
    const it = page(world, module, { user: "alice" });
    await settle();
    it.made.user.record("alice's");
    if (between) it.connection.signOut();
    it.user = "bob";
    it.connection.signIn();
    it.made.user.record("bob's");
    it.made.user.tick();
    await settle();
    slow.resolve(world.credentials("alice"));
    await settle();
    it.made.user.record("bob's, later");
    it.made.user.tick();
    await settle();
    assert.deepEqual(it.made.user.delivered.map((sent) => sent.join()).sort(), [
      "alice's,alice",
      "bob's, later,bob",
      "bob's,bob",
      "session_start,alice",
    ]);
  });

both("what waits for alice's credentials during an outage is not sent under bob's after it", async (world, module) => {
  const it = page(world, module, { user: "alice" });
  const { usually } = world;
  world.usually = offline;
  await settle();
  it.made.user.record("alice's");
  it.made.user.tick();
  await world.pass(10 * SECOND);
  it.user = "bob";
  it.connection.signIn();
  world.usually = usually;
  await world.pass(MINUTE);
  it.made.user.record("bob's");
  it.made.user.tick();
  await settle();
  assert.deepEqual(it.made.user.delivered, [["bob's", "bob"]]);
});

both("each sign-in has credentials of its own", async (world, module) => {
  const it = page(world, module, { user: "alice" });
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

both("guests keep their credentials across visits", async (world, module) => {
  const it = page(world, module);
  await settle();
  for (let visit = 0; visit < 3; visit++) {
    it.user = "alice";
    it.connection.signIn();
    await settle();
    it.connection.signOut();
    await settle();
  }
  assert.equal(world.calls.filter((call) => call.url.endsWith("guest-credentials")).length, 1);
});

both("after a sign-out nothing is asked with the user's token", async (world, module) => {
  const it = page(world, module, { user: "alice" });
  world.usually = offline;
  await settle();
  it.connection.signOut();
  const before = world.calls.length;
  await world.pass(10 * MINUTE);
  assert.ok(world.calls.slice(before).every((call) => call.token === null));
});

both("a refusal that comes for a user who has left does not disable the client of the next", async (world, module) => {
  const slow = later();
  world.answers = [() => slow.promise];
  const it = page(world, module, { user: "alice" });
  await settle();
  it.connection.signOut();
  it.user = "bob";
  it.connection.signIn();
  slow.resolve(reply(403));
  await settle();
  it.made.user.record("bob's");
  it.made.user.tick();
  await settle();
  assert.deepEqual(it.made.user.delivered, [["bob's", "bob"]]);
});

both("signIn() wakes a provider that waits for a token", async (world, module) => {
  const it = page(world, module);
  it.connection.signIn();
  await world.pass(20 * SECOND);
  it.made.user.record("early");
  it.made.user.tick();
  await world.pass(10);
  assert.equal(world.calls.length, 0);
  it.user = "alice";
  it.connection.signIn();
  await settle();
  assert.equal(world.calls.length, 1);
  assert.deepEqual(it.made.user.delivered, [["session_start", "alice"], ["early", "alice"]]);
});

both("one that waited for a token and has it now is that user's: the next sign-in has a provider of its own", async (world, module) => {
  const slow = later();
  const it = page(world, module);
  it.connection.signIn();
  await world.pass(2 * SECOND);
  world.answers = [() => slow.promise];
  it.user = "alice";
  await world.pass(10 * SECOND - 1);
  assert.deepEqual(world.calls.map((call) => call.token), ["Bearer alice"]);
  it.user = "bob";
  it.connection.signIn();
  await settle();
  assert.deepEqual(world.calls.map((call) => call.token), ["Bearer alice", "Bearer bob"]);
});

both("never are both enabled, whatever the order of calls", async (world, module) => {
  const it = page(world, module);
  let turn = 7;
  for (let step = 0; step < 60; step++) {
    turn = (turn * 16807) % 2147483647;
    it.user = turn % 3 ? "alice" : null;
    turn % 2 ? it.connection.signIn() : it.connection.signOut();
    const enabled = Object.values(it.made).filter((client) => client.enabled).map((client) => client.name);
    assert.deepEqual(enabled, [turn % 2 ? "user" : "guest"]);
    assert.equal(it.connection.isSignedIn, turn % 2 === 1);
    if (turn % 5 === 0) await world.pass(SECOND);
  }
});

both("signing in before the first token came decides, and the token's answer comes too late", async (world, module) => {
  const first = later();
  let asked = 0;
  const it = page(world, module, { connect: { token: () => (asked++ ? "alice" : first.promise) } });
  it.connection.signIn();
  first.resolve(null);
  await settle();
  assert.equal(it.connection.isSignedIn, true);
  assert.deepEqual(it.log, ["user credentials", "user enable"]);
});

both("signing out before the first token came decides, too", async (world, module) => {
  const first = later();
  const it = page(world, module, { connect: { token: () => first.promise } });
  it.connection.signOut();
  first.resolve("alice");
  await settle();
  assert.equal(it.connection.isSignedIn, false);
  assert.deepEqual(it.log, ["guest credentials", "guest enable"]);
});

both("signing out twice changes nothing", async (world, module) => {
  const it = page(world, module);
  await settle();
  it.log.length = 0;
  it.connection.signOut();
  assert.deepEqual(it.log, []);
});

both("login-only: nothing is recorded or asked before the sign-in, nor after the sign-out", async (world, module) => {
  const it = page(world, module, { connect: { guest: undefined } });
  await world.pass(MINUTE);
  assert.deepEqual([it.log, world.calls.length], [[], 0]);
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
  await world.pass(HOUR);
  assert.ok(world.calls.every((call) => !call.url.includes("guest")));
});

both("guests only: enabled at once, without a token, and a sign-in changes nothing", async (world, module) => {
  const it = page(world, module, { connect: { signedIn: undefined, token: undefined } });
  assert.deepEqual(it.log, ["guest credentials", "guest enable"]);
  it.connection.signIn();
  await settle();
  assert.equal(it.connection.isSignedIn, false);
  assert.deepEqual(it.log, ["guest credentials", "guest enable"]);
  assert.deepEqual(world.calls.map((call) => call.token), [null]);
});

both("close() flushes, disables and ends it all", async (world, module) => {
  const it = page(world, module, { user: "alice" });
  await settle();
  fill(it.made.user, 30, "event");
  it.connection.close();
  assert.equal(it.connection.isSignedIn, false);
  await settle();
  assert.equal(it.made.user.delivered.length, 31);
  it.connection.signIn();
  it.connection.signOut();
  await world.pass(HOUR);
  assert.deepEqual(it.log, ["user credentials", "user enable", "user disable"]);
  assert.equal(world.calls.length, 1);
});

both("close() ends what waits for the broker, guests' and users'", async (world, module) => {
  for (const user of [null, "alice"]) {
    const it = page(world, module, { user });
    world.usually = offline;
    await settle();
    it.connection.close();
    const made = world.calls.length;
    await world.pass(10 * MINUTE);
    assert.equal(world.calls.length, made);
  }
});

both("a connection that is closed at once enables nothing", async (world, module) => {
  const it = page(world, module, { user: "alice" });
  it.connection.close();
  await settle();
  assert.deepEqual([it.log, world.calls.length], [[], 0]);
});
