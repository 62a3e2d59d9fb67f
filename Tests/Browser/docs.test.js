// SPDX-License-Identifier: Apache-2.0

// Every code snippet in the documents parses.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const documents = ["docs/web-integration.md", "README.md"];

/** The scripts in a fenced block, each with the name of its esbuild loader. HTML and Vue blocks contain scripts. */
const scripts = (language, text) => {
  if (["js", "ts", "tsx", "jsx"].includes(language)) return [[language, text]];
  if (!["html", "vue"].includes(language)) return [];
  return [...text.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)].map(([, attributes, script]) => [
    attributes.includes('lang="ts"') ? "ts" : "js",
    script,
  ]);
};

for (const document of documents) {
  const text = readFileSync(new URL(document, root), "utf8");
  const found = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, language, block]) => scripts(language, block));

  test(`${document} contains code snippets`, () => assert.ok(found.length >= (document === "README.md" ? 1 : 12), `${found.length}`));

  for (const [number, [language, script]] of found.entries())
    test(`${document}: snippet ${number + 1} parses as ${language}`, () => {
      execFileSync("esbuild", [`--loader=${language}`, "--log-level=warning"], { input: script, stdio: ["pipe", "ignore", "pipe"] });
    });
}
