import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FoundLine, WordsBeside } from "../ipc/backend";
import { MockBackend } from "../ipc/mock";
import { Library } from "./library.svelte";
import { SungLines } from "./sung.svelte";
import { OpenWords } from "./words.svelte";

let backend: MockBackend;

beforeEach(() => {
  vi.useFakeTimers();
  backend = new MockBackend(new URLSearchParams("tracks=36"));
});

afterEach(() => void vi.useRealTimers());

const HORSES = "seven white horses";
const CAPTAIN = "the captain looks north";

test("a line is looked for once typing pauses, and a single word never", async () => {
  const search = vi.spyOn(backend, "searchWords");
  const sung = new SungLines(backend);
  for (const typed of ["seven", "seven w", "seven white", HORSES, `${HORSES} `]) sung.ask(typed);
  await vi.advanceTimersByTimeAsync(1000);
  expect(search.mock.calls).toEqual([[HORSES]]);
  expect(sung.found[0]?.line.text).toContain("Seven white horses");
});

test("what was found stays until the next answer is here, and goes at once with the line", async () => {
  const sung = new SungLines(backend);
  sung.ask(HORSES);
  await vi.advanceTimersByTimeAsync(1000);
  const before = sung.found;
  sung.ask(CAPTAIN);
  await vi.advanceTimersByTimeAsync(100);
  expect(sung.found).toBe(before);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sung.found[0]?.line.text).toContain("captain looks");
  sung.ask("the");
  expect(sung.found).toEqual([]);
});

test("an answer to an older line never replaces that to a newer one", async () => {
  let answerFirst = (_: FoundLine[]) => {};
  const first = new Promise<FoundLine[]>((resolve) => (answerFirst = resolve));
  vi.spyOn(backend, "searchWords").mockReturnValueOnce(first);
  const sung = new SungLines(backend);
  sung.ask(HORSES);
  await vi.advanceTimersByTimeAsync(200);
  sung.ask(CAPTAIN);
  await vi.advanceTimersByTimeAsync(200);
  const newer = sung.found;
  answerFirst([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(sung.found).toBe(newer);
  expect(newer.length).toBeGreaterThan(0);
});

test("a search that fails says why and shows nothing", async () => {
  vi.spyOn(backend, "searchWords").mockRejectedValueOnce({ code: "failed", message: "No." });
  const sung = new SungLines(backend);
  sung.ask(HORSES);
  await vi.advanceTimersByTimeAsync(200);
  expect([sung.problem, sung.found]).toEqual(["No.", []]);
  sung.ask("");
  expect(sung.problem).toBeNull();
});

test("what is typed in the list's search is looked for among the words, too", async () => {
  const library = new Library(backend);
  library.search = HORSES;
  await library.refresh();
  await vi.advanceTimersByTimeAsync(200);
  expect(library.ids).toEqual([]);
  expect(library.sung.found.length).toBeGreaterThan(0);
});

test("words are opened and closed, and a late answer for closed ones is dropped", async () => {
  let answerFirst = (_: WordsBeside | null) => {};
  const first = new Promise<WordsBeside | null>((resolve) => (answerFirst = resolve));
  vi.spyOn(backend, "wordsBeside").mockReturnValueOnce(first);
  const words = new OpenWords(backend);
  words.toggle(1, 2);
  await vi.advanceTimersByTimeAsync(200);
  expect(words.isSlow).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect([words.version, words.answer, words.isSlow]).toEqual([2, null, true]);
  words.toggle(1, 3);
  await vi.advanceTimersByTimeAsync(0);
  const shown = words.answer;
  answerFirst(null);
  await vi.advanceTimersByTimeAsync(0);
  expect([words.version, words.answer, words.isSlow]).toEqual([3, shown, false]);
  words.toggle(1, 3);
  expect([words.version, words.answer]).toEqual([null, null]);
});

test("asking again keeps what is shown, and a failure says why", async () => {
  const words = new OpenWords(backend);
  words.toggle(1, 2);
  await vi.advanceTimersByTimeAsync(0);
  const shown = words.answer;
  expect(shown?.beside?.own.length).toBeGreaterThan(0);
  vi.spyOn(backend, "wordsBeside").mockRejectedValueOnce({ code: "failed", message: "No." });
  await words.refresh();
  expect([words.problem, words.answer]).toEqual(["No.", shown]);
  await words.refresh();
  expect(words.problem).toBeNull();
});
