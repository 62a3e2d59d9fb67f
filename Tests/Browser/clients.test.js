// How `connect` takes its clients: made, named or to be made.

import assert from "node:assert/strict";
import { Client, script } from "./harness/client.js";
import { BROKER, both } from "./harness/suite.js";
import { SECOND, settle } from "./harness/world.js";

const options = (more) => ({ broker: BROKER, app: "shop", token: () => "alice", ...more });

both("what a factory is given keeps the client still, its storage apart, and the broker out of the http telemetry", async (world, module) => {
  const given = [];
  const make = (config) => (given.push(config), new Client(config));
  const connection = module.connect(options({ signedIn: make, guest: make }));
  await settle();
  connection.signOut();
  const { enableRumClient, cookieAttributes, telemetries, ...rest } = given[0];
  assert.deepEqual({ enableRumClient, cookieAttributes: { ...cookieAttributes }, rest }, {
    enableRumClient: false,
    cookieAttributes: { unique: true },
    rest: {},
  });
  assert.deepEqual([...telemetries.slice(0, 2), telemetries[2][0]], ["errors", "performance", "http"]);
  assert.equal(given.length, 2);
  assert.notEqual(given[0].telemetries, given[1].telemetries);
  const [excluded] = telemetries[2][1].urlsToExclude;
  for (const { url } of world.calls) assert.match(url, excluded);
});

both("only the broker's calls are left out", (world, module) => {
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

both("a client is made when it is first needed, and once", async (world, module) => {
  const made = [];
  const make = (name) => (config) => (made.push(name), new Client(config));
  const connection = module.connect(options({ signedIn: make("user"), guest: make("guest") }));
  assert.deepEqual(made, []);
  await settle();
  assert.deepEqual(made, ["user"]);
  connection.signOut();
  connection.signIn();
  assert.deepEqual(made, ["user", "guest"]);
});

both("a factory that throws is told as an error of the page, and leaves the rest alone", async (world, module) => {
  const guest = new Client({ enableRumClient: false });
  let tried = 0;
  const connection = module.connect(
    options({ guest, signedIn: () => { tried++; throw new Error("the application's"); } })
  );
  await settle();
  await assert.rejects(world.pass(0), { message: "the application's" });
  connection.signOut();
  assert.equal(guest.enabled, true);
  connection.signIn();
  assert.equal(tried, 1);
});

both("clients that are there already are taken as they are", async (world, module) => {
  const log = [];
  const [signedIn, guest] = ["user", "guest"].map((name) => new Client(module.clientConfig({ broker: BROKER }), { name, log }));
  module.connect(options({ signedIn, guest }));
  await settle();
  assert.deepEqual(log, ["user credentials", "user enable"]);
});

both("named clients are told before and after they are loaded", async (world, module) => {
  const log = [];
  const loads = ["cwrSignedIn", "cwrGuest"].map((name) => script(name, world.global));
  const connection = module.connect(options({ signedIn: "cwrSignedIn", guest: "cwrGuest" }));
  await settle();
  const [user, guest] = ["user", "guest"].map((name) => new Client({ enableRumClient: false }, { name, log }));
  loads[0](user);
  loads[1](guest);
  assert.deepEqual(log, ["user credentials", "user enable"]);
  await settle();
  user.record("bought");
  connection.signOut();
  assert.deepEqual(log.slice(2), ["user disable", "guest credentials", "guest enable"]);
  await settle();
  assert.equal(user.delivered.length, 2);
});

for (const [mistake, client] of Object.entries({
  "a name that is no function": "cwrMissing",
  "an object that is no client": {},
  "the configuration": { sessionSampleRate: 1 },
  "a number": 7,
}))
  both(`${mistake} is a TypeError at once`, (world, module) => {
    for (const which of ["signedIn", "guest"])
      assert.throws(() => module.connect(options({ [which]: client })), { name: "TypeError", message: /^rum-credentials: / });
  });

both("no client at all is a TypeError at once", (world, module) => {
  assert.throws(() => module.connect(options({})), { name: "TypeError", message: /signedIn or guest/ });
});

both("errors of a client's commands stay inside, thrown or rejected", async (world, module) => {
  for (const fail of [() => { throw new Error("thrown"); }, () => Promise.reject(new Error("rejected"))]) {
    const broken = { setAwsCredentials: fail, enable: fail, disable: fail, dispatch: fail };
    const guest = new Client({ enableRumClient: false });
    const connection = module.connect(options({ signedIn: broken, guest }));
    await settle();
    connection.signOut();
    assert.equal(guest.enabled, true);
    connection.signIn();
    connection.close();
    await world.pass(SECOND);
  }
});

both("a client whose batches are refused for good breaks nothing", async (world, module) => {
  const client = new Client({ enableRumClient: false }, { answer: () => 403 });
  module.connect(options({ signedIn: client }));
  await settle();
  for (let batch = 0; batch < 3; batch++) {
    client.record("an event");
    client.tick();
    await settle();
  }
  assert.equal(client.enabled, false);
  assert.equal(world.calls.length, 1);
});
