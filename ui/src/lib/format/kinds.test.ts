import { expect, test } from "vitest";
import type { Claim } from "../ipc/backend";
import { answer, basis, claimed } from "./kinds";

const live: Claim = { kind: "live", basis: "tags", strength: "likely" };
const remix: Claim = { kind: "remix", basis: "audio", strength: "possible" };
const demo: Claim = { kind: "demo", basis: "user", strength: "certain" };

test("what is only possible is said to be so", () => {
  expect([live, remix, demo].map(claimed)).toEqual(["Live", "Perhaps a remix", "Demo"]);
  expect([live, remix, demo].map(basis)).toEqual(["by its tags", "by its sound", "as you said"]);
});

test("a press says yes, no to a guess, and takes back one's own word", () => {
  const claims = [live, remix, demo];
  expect(answer(claims, "cover")).toBe(true);
  expect(answer(claims, "live")).toBe(false);
  expect(answer(claims, "demo")).toBeNull();
});
