import { expect, test } from "vitest";
import type { SungLine, WordsBeside } from "../ipc/backend";
import { countWords, languageName, lineAt, rowOfOther, rowsOf } from "./words";

/** Lines of four seconds, each ten seconds after the one before. */
function lines(n: number): SungLine[] {
  return Array.from({ length: n }, (_, i) => {
    return { startS: i * 10, endS: i * 10 + 4, text: `${i}`, isGuessed: false };
  });
}

function rows(own: number, other: number, matched: WordsBeside["matched"]) {
  const beside = { own: lines(own), other: lines(other), matched, languages: ["en", "en"] };
  return rowsOf(beside as WordsBeside).map((row) => [row.own, row.other]);
}

test("lines stand beside those that say the same, the others in their places between", () => {
  const beside = rows(3, 4, [1, null, 3]);
  expect(beside).toEqual([
    [null, 0],
    [0, 1],
    [null, 2],
    [1, null],
    [2, 3],
  ]);
});

test("a refrain stands wherever it is matched, and no line is lost where matches cross", () => {
  const beside = rows(4, 5, [1, 4, 3, 4]);
  expect(beside.map(([own]) => own).filter((line) => line !== null)).toEqual([0, 1, 2, 3]);
  expect(beside.filter(([own]) => own !== null).map(([, other]) => other)).toEqual([1, 4, 3, 4]);
  expect(new Set(beside.map(([, other]) => other))).toEqual(new Set([0, 1, 2, 3, 4]));
  const rendered = beside.map(([own, other]) => ({ own: own!, other: other!, saySame: own !== null }));
  // The refrain that follows line 3, not the one after line 2.
  expect(rendered[rowOfOther(rendered, 4)]?.own).toBe(3);
});

test("where nothing is the same, lines stand beside one another as they come", () => {
  expect(rows(1, 2, [null])).toEqual([
    [0, 0],
    [null, 1],
  ]);
  const beside: WordsBeside = { own: lines(1), other: lines(1), matched: [null], languages: ["en", "de"] };
  expect(rowsOf(beside)[0]?.saySame).toBe(false);
  expect(rows(0, 0, [])).toEqual([]);
});

test("a line is sung from its beginning to shortly after its end", () => {
  expect(lineAt(lines(3), null)).toBeNull();
  expect(lineAt(lines(3), 0)).toBe(0);
  expect(lineAt(lines(3), 5)).toBe(0);
  expect(lineAt(lines(3), 8)).toBeNull();
  expect(lineAt(lines(3), 10)).toBe(1);
  expect(lineAt([], 3)).toBeNull();
});

test("words are counted with and without spaces between them", () => {
  expect(countWords("")).toBe(0);
  expect(countWords("  don't ")).toBe(1);
  expect(countWords("come home")).toBe(2);
  expect(countWords("月亮代表我的心")).toBeGreaterThan(1);
});

test("languages have names, and what is no code stays as it is", () => {
  expect(languageName("de")).toBe("German");
  expect(languageName("jw")).toBe("Javanese");
  expect(languageName("no code")).toBe("no code");
});
