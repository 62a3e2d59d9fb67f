// SPDX-License-Identifier: Apache-2.0

// What a switch between guest and signed-in user leaves in the data of both monitors, with each version of the RUM client.

import assert from "node:assert/strict";
import { FakeClient, VERSIONS, scriptStub } from "./harness/client.js";
import { BROKER, testBothForms } from "./harness/suite.js";
import { HOUR, MINUTE, SECOND, offline, reply, settle } from "./harness/environment.js";

const options = (more) => ({ broker: BROKER, app: "shop", ...more });

/** The ways in which an application gives `connect` its clients. Each returns the clients by name. */
const ways = {
  factories(env, module, { version, config, ...connect }) {
    const made = {};
    const make = (name) => (given) => (made[name] = new FakeClient({ ...given, ...config }, { name, version }));
    return [made, module.connect(options({ signedIn: make("user"), guest: make("guest"), ...connect }))];
  },
  instances(env, module, { version, config, ...connect }) {
    const make = (name) => new FakeClient({ ...module.clientConfig({ broker: BROKER }), ...config }, { name, version });
    const [user, guest] = ["user", "guest"].map(make);
    return [{ user, guest }, module.connect(options({ signedIn: user, guest, ...connect }))];
  },
  names(env, module, { version, config, ...connect }) {
    const loads = ["user", "guest"].map((name) => scriptStub(name, env.global, version === "3.2"));
    const connection = module.connect(options({ signedIn: "user", guest: "guest", ...connect }));
    const make = (name) => new FakeClient({ ...module.clientConfig({ broker: BROKER }), ...config }, { name, version });
    const [user, guest] = ["user", "guest"].map(make);
    loads[0](user);
    loads[1](guest);
    return [{ user, guest }, connection];
  },
};

/** A page of a visitor. `it.user` is who is signed in; `it.flush()` has the enabled client send what is queued. */
const visit = async (env, module, way, choices) => {
  const it = { user: choices.user ?? null };
  env.defaultAnswer = ({ url, token }) =>
    url.endsWith("guest-credentials")
      ? env.credentials("guest", HOUR, "guest")
      : env.credentials(token.replace("Bearer ", ""), HOUR, "user");
  if (choices.broken) env.defaultAnswer = offline;
  [it.clients, it.connection] = ways[way](env, module, { token: async () => it.user, ...choices, user: undefined });
  it.signIn = (user) => ((it.user = user), it.connection.signIn());
  it.signOut = () => ((it.user = null), it.connection.signOut());
  it.flush = async () => {
    await settle();
    for (const client of Object.values(it.clients)) client.tick();
    await settle();
  };
  it.goTo = (path) => {
    env.location.pathname = path;
    for (const client of Object.values(it.clients)) if (client.enabled) client.recordPageView(path);
  };
  await settle();
  return it;
};

const each = (name, body, chosen = Object.keys(ways)) => {
  for (const version of VERSIONS)
    for (const way of chosen)
      testBothForms(`${name} (${version}, ${way})`, (env, module) =>
        body(env, module, (choices) => visit(env, module, way, { version, ...choices }), { version, way }));
};

const failures = {
  "the data plane answers 403": (env) => (env.dataPlane = () => reply(403)),
  "the data plane answers 404": (env) => (env.dataPlane = () => reply(404)),
  "the data plane answers 500": (env) => (env.dataPlane = () => reply(500)),
  "the data plane is blocked": (env) => (env.dataPlane = offline),
  "the broker answers 403": (env) => (env.defaultAnswer = () => reply(403)),
};

for (const [what, fail] of Object.entries(failures)) {
  each(`a sign-in and a sign-out leave no unhandled rejection if ${what}`, async (env, module, open) => {
    const it = await open();
    fail(env);
    for (const user of ["alice", null, "bob"]) {
      for (const client of Object.values(it.clients)) client.record("an event");
      user ? it.signIn(user) : it.signOut();
      await env.advance(MINUTE);
    }
    it.connection.close();
    await env.advance(MINUTE);
  });
}

each("credentials that arrive long after a switch, and then fail, leave no unhandled rejection", async (env, module, open) => {
  const it = await open({ broken: true });
  it.clients.guest.record("seen");
  it.signIn("alice");
  await env.advance(2 * MINUTE);
  env.dataPlane = () => reply(403);
  env.defaultAnswer = ({ url }) => (url.endsWith("guest-credentials") ? env.credentials("guest") : reply(403));
  await env.advance(2 * MINUTE);
  assert.equal(it.clients.guest.delivered.length, 0);
  assert.notEqual(env.batches.length, 0);
});

