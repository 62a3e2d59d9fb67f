// The module as it is released, in both its forms, each time anew and in a world of its own.

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

/** Its own intrinsics stay; what the module asks of the world is replaced, until the next load. */
const asModule = async (world) => {
  const { now, performance, ...functions } = world.globals;
  Object.assign(globalThis, functions);
  Object.defineProperty(globalThis, "performance", { value: performance, configurable: true, writable: true });
  Date.now = now;
  const text = await released(newest, "js");
  return import(`data:text/javascript;base64,${text.toString("base64")}#${++count}`);
};

const asScript = async (world, globals) => {
  const { now, ...others } = world.globals;
  const context = vm.createContext({ ...others, AbortController, URL, ...globals });
  vm.runInContext("Date", context).now = now;
  vm.runInContext((await released(newest, "classic.js")).toString(), context);
  world.global = context;
  return context.RumCredentials;
};

/** Loads of a form take a world, and globals that the page has. */
export const forms = {
  module: async (world, globals = {}) => {
    world.global = globalThis;
    Object.assign(globalThis, globals);
    return asModule(world);
  },
  script: (world, globals = {}) => asScript(world, globals),
};
