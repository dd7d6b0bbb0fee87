// The tracks of the pretended library: works in three renditions each, made from their number alone, so that a
// hundred thousand of them cost nothing.

import type { Claim, Relation, Span, TrackRow, Version } from "../backend";

const SONGS = [
  "Amazing Grace",
  "Auld Lang Syne",
  "Canon in D",
  "Für Elise",
  "Greensleeves",
  "House of the Rising Sun",
  "Korobeiniki",
  "Londonderry Air",
  "Ode to Joy",
  "Scarborough Fair",
  "Silent Night",
  "When the Saints Go Marching In",
];
const ARTISTS = [
  "Ida Lindqvist",
  "Quartet Alder",
  "The Harbour Street Trio",
  "Marlow & the Tides",
  "The Paper Lanterns",
  "Ensemble Halden",
  "Two Rivers",
  "The Glass Room",
];
const FIRST = [
  "Blue",
  "Paper",
  "Northern",
  "Slow",
  "Silver",
  "Evening",
  "Wild",
  "Distant",
  "Golden",
  "Last",
  "Quiet",
];
const SECOND = [
  "Harbour",
  "Lanterns",
  "Train",
  "Garden",
  "Letters",
  "River",
  "Mornings",
  "Highway",
  "Waltz",
  "Stars",
];
const ALBUMS = ["Evening Prayer", "From the Shore", "Kitchen Sessions", "Live at the Alder", "Rooms"];

/** Renditions of a work in the pretended library. */
export const RENDITIONS = 3;

/** A fixed number in [0, 1) for `n`, as good as random. */
export function chance(n: number, salt: number): number {
  let x = Math.imul(n ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

function pick<T>(list: T[], n: number, salt: number): T {
  return list[Math.floor(chance(n, salt) * list.length)]!;
}

/** The work a track is a rendition of. */
export function workOf(id: number): number {
  return Math.floor((id - 1) / RENDITIONS);
}

/** First and third rendition of a work have one tune over other chords: only their voices tell. */
export function haveOtherChords(one: number, other: number): boolean {
  return Math.abs(one - other) === 2 && workOf(one) === workOf(other);
}

function songTitle(work: number): string {
  const known = SONGS[work];
  if (known !== undefined) return known;
  return `${pick(FIRST, work, 1)} ${pick(SECOND, work, 2)} ${Math.floor(work / 110) || ""}`.trim();
}

/** The row of a track, without what depends on other tracks. */
export function trackRow(id: number): TrackRow {
  const work = workOf(id);
  const rendition = (id - 1) % RENDITIONS;
  const title = songTitle(work);
  const artist = ARTISTS[(work * 5 + rendition * 3) % ARTISTS.length]!;
  const suffix = rendition === 1 && chance(work, 3) < 0.5 ? " (Live)" : "";
  return {
    id,
    title: title + suffix,
    artist,
    album: pick(ALBUMS, id, 4),
    year: 1958 + Math.floor(chance(id, 5) * 66),
    durationS: 140 + Math.floor(chance(id, 6) * 160),
    path: `/home/ada/Music/${artist}/${title}${suffix}.flac`,
    versions: 0,
    isMissing: false,
    isReachable: true,
    notMatched: null,
  };
}

function spansOf(query: TrackRow, candidate: TrackRow, tempo: number): Span[] {
  const [q, c] = [query.durationS ?? 180, candidate.durationS ?? 180];
  const length = Math.min(q * 0.9, c * 0.9 * tempo);
  if (chance(query.id * 31 + candidate.id, 7) < 0.6) {
    return [
      {
        queryStartS: q * 0.04,
        queryEndS: q * 0.04 + length,
        candidateStartS: c * 0.05,
        candidateEndS: c * 0.05 + length / tempo,
      },
    ];
  }
  const half = length / 2.4;
  return [
    {
      queryStartS: q * 0.05,
      queryEndS: q * 0.05 + half,
      candidateStartS: c * 0.02,
      candidateEndS: c * 0.02 + half / tempo,
    },
    {
      queryStartS: q * 0.55,
      queryEndS: q * 0.55 + half,
      candidateStartS: c * 0.5,
      candidateEndS: c * 0.5 + half / tempo,
    },
  ];
}

function words(chords: string, keyShift: number, tempo: number, spans: Span[]): string {
  const key =
    keyShift === 0
      ? "same key"
      : `${Math.abs(keyShift)} semitone${Math.abs(keyShift) === 1 ? "" : "s"} ${keyShift > 0 ? "higher" : "lower"}`;
  const percent = Math.round(Math.abs(tempo - 1) * 100);
  const pace = percent >= 2 ? [`${percent} % ${tempo > 1 ? "faster" : "slower"}`] : [];
  const extent = spans.length === 1 ? "whole song" : "2 passages";
  return [chords, extent, key, ...pace].filter(Boolean).join(", ");
}

/** What tags would say of a track, by itself or beside another. */
export function pretendedClaims(track: TrackRow, beside?: TrackRow): Claim[] {
  const claims: Claim[] = [];
  if (beside !== undefined && beside.artist !== track.artist)
    claims.push({ kind: "cover", basis: "tags", strength: "likely" });
  if (track.title.endsWith("(Live)")) claims.push({ kind: "live", basis: "tags", strength: "likely" });
  return claims;
}

/** How `candidate` would relate to `query`. */
export function pretendedVersion(query: TrackRow, candidate: TrackRow, relation: Relation): Version {
  const keyOf = (id: number) => Math.floor(chance(id, 8) * 7) - 3;
  const keyShift = keyOf(candidate.id) - keyOf(query.id);
  const tempo = (0.88 + chance(candidate.id, 9) * 0.26) / (0.88 + chance(query.id, 9) * 0.26);
  const spans = spansOf(query, candidate, tempo);
  const strength =
    relation === "confirmed" || relation === "copy"
      ? "certain"
      : relation === "version"
        ? "likely"
        : "possible";
  const headings: Partial<Record<Relation, string>> = {
    copy: "sameRecording",
    confirmed: "sameSong",
    version: "likelySameSong",
    possible: "possible",
    rejected: "rejected",
  };
  const chords = haveOtherChords(query.id, candidate.id) ? "same tune, other chords" : "";
  return {
    track: candidate,
    heading: headings[relation] ?? relation,
    relation,
    strength,
    keyShift,
    tempoRatio: tempo,
    reason: words(chords, keyShift, tempo, spans),
    spans,
    kinds: relation === "rejected" ? [] : pretendedClaims(candidate, query),
  };
}

/** A waveform with verses and choruses. */
export function pretendedPeaks(id: number): number[] {
  return Array.from({ length: 600 }, (_, i) => {
    const part = 0.55 + 0.35 * Math.sin((i / 600) * Math.PI * (4 + (id % 4))) ** 2;
    const edge = Math.min(1, i / 12, (599 - i) / 25);
    return Math.round(255 * Math.max(0.03, part * edge * (0.65 + 0.35 * chance(id * 600 + i, 11))));
  });
}

/** The address of a cover picture; that of every fifth track cannot be loaded. */
export function pretendedCover(track: number): string {
  if (track % 5 === 0) return "about:blank";
  const hue = (workOf(track) * 67 + (track % RENDITIONS) * 25) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 45% 62%)"/><circle cx="${12 + (track % 16)}" cy="24" r="11" fill="hsl(${hue + 40} 60% 38%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
