// What is committed as released is what esbuild makes of the source.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { forms, newest, released, versions } from "./harness/forms.js";
import { World } from "./harness/world.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("make module leaves the newest version as it is", async () => {
  const made = mkdtempSync(join(tmpdir(), "module-"));
  try {
    execFileSync("make", ["--silent", "module", `MODULE_OUTPUT=${made}`], { cwd: root });
    for (const ending of ["js", "classic.js", "d.ts"])
      assert.equal(
        readFileSync(join(made, `rum-credentials-${newest}.${ending}`), "utf8"),
        (await released(newest, ending)).toString(),
        `${ending}: a released version never changes; what changes the module needs a new version`
      );
  } finally {
    rmSync(made, { recursive: true });
  }
});

test("both forms tell the version that they are", async () => {
  for (const load of Object.values(forms)) assert.equal((await load(new World())).version, newest);
});

test("every file of every version names it", async () => {
  for (const version of versions)
    for (const ending of ["js", "classic.js", "d.ts"])
      assert.match((await released(version, ending)).toString(), new RegExp(`Purser rum-credentials ${version} \\| Apache-2.0`));
});

test("a script has less than 4 KiB and needs no newer syntax than ES2020", async () => {
  for (const ending of ["js", "classic.js"]) {
    const script = await released(newest, ending);
    assert.ok(script.length < 4096, `${script.length} bytes`);
    const [lowered, kept] = ["es2020", "esnext"].map((target) =>
      execFileSync("esbuild", [`--target=${target}`], { input: script }).toString()
    );
    assert.equal(lowered, kept);
  }
});

test("the declarations are TypeScript and declare what is exported", async () => {
  const types = await released(newest, "d.ts");
  execFileSync("esbuild", ["--loader=ts"], { input: types });
  const declared = [...types.toString().matchAll(/^export declare (?:const|function) (\w+)/gm)].map(([, name]) => name);
  const module = await forms.module(new World());
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(module).sort());
});
