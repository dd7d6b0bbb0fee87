// What the footer says: which pass is at work and how far it is, else what the library holds and what is left to analyse.

import type { Overview, Scan } from "../ipc/backend";
import { count, counted, timeLeft } from "./duration";

/** What the second pass is for, in one sentence. */
export const ABOUT_VOICES =
  "Reprise listens for the sung tune of each track, so that versions with other chords are found too.";

/** Whether the voice of some track is not analysed yet. */
export function owesVoices({ voicesHeard, voicesTotal }: Overview): boolean {
  return voicesHeard < voicesTotal;
}

/** What is going on, or what there is. */
export function doing(overview: Overview): string {
  const { phase, done, total, isPaused, lastOutcome } = overview.scan;
  const [at, of] = [count(done), count(total)];
  if (phase === "making") return `Making the demo library, ${at} of ${of}`;
  if (phase === "looking") return `Looking for music, ${counted(done, "file")} so far`;
  if (phase === "matching") return "Comparing tracks with one another";
  if (phase === "hearingVoices") return `${isPaused ? "Voices paused at" : "Hearing voices,"} ${at} of ${of}`;
  if (phase === "listening") {
    return isPaused
      ? `Paused at ${at} of ${of}`
      : `Listening to ${count(Math.min(done + 1, total))} of ${of}`;
  }
  if (lastOutcome !== null) return lastOutcome;
  const tracks = counted(overview.tracks, "track");
  return owesVoices(overview) ? `${tracks}, ${counted(overview.voicesHeard, "voice")} heard` : tracks;
}

/** How fast it goes and how long it takes, as far as that can be told. */
export function pace({ phase, isPaused, tracksPerMinute, secondsLeft }: Scan): string[] {
  if ((phase !== "listening" && phase !== "hearingVoices") || isPaused) return [];
  const speed = tracksPerMinute === null ? [] : [`${count(Math.round(tracksPerMinute))} a minute`];
  return secondsLeft === null ? speed : [...speed, `${timeLeft(secondsLeft)} left`];
}

/** The names of the three buttons beside it. */
export function controls({ phase }: Scan): { pause: string; resume: string; stop: string } {
  const what = phase === "hearingVoices" ? "hearing voices" : "listening";
  return { pause: `Pause ${what}`, resume: `Go on ${what}`, stop: `Stop ${what}; what is heard stays` };
}
