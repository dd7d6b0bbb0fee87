import { expect, test } from "vitest";
import { clock, count, counted, timeLeft } from "./duration";

test("lengths read as on a record sleeve", () => {
  expect([0, 9.9, 61, 600, 3599.9, 3600, 7325].map(clock)).toEqual([
    "0:00",
    "0:09",
    "1:01",
    "10:00",
    "59:59",
    "1:00:00",
    "2:02:05",
  ]);
  expect(clock(-3)).toBe("0:00");
});

test("time left is rounded to what can be known", () => {
  expect([5, 60, 130, 3000, 5400, 7300].map(timeLeft)).toEqual([
    "less than a minute",
    "about 1 minute",
    "about 2 minutes",
    "about 50 minutes",
    "about 1.5 hours",
    "about 2 hours",
  ]);
});

test("counts have separators and the right plural", () => {
  expect(count(40000)).toBe("40,000");
  expect([counted(1, "version"), counted(1200, "track")]).toEqual(["1 version", "1,200 tracks"]);
});
