import { expect, test } from "vitest";
import { difference, sameName } from "./difference";

test("only what the other title lacks stands out", () => {
  expect(difference("Suzanne (Live at Leeds)", "Suzanne")).toEqual([
    { text: "Suzanne ", differs: false },
    { text: "(Live at Leeds)", differs: true },
  ]);
  expect(difference("The Acoustic Suzanne", "The Suzanne")).toEqual([
    { text: "The ", differs: false },
    { text: "Acoustic ", differs: true },
    { text: "Suzanne", differs: false },
  ]);
});

test("case, accents and punctuation are no difference", () => {
  expect(difference("dont look back", "Don’t Look Back")).toEqual([
    { text: "dont look back", differs: false },
  ]);
  expect(sameName("Beyoncé", "BEYONCE")).toBe(true);
  expect(sameName(null, null)).toBe(false);
});

test("a title of its own stands out whole", () => {
  expect(difference("Grönska", "Greensleeves")).toEqual([{ text: "Grönska", differs: true }]);
});
