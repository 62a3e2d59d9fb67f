// A test in both forms of the module, each in a world of its own, which must leave no rejection unhandled.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forms } from "./forms.js";
import { unhandled } from "./unhandled.js";
import { World } from "./world.js";

export const BROKER = "https://purser.example.com";

/** `body` is given the world and the module's exports; `globals(world)` are what the page has besides. */
export const both = (name, body, { globals = () => ({}) } = {}) => {
  for (const [form, load] of Object.entries(forms)) {
    test(`${name} (${form})`, async () => {
      const world = new World();
      const module = await load(world, globals(world));
      await body(world, module);
      assert.deepEqual(await unhandled(), []);
    });
  }
};

/** A user's provider whose token is `alice`'s. */
export const user = (module, options = {}) =>
  module.credentials({ broker: BROKER, app: "shop", token: () => "alice", ...options });
