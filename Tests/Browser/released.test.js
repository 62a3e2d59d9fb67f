// SPDX-License-Identifier: Apache-2.0

// The committed release is the output of esbuild for the source.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { forms, newest, released, versions } from "./harness/forms.js";
import { FakeEnvironment } from "./harness/environment.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("make module reproduces the newest released version byte for byte", async () => {
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

test("both forms of the module export their version", async () => {
  for (const load of Object.values(forms)) assert.equal((await load(new FakeEnvironment())).version, newest);
});

test("every released file contains its version in its banner", async () => {
  for (const version of versions)
    for (const ending of ["js", "classic.js", "d.ts"])
      assert.match((await released(version, ending)).toString(), new RegExp(`Purser rum-credentials ${version} \\| Apache-2.0`));
});

test("a released script is smaller than 5 KiB and uses no syntax newer than ES2020", async () => {
  for (const ending of ["js", "classic.js"]) {
    const script = await released(newest, ending);
    assert.ok(script.length < 5120, `${script.length} bytes`);
    const [lowered, kept] = ["es2020", "esnext"].map((target) =>
      execFileSync("esbuild", [`--target=${target}`], { input: script }).toString()
    );
    assert.equal(lowered, kept);
  }
});

test("the type declarations are valid TypeScript and declare exactly the module's exports", async () => {
  const types = await released(newest, "d.ts");
  execFileSync("esbuild", ["--loader=ts"], { input: types });
  const declared = [...types.toString().matchAll(/^export declare (?:const|function) (\w+)/gm)].map(([, name]) => name);
  const module = await forms.module(new FakeEnvironment());
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(module).sort());
});
