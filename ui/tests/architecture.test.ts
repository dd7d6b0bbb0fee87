// Who may import whom: elements know no music, views know no other view's inside, one file knows the shell.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "../src");

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(ts|svelte)$/.test(file))
  .map((file) => ({ file: file.replaceAll("\\", "/"), text: readFileSync(join(SRC, file), "utf8") }));

function offenders(where: RegExp, what: RegExp, except: string[] = []): string[] {
  const wrong = sources.filter(
    ({ file, text }) => where.test(file) && what.test(text) && !except.includes(file),
  );
  return wrong.map(({ file }) => relative(".", file));
}

test("only one file speaks to the shell", () => {
  const allowed = ["lib/ipc/tauri.ts", "lib/ipc/bindings.ts"];
  expect(offenders(/./, /from "@tauri-apps\//, allowed)).toEqual([]);
});

test("elements know no music, no state and no library", () => {
  expect(offenders(/^elements\//, /from "\.\.\/(music|views|lib)/)).toEqual([]);
});

test("music knows no view", () => {
  expect(offenders(/^music\//, /from "\.\.\/views/)).toEqual([]);
});

test("formats are pure and know one another only", () => {
  const impure = /\$state|document|window|import \{[^}]*\} from "(?!\.\/)/;
  expect(offenders(/^lib\/format\/(?!.*test)/, impure)).toEqual([]);
});

test("colours are named in one file", () => {
  const literal = /(#[0-9a-f]{3,8}\b|oklch\((?!0% 0 0)|rgb\(|hsl\()/i;
  expect(offenders(/\.svelte$/, new RegExp(`<style>[^]*${literal.source}`, "i"))).toEqual([]);
});

test("nothing is fetched from anywhere", () => {
  expect(
    offenders(/./, /\b(fetch\(|XMLHttpRequest|WebSocket|https?:\/\/(?!www\.w3\.org|art\.localhost))/, []),
  ).toEqual([]);
});
