// Placeholder of the generated file.
export type Relation = "copy" | "confirmed" | "version" | "possible" | "rejected";
export type Strength = "certain" | "likely" | "possible";
export type Verdict = "same" | "different";
export type SortKey = "title" | "artist" | "album" | "year" | "duration" | "versions" | "added";
export type TrackRow = {
  id: number;
  title: string;
  artist: string | null;
  album: string | null;
  year: number | null;
  durationS: number | null;
  path: string;
  versions: number;
  isMissing: boolean;
  isReachable: boolean;
  notMatched: string | null;
};
export type ListQuery = { search: string; sort: SortKey; descending: boolean; onlyWithVersions: boolean };
export type Span = { queryStartS: number; queryEndS: number; candidateStartS: number; candidateEndS: number };
export type Version = {
  track: TrackRow;
  relation: Relation;
  strength: Strength;
  score: number;
  keyShift: number;
  tempoRatio: number;
  reason: string;
  spans: Span[];
};
export type Versions = { track: TrackRow; notMatched: string | null; versions: Version[] };
export type Song = { tracks: number[] };
export type SongMember = { track: TrackRow; reason: string | null };
export type Folder = { id: number; path: string; tracks: number; isReachable: boolean };
export type ScanPhase = "idle" | "looking" | "listening" | "matching";
export type Scan = {
  phase: ScanPhase;
  done: number;
  total: number;
  tracksPerMinute: number | null;
  secondsLeft: number | null;
  folder: string | null;
  isPaused: boolean;
  lastOutcome: string | null;
};
export type Overview = {
  folders: Folder[];
  tracks: number;
  heard: number;
  missing: number;
  problems: number;
  scan: Scan;
  canWrite: boolean;
  notice: string | null;
  revision: number;
};
export type Problem = { path: string; message: string; isWarning: boolean };
export type Playback = { track: number | null; positionS: number; isPlaying: boolean; problem: string | null };
