// The same musical place in two versions, from the spans that were aligned.

import type { Span } from "../ipc/backend";

/** One direction of an alignment: seconds here to seconds there. */
type Stretch = { fromStart: number; fromEnd: number; toStart: number; toEnd: number };

/** Which way to read the spans: from the chosen track to its version, or back. */
export type Direction = "to-version" | "to-track";

function stretches(spans: Span[], direction: Direction): Stretch[] {
  const read = (span: Span) => {
    const track = [span.queryStartS, span.queryEndS] as const;
    const version = [span.candidateStartS, span.candidateEndS] as const;
    const [from, to] = direction === "to-version" ? [track, version] : [version, track];
    return { fromStart: from[0], fromEnd: from[1], toStart: to[0], toEnd: to[1] };
  };
  return spans.map(read).sort((a, b) => a.fromStart - b.fromStart);
}

function distance(stretch: Stretch, seconds: number): number {
  return Math.max(stretch.fromStart - seconds, seconds - stretch.fromEnd, 0);
}

/**
 * Where the music of second `seconds` is in the other recording. Between and outside of the spans the nearest one is
 * continued at its own tempo; without spans both recordings are taken as one stretch each.
 */
export function samePlace(
  spans: Span[],
  seconds: number,
  direction: Direction,
  fromLengthS: number,
  toLengthS: number,
): number {
  const known = stretches(spans, direction).filter((s) => s.fromEnd > s.fromStart);
  const whole = { fromStart: 0, fromEnd: Math.max(fromLengthS, 1), toStart: 0, toEnd: toLengthS };
  const nearest = known.reduce(
    (best, one) => (distance(one, seconds) < distance(best, seconds) ? one : best),
    known[0] ?? whole,
  );
  const pace = (nearest.toEnd - nearest.toStart) / (nearest.fromEnd - nearest.fromStart);
  const place = nearest.toStart + (seconds - nearest.fromStart) * pace;
  return Math.min(Math.max(place, 0), Math.max(toLengthS - 0.5, 0));
}
