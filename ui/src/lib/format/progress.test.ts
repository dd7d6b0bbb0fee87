import { expect, test } from "vitest";
import type { Overview, Scan } from "../ipc/backend";
import { controls, doing, owesVoices, pace } from "./progress";

const idle: Scan = {
  phase: "idle",
  done: 0,
  total: 0,
  tracksPerMinute: null,
  secondsLeft: null,
  folder: null,
  isPaused: false,
  lastOutcome: null,
};

const overview = (scan: Partial<Scan>, voicesHeard = 914): Overview => ({
  folders: [],
  tracks: 914,
  heard: 914,
  voicesHeard,
  voicesTotal: 914,
  missing: 0,
  problems: 0,
  scan: { ...idle, ...scan },
  canWrite: true,
  notice: null,
  revision: 1,
});

test("both passes say how far they are, at work and paused", () => {
  const at = { done: 120, total: 914 };
  expect(doing(overview({ phase: "listening", ...at }))).toBe("Listening to 121 of 914");
  expect(doing(overview({ phase: "listening", ...at, isPaused: true }))).toBe("Paused at 120 of 914");
  expect(doing(overview({ phase: "hearingVoices", ...at }))).toBe("Hearing voices, 120 of 914");
  expect(doing(overview({ phase: "hearingVoices", ...at, isPaused: true }))).toBe(
    "Voices paused at 120 of 914",
  );
});

test("at rest voices are spoken of while some are owed, and never when all are heard", () => {
  expect(doing(overview({}, 120))).toBe("914 tracks, 120 voices heard");
  expect(doing(overview({}, 1))).toBe("914 tracks, 1 voice heard");
  expect(doing(overview({}))).toBe("914 tracks");
  expect([overview({}, 913), overview({})].map(owesVoices)).toEqual([true, false]);
});

test("how the last scan ended comes first", () => {
  expect(doing(overview({ lastOutcome: "Stopped; what was heard stays" }, 120))).toBe(
    "Stopped; what was heard stays",
  );
});

test("pace and time left belong to both passes, and to neither while it waits", () => {
  const known = { tracksPerMinute: 29.7, secondsLeft: 1600 };
  for (const phase of ["listening", "hearingVoices"] as const) {
    expect(pace({ ...idle, phase, ...known })).toEqual(["30 a minute", "about 27 minutes left"]);
    expect(pace({ ...idle, phase })).toEqual([]);
    expect(pace({ ...idle, phase, ...known, isPaused: true })).toEqual([]);
  }
  expect(pace({ ...idle, phase: "matching", ...known })).toEqual([]);
});

test("the buttons name the pass they act on", () => {
  expect(controls({ ...idle, phase: "listening" }).pause).toBe("Pause listening");
  expect(Object.values(controls({ ...idle, phase: "hearingVoices" }))).toEqual([
    "Pause hearing voices",
    "Go on hearing voices",
    "Stop hearing voices; what is heard stays",
  ]);
});
