// SPDX-License-Identifier: Apache-2.0

// Loads the newest released module in both its forms. Each load is a new instance with its own fake environment.

import { readFile, readdir } from "node:fs/promises";
import vm from "node:vm";

const sources = new URL("../../../Sources/Browser/", import.meta.url);
export const source = (path) => readFile(new URL(path, sources));
export const versions = (await readdir(new URL("Released/", sources))).sort(
  (a, b) => a.split(".").reduce((sum, n) => sum * 1000 + +n, 0) - b.split(".").reduce((sum, n) => sum * 1000 + +n, 0)
);
export const newest = versions.at(-1);
export const released = (version, ending) => source(`Released/${version}/rum-credentials-${version}.${ending}`);

let count = 0;

/** Replaces the globals that the module uses, until the next load. Other globals stay those of Node. */
const asModule = async (env) => {
  const { now, performance, ...functions } = env.globals;
  Object.assign(globalThis, functions);
  Object.defineProperty(globalThis, "performance", { value: performance, configurable: true, writable: true });
  Date.now = now;
  const text = await released(newest, "js");
  return import(`data:text/javascript;base64,${text.toString("base64")}#${++count}`);
};

const asScript = async (env, globals) => {
  const { now, ...others } = env.globals;
  const context = vm.createContext({ ...others, AbortController, URL, ...globals });
  vm.runInContext("Date", context).now = now;
  vm.runInContext((await released(newest, "classic.js")).toString(), context);
  env.global = context;
  return context.RumCredentials;
};

/** A loader for each form. It takes an environment and further globals of the page, and returns the module's exports. */
export const forms = {
  module: async (env, globals = {}) => {
    env.global = globalThis;
    Object.assign(globalThis, globals);
    return asModule(env);
  },
  script: (env, globals = {}) => asScript(env, globals),
};
