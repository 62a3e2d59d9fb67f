// SPDX-License-Identifier: Apache-2.0

// The clients that `connect` accepts: instances, names of global functions, and factories.

import assert from "node:assert/strict";
import { FakeClient, scriptStub } from "./harness/client.js";
import { BROKER, testBothForms } from "./harness/suite.js";
import { SECOND, reply, settle } from "./harness/environment.js";

const options = (more) => ({ broker: BROKER, app: "shop", token: () => "alice", ...more });

testBothForms("a client factory gets a config: disabled, unique cookies, broker excluded from http telemetry", async (env, module) => {
  const given = [];
  const make = (config) => (given.push(config), new FakeClient(config));
  const connection = module.connect(options({ signedIn: make, guest: make }));
  await settle();
  connection.signOut();
  const { enableRumClient, cookieAttributes, fetchFunction, telemetries, ...rest } = given[0];
  assert.deepEqual({ enableRumClient, cookieAttributes: { ...cookieAttributes }, rest }, {
    enableRumClient: false,
    cookieAttributes: { unique: true },
    rest: {},
  });
  assert.equal(typeof fetchFunction, "function");
  assert.deepEqual([telemetries[0], telemetries[1][0], telemetries[2][0]], ["errors", "performance", "http"]);
  assert.equal(given.length, 2);
  assert.notEqual(given[0].telemetries, given[1].telemetries);
  const [excluded] = telemetries[2][1].urlsToExclude;
  for (const { url } of env.calls) assert.match(url, excluded);
});

testBothForms("clientConfig excludes only the broker's URLs from the http telemetry", (env, module) => {
  const { telemetries } = module.clientConfig({ broker: "https://shop.example.com/rum+x/" });
  const [excluded] = telemetries[2][1].urlsToExclude;
  assert.match("https://shop.example.com/rum+x/v1/apps/shop/credentials", excluded);
  for (const other of [
    "https://shop.example.com/cart",
    "https://shop.example.com/rum+x/v1/other",
    "https://shop-example.com/rum+x/v1/apps/shop/credentials",
    "https://shop.example.com/rummx/v1/apps/shop/credentials",
    "https://evil.example/?https://shop.example.com/rum+x/v1/apps/",
  ])
    assert.doesNotMatch(other, excluded);
});

testBothForms("connect calls a client factory once, when the client is first needed", async (env, module) => {
  const made = [];
  const make = (name) => (config) => (made.push(name), new FakeClient(config));
  const connection = module.connect(options({ signedIn: make("user"), guest: make("guest") }));
  assert.deepEqual(made, []);
  await settle();
  assert.deepEqual(made, ["user"]);
  connection.signOut();
  connection.signIn();
  assert.deepEqual(made, ["user", "guest"]);
});

testBothForms("an error of a client factory becomes a page error, and the other client still works", async (env, module) => {
  const guest = new FakeClient({ enableRumClient: false });
  let tried = 0;
  const connection = module.connect(
    options({ guest, signedIn: () => { tried++; throw new Error("the application's"); } })
  );
  await settle();
  await assert.rejects(env.advance(0), { message: "the application's" });
  connection.signOut();
  assert.equal(guest.enabled, true);
  connection.signIn();
  assert.equal(tried, 1);
});

testBothForms("connect uses existing client instances", async (env, module) => {
  const log = [];
  const [signedIn, guest] = ["user", "guest"].map((name) => new FakeClient(module.clientConfig({ broker: BROKER }), { name, log }));
  module.connect(options({ signedIn, guest }));
  await settle();
  assert.deepEqual(log, ["user credentials", "user enable"]);
});

testBothForms("a named client receives commands before and after its script is loaded", async (env, module) => {
  const log = [];
  const loads = ["cwrSignedIn", "cwrGuest"].map((name) => scriptStub(name, env.global));
  const connection = module.connect(options({ signedIn: "cwrSignedIn", guest: "cwrGuest" }));
  await settle();
  const [user, guest] = ["user", "guest"].map((name) => new FakeClient({ enableRumClient: false }, { name, log }));
  loads[0](user);
  loads[1](guest);
  assert.deepEqual(log, ["user credentials", "user enable"]);
  await settle();
  user.record("bought");
  connection.signOut();
  // The first two take from the client what it recorded when it was created.
  const enabled = ["guest credentials", "guest enable"];
  assert.deepEqual(log.slice(2), ["user disable", ...enabled, ...enabled]);
  await settle();
  assert.equal(user.delivered.length, 2);
});

for (const [mistake, client] of Object.entries({
  "a client name without a function": "cwrMissing",
  "a client object without methods": {},
  "a configuration in place of a client": { sessionSampleRate: 1 },
  "a number in place of a client": 7,
}))
  testBothForms(`connect throws a TypeError synchronously for ${mistake}`, (env, module) => {
    for (const which of ["signedIn", "guest"])
      assert.throws(() => module.connect(options({ [which]: client })), { name: "TypeError", message: /^rum-credentials: / });
  });

testBothForms("connect throws a TypeError synchronously without any client", (env, module) => {
  assert.throws(() => module.connect(options({})), { name: "TypeError", message: /signedIn or guest/ });
});

testBothForms("connect suppresses errors that a client's commands throw or reject with", async (env, module) => {
  for (const fail of [() => { throw new Error("thrown"); }, () => Promise.reject(new Error("rejected"))]) {
    const broken = { setAwsCredentials: fail, enable: fail, disable: fail, dispatch: fail };
    const guest = new FakeClient({ enableRumClient: false });
    const connection = module.connect(options({ signedIn: broken, guest }));
    await settle();
    connection.signOut();
    assert.equal(guest.enabled, true);
    connection.signIn();
    connection.close();
    await env.advance(SECOND);
  }
});

testBothForms("a client that disables itself after repeated 403s causes no error and no further call", async (env, module) => {
  const client = new FakeClient(module.clientConfig({ broker: BROKER }));
  env.dataPlane = () => reply(403);
  module.connect(options({ signedIn: client }));
  // Around a switch, and when credentials arrive, the client learns nothing of failures.
  await env.advance(11 * SECOND);
  for (let batch = 0; batch < 3; batch++) {
    client.record("an event");
    client.tick();
    await settle();
  }
  assert.equal(client.enabled, false);
  assert.equal(env.calls.length, 1);
});
