// Who may import whom: elements know no music, views know no other view's inside, one file knows the shell. And how
// long files and functions may be.

import { readFileSync, readdirSync } from "node:fs";
import { join, posix, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

interface Source {
  file: string;
  text: string;
}

/** The files in a folder whose name ends in a certain way. */
function filesIn(folder: string, ending: RegExp): Source[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    ending.test(name),
  );
  return names.map((name) => ({
    file: name.replaceAll("\\", "/"),
    text: readFileSync(join(folder, name), "utf8"),
  }));
}

const SRC = join(import.meta.dirname, "../src");
const sources = filesIn(SRC, /\.(ts|svelte)$/);

/** Generated from the shell; nobody reads it from top to bottom. */
const GENERATED = "src/lib/ipc/bindings.ts";

/** All that is written here, styles and tests too. */
const written = ["src", "tests"]
  .flatMap((folder) =>
    filesIn(join(import.meta.dirname, "..", folder), /\.(ts|svelte|css)$/).map(({ file, text }) => ({
      file: `${folder}/${file}`,
      text,
    })),
  )
  .filter(({ file }) => file !== GENERATED);

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
function importsOf(some: Source[]): Import[] {
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

const MOST_LINES_OF_FILE = 400;
const MOST_LINES_OF_FUNCTION = 60;

function tooLongFiles(some: Source[]): string[] {
  return some.flatMap(({ file, text }) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    const first = MOST_LINES_OF_FILE + 1;
    return lines < first ? [] : [`${file}:${first}: ${lines} lines; ${MOST_LINES_OF_FILE} is the most`];
  });
}

/** What is TypeScript in a file. Of a component its scripts, on their own lines: all around them is left blank. */
function scriptOf({ file, text }: Source): string {
  if (!file.endsWith(".svelte")) return text;
  const around = /(^|<\/script>)[^]*?(<script[^>]*>|$)/g;
  return text.replace(around, (markup) => markup.replace(/[^\n]/g, " "));
}

function tooLongFunctions(some: Source[]): string[] {
  return some.flatMap((source) => {
    const script = ts.createSourceFile(source.file, scriptOf(source), ts.ScriptTarget.Latest);
    const lineAt = (position: number) => script.getLineAndCharacterOfPosition(position).line + 1;
    const found: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isFunctionLike(node)) {
        const first = lineAt(node.getStart(script));
        const lines = lineAt(node.end) - first + 1;
        if (lines > MOST_LINES_OF_FUNCTION) {
          found.push(
            `${source.file}:${first}: a function of ${lines} lines; ${MOST_LINES_OF_FUNCTION} is the most`,
          );
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(script);
    return found;
  });
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

test("no file is longer than a reader's patience", () => {
  expect(written.length).toBeGreaterThan(50);
  expect(tooLongFiles(written)).toEqual([]);
});

test("no function is longer than a screen", () => {
  expect(tooLongFunctions(written.filter(({ file }) => !file.endsWith(".css")))).toEqual([]);
});

test("what is too long is found, with its line, and nothing else", () => {
  const body = (lines: number) => "\n" + "  call();\n".repeat(lines - 2);
  const files = [
    { file: "just.ts", text: `function just() {${body(60)}}\n` },
    {
      file: "long.ts",
      text: `\nclass Long {\n  method() {${body(61)}}\n}\nconst arrow = () => {${body(62)}};\n`,
    },
    {
      file: "Long.svelte",
      text: `<script lang="ts" module>\n  let a = 1;\n</script>\n\n<script>\n  function long() {${body(61)}}\n</script>\n\n<p>{a}</p>\n`,
    },
  ];
  expect(tooLongFunctions(files)).toEqual([
    "long.ts:3: a function of 61 lines; 60 is the most",
    "long.ts:65: a function of 62 lines; 60 is the most",
    "Long.svelte:6: a function of 61 lines; 60 is the most",
  ]);
  const linesOf = (n: number) => ({ file: `${n}.css`, text: "p {}\n".repeat(n) });
  expect(tooLongFiles([linesOf(400), linesOf(401)])).toEqual(["401.css:401: 401 lines; 400 is the most"]);
});