each("a batch of a switch is sent again after 429, 5xx and network errors", async (env, module, open) => {
  const it = await open();
  it.clients.guest.record("seen");
  const answers = [() => reply(429), offline];
  env.dataPlane = () => (answers.shift() ?? (() => reply(202)))();
  it.signIn("alice");
  await env.advance(MINUTE);
  assert.deepEqual(it.clients.guest.delivered, [["session_start", "guest"], ["seen", "guest"]]);
});

each("each resource is recorded once, by the client that was enabled when it was loaded", async (env, module, open) => {
  env.loaded("https://shop.example/early.js");
  const it = await open();
  await it.flush();
  await env.advance(SECOND);
  env.loaded("https://shop.example/guest.js");
  await env.advance(SECOND);
  it.signIn("alice");
  await it.flush();
  env.loaded("https://shop.example/api", "fetch");
  env.loaded("chrome-extension://x/y.js");
  env.loaded("https://shop.example/alice.js");
  await env.advance(SECOND);
  it.signOut();
  await it.flush();
  env.loaded("https://shop.example/late.js");
  await it.flush();
  const resources = (name) => env.received.flatMap(({ monitor, events }) => (monitor === name ? events : [])).map(({ type }) => type).filter((type) => type.startsWith("resource"));
  assert.deepEqual(resources("guest"), ["early", "guest", "late"].map((name) => `resource https://shop.example/${name}.js`));
  assert.deepEqual(resources("user"), ["resource https://shop.example/alice.js"]);
});

each("after a switch, events carry the current page, and its monitor gets one view of it", async (env, module, open) => {
  const it = await open();
  it.goTo("/auth");
  it.signIn("alice");
  await settle();
  it.clients.user.record("bought");
  it.goTo("/orders");
  it.clients.user.record("looked");
  it.goTo("/auth");
  it.signOut();
  it.clients.guest.record("seen");
  await it.flush();
  assert.deepEqual(it.clients.guest.views, ["/", "/auth", "/auth"]);
  assert.deepEqual(it.clients.user.views, ["/auth", "/orders", "/auth"]);
  const pages = (client, type) => client.events.filter((event) => event.type === type).map(({ page }) => page);
  assert.deepEqual(pages(it.clients.user, "bought"), ["/auth"]);
  assert.deepEqual(pages(it.clients.user, "looked"), ["/orders"]);
  assert.deepEqual(pages(it.clients.guest, "seen"), ["/auth"]);
});

each("a user's monitor gets no event from before the sign-in", async (env, module, open) => {
  const it = await open();
  it.goTo("/auth");
  await env.advance(SECOND);
  it.signIn("alice");
  await it.flush();
  assert.deepEqual(it.clients.user.events.map(({ type, page }) => [type.split(".").pop(), page]), [
    ["session_start_event", "/auth"],
    ["page_view_event", "/auth"],
  ]);
});

each("a client without page views of its own starts one session", async (env, module, open) => {
  const it = await open({ config: { disableAutoPageView: true }, page: () => "shop" });
  it.signIn("alice");
  it.clients.user.record("bought");
  await it.flush();
  const types = it.clients.user.events.map(({ type }) => type.split(".").pop());
  assert.deepEqual(types, ["session_start_event", "page_view_event", "bought"]);
});

each("a page view has the name that the application gives", async (env, module, open) => {
  let name = "home";
  const it = await open({ page: () => name, config: { disableAutoPageView: true } });
  it.clients.guest.recordPageView("home");
  name = "sign-in";
  it.clients.guest.recordPageView("sign-in");
  it.signIn("alice");
  await settle();
  name = "home";
  it.clients.user.recordPageView("home");
  it.signOut();
  await it.flush();
  assert.deepEqual(it.clients.guest.views, ["home", "sign-in", "home"]);
  assert.deepEqual(it.clients.user.views, ["sign-in", "home"]);
});

each(
  "clients with page names that only the application knows get no page view of another name",
  async (env, module, open) => {
    for (const config of [{ disableAutoPageView: true }, { disableAutoPageView: true, pageIdFormat: "HASH" }]) {
      const it = await open({ config });
      it.clients.guest.recordPageView("#home");
      it.signIn("alice");
      await settle();
      it.signOut();
      await it.flush();
      assert.deepEqual([it.clients.guest.views, it.clients.user.views], [["#home"], []]);
      it.connection.close();
      env.received.length = 0;
      env.cookies.clear();
    }
  },
  ["factories", "instances"]
);

each("a guest client that resumes its session records the page of the sign-out", async (env, module, open) => {
  env.cookies.set("cwr_s_guest", btoa(JSON.stringify({ session: "earlier", page: "/" })));
  const it = await open({ user: "alice" });
  it.signOut();
  await it.flush();
  assert.deepEqual(it.clients.guest.views, ["/"]);
  assert.deepEqual([...new Set(it.clients.guest.events.map(({ session }) => session))], ["earlier"]);
}, ["factories"]);

