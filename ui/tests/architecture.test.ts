// Who may import whom: elements know no music, views know no other view's inside, one file knows the shell.

import { readFileSync, readdirSync } from "node:fs";
import { join, posix, relative } from "node:path";
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

interface Import {
  from: string;
  to: string;
}

/** What files import of one another by relative paths; types count, and so does what is loaded later. */
function importsOf(some: { file: string; text: string }[]): Import[] {
  const known = new Set(some.map(({ file }) => file));
  return some.flatMap(({ file, text }) => {
    const named = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']/g);
    const paths = [...named].map(([, path = ""]) => posix.join(posix.dirname(file), path));
    // Styles are not among the files.
    const found = paths.map((path) => (known.has(path) ? path : `${path}.ts`)).filter((to) => known.has(to));
    return found.map((to) => ({ from: file, to }));
  });
}

/** Imports on circles, or between two: what is left without those that nothing leads to, or that lead to nothing. */
function circles(imports: Import[]): string[] {
  const left = imports.filter(
    ({ from, to }) => imports.some((next) => next.from === to) && imports.some((last) => last.to === from),
  );
  return left.length < imports.length ? circles(left) : left.map(({ from, to }) => `${from} -> ${to}`);
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

test("no file imports one that leads back to it", () => {
  const imports = importsOf(sources);
  expect(imports.length).toBeGreaterThan(50);
  expect(circles(imports)).toEqual([]);
});

test("circles are found, by types too, and nothing else", () => {
  const files = {
    "App.svelte": 'import { a } from "./lib/a";\nimport "./app.css";',
    "lib/a.ts": 'import {\n  b,\n} from "./b.svelte";',
    "lib/b.svelte.ts": 'import type { A } from "../lib/a";\nconst c = () => import("./c");',
    "lib/c.ts": 'import { test } from "vitest";',
  };
  const imports = importsOf(Object.entries(files).map(([file, text]) => ({ file, text })));
  expect(circles(imports)).toEqual(["lib/a.ts -> lib/b.svelte.ts", "lib/b.svelte.ts -> lib/a.ts"]);
  expect(imports).toContainEqual({ from: "lib/b.svelte.ts", to: "lib/c.ts" });
});
