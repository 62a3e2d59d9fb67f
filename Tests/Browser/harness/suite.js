// SPDX-License-Identifier: Apache-2.0

// Defines tests that run against both forms of the module.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClient } from "./client.js";
import { FakeEnvironment } from "./environment.js";
import { forms } from "./forms.js";
import { unhandledRejections } from "./unhandled.js";

export const BROKER = "https://purser.example.com";

/**
 * Defines one test per form. `body` receives a new environment and the module's exports; `globals(env)` returns further
 * globals of the page. A test fails if it leaves an unhandled rejection.
 */
export const testBothForms = (name, body, { globals = () => ({}) } = {}) => {
  for (const [form, load] of Object.entries(forms)) {
    test(`${name} (${form})`, async () => {
      const env = (FakeClient.env = new FakeEnvironment());
      const module = await load(env, globals(env));
      await body(env, module);
      assert.deepEqual(await unhandledRejections(), []);
    });
  }
};

/** A provider for a signed-in user, by default with the token `alice`. */
export const userProvider = (module, options = {}) =>
  module.credentials({ broker: BROKER, app: "shop", token: () => "alice", ...options });
