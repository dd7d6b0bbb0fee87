import { expect, test } from "vitest";
import type { Span } from "../ipc/backend";
import { samePlace } from "./place";

const span = (
  queryStartS: number,
  queryEndS: number,
  candidateStartS: number,
  candidateEndS: number,
): Span => ({
  queryStartS,
  queryEndS,
  candidateStartS,
  candidateEndS,
});

test("inside a span the place is found by its tempo, both ways", () => {
  const spans = [span(10, 110, 0, 50)];
  expect(samePlace(spans, 60, "to-version", 180, 90)).toBe(25);
  expect(samePlace(spans, 25, "to-track", 90, 180)).toBe(60);
});

test("outside of every span the nearest one is continued, within the recording", () => {
  const spans = [span(10, 20, 30, 40), span(100, 120, 60, 70)];
  expect(samePlace(spans, 25, "to-version", 180, 200)).toBe(45);
  expect(samePlace(spans, 90, "to-version", 180, 200)).toBe(55);
  expect(samePlace([span(50, 60, 0, 10)], 5, "to-version", 180, 200)).toBe(0);
  expect(samePlace([span(0, 10, 190, 199)], 60, "to-version", 180, 200)).toBe(199.5);
});

test("without spans the whole of one stands for the whole of the other", () => {
  expect(samePlace([], 30, "to-version", 60, 120)).toBe(60);
});

test("going there and back again is coming home", () => {
  const spans = [span(5, 65, 12, 84), span(70, 100, 90, 130)];
  for (const seconds of [6, 30, 64, 71, 99]) {
    const there = samePlace(spans, seconds, "to-version", 120, 150);
    expect(samePlace(spans, there, "to-track", 150, 120)).toBeCloseTo(seconds, 6);
  }
});
