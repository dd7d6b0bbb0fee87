import { expect, test } from "vitest";
import type { PlanFile } from "../ipc/backend";
import { bytes } from "./bytes";
import { deltas, facts, ruleKey, ruleWords } from "./copies";

const KEPT: PlanFile = {
  place: 0,
  track: 1,
  title: "Greensleeves",
  artist: null,
  album: null,
  path: "/music/a.flac",
  below: "a.flac",
  codec: "flac",
  kbitS: 912,
  sampleRateHz: 44_100,
  durationS: 180,
  sizeBytes: 24_100_000,
  inPlaylists: 0,
  cues: 0,
  fate: "keep",
  words: "is kept",
  hint: null,
  only: [],
  lacks: [],
  partner: null,
  partnerOffsetS: 0,
  differences: [],
};

test("sizes are said in the unit that suits them", () => {
  expect([950, 99_999, 100_000, 24_140_000, 3_060_000_000].map(bytes)).toEqual([
    "1 kB",
    "100 kB",
    "0.1 MB",
    "24.1 MB",
    "3.1 GB",
  ]);
});

test("of a copy only what differs is said", () => {
  expect(facts({ ...KEPT, cues: 1 })).toEqual(["FLAC", "912 kbit/s", "24.1 MB", "1 cue point"]);
  expect(deltas({ ...KEPT, sizeBytes: 24_200_000 }, KEPT)).toEqual(["no difference"]);
  const copy: PlanFile = {
    ...KEPT,
    codec: "mp3",
    kbitS: 192,
    sizeBytes: 4_300_000,
    durationS: 178,
    inPlaylists: 4,
    lacks: ["picture", "year"],
    only: ["genre", "album", "artist"],
  };
  expect(deltas(copy, KEPT)).toEqual([
    "MP3",
    "192 instead of 912 kbit/s",
    "\u221219.8 MB",
    "2.0 s shorter",
    "lacks picture and year",
    "alone has 3 tags",
    "in 4 playlist entries",
  ]);
});

test("a rule is a part of a sentence, and two folders are two rules", () => {
  const folder = (path: string) => ({ folder: { path, exact: path } });
  expect(ruleWords("oldest")).toBe("is the oldest");
  expect(ruleWords(folder("/m/Masters"))).toBe("is in /m/Masters");
  expect(new Set(["tags" as const, folder("/a"), folder("/b"), folder("/a")].map(ruleKey)).size).toBe(3);
});