for (const between of [true, false])
  each(
    `two users who sign in one after the other do not share a session${between ? "" : ", without a sign-out between"}`,
    async (env, module, open, { version }) => {
      const it = await open();
      const sessions = {};
      for (const user of ["alice", "bob"]) {
        it.signIn(user);
        it.clients.user.record(user);
        await it.flush();
        sessions[user] = it.clients.user.events.filter(({ type }) => type === user).map(({ session }) => session);
        if (between) it.signOut();
        await env.advance(SECOND);
      }
      assert.equal(sessions.alice.length, 1);
      assert.equal(sessions.bob.length, 1);
      assert.notEqual(sessions.alice[0], sessions.bob[0]);
      const started = (session) =>
        it.clients.user.events.filter((event) => event.session === session && event.type.endsWith("session_start_event"));
      assert.deepEqual([started(sessions.alice[0]).length, started(sessions.bob[0]).length], [1, 1]);
    },
    ["factories"]
  );

for (const way of ["instances", "names"])
  testBothForms(`a client of ${way} starts a session for each user where it offers that`, async (env, module) => {
    const it = await visit(env, module, way, { version: "3.2" });
    for (const user of ["alice", "bob"]) {
      it.signIn(user);
      it.clients.user.record(user);
      await it.flush();
      it.signOut();
      await it.flush();
    }
    const session = (user) => it.clients.user.events.find(({ type }) => type === user).session;
    assert.notEqual(session("alice"), session("bob"));
    assert.equal(new Set(it.clients.guest.events.map(({ session }) => session)).size, 1);
  });

testBothForms("a sign-out ends the session in the cookie of the user's monitor, and of no other", async (env, module) => {
  const it = await visit(env, module, "factories", { user: "alice" });
  env.cookies.set("cwr_s_other", "session");
  assert.ok(env.cookies.has("cwr_s_user"));
  it.signOut();
  await settle();
  assert.deepEqual([env.cookies.has("cwr_s_user"), env.cookies.has("cwr_s_other")], [false, true]);
});

each("a guest's CLS and INP are sent to the guests' monitor before a sign-in", async (env, module, open) => {
  const it = await open();
  await it.flush();
  it.clients.guest.recordCandidate("cls", 0.1);
  it.clients.guest.recordCandidate("inp", 80);
  it.signIn("alice");
  await settle();
  env.document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(env.document.visibilityState, "visible");
  assert.deepEqual(it.clients.guest.events.filter(({ data }) => data.value).map(({ type, data }) => [type, data.value]), [["cls", 0.1], ["inp", 80]]);
  assert.deepEqual(it.clients.user.events.filter(({ data }) => data.value), []);
});

testBothForms("batches are sent with the page's own fetch, which no telemetry has replaced", async (env, module) => {
  let traced = 0;
  const own = env.global.fetch;
  env.global.fetch = (...all) => (traced++, own(...all));
  const it = await visit(env, module, "factories", {});
  it.signIn("alice");
  await it.flush();
  assert.notEqual(env.received.length, 0);
  assert.equal(traced, 0);
});

testBothForms("clients that do not sign get no credentials, send to the broker, and each user's batches carry that user's token", async (env, module) => {
  const made = [];
  const it = { user: null };
  const signedIn = (config) => {
    const user = it.user;
    let token = user;
    const client = new FakeClient(
      {
        ...config,
        fetchFunction(batch) {
          if (it.user === user) token = it.user;
          batch.headers.set("Authorization", `Bearer ${token}`);
          return config.fetchFunction(batch);
        },
      },
      { name: "user" }
    );
    made.push(client);
    return client;
  };
  const guest = (config) => new FakeClient(config, { name: "guest" });
  const connection = module.connect(options({ token: () => it.user, signing: false, signedIn, guest }));
  await settle();
  for (const user of ["alice", "bob"]) {
    it.user = user;
    connection.signIn();
    made.at(-1).record(user);
  }
  it.user = null;
  connection.signOut();
  await settle();
  assert.equal(env.calls.length, 0);
  const sent = env.batches.map((batch) => [batch.url, batch.headers.get("Authorization")]);
  const address = (monitor) => `${BROKER}/v1/apps/shop/appmonitors/${monitor}`;
  assert.deepEqual(sent, [
    [address("guest"), null],
    [address("user"), "Bearer alice"],
    [address("user"), "Bearer bob"],
  ]);
});

testBothForms("connect throws a TypeError for a signed-in client that does not sign and is no function", (env, module) => {
  scriptStub("cwrUser", env.global);
  for (const signedIn of ["cwrUser", new FakeClient()])
    assert.throws(() => module.connect(options({ token: () => "alice", signing: false, signedIn })), { name: "TypeError" });
  assert.throws(() => module.connect(options({ guest: () => {}, page: "/" })), { name: "TypeError", message: /page/ });
});
