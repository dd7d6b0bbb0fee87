// A library that is only pretended, for a browser: the same interface, tracks made from their numbers, a scan and a
// player that are clocks. `?tracks=N` sets its size, `?voices=owed` leaves most voices unheard, `?offline` unplugs its
// drive, `?silent` takes its sound away, `?device=refused` gives it a graphics processor that cannot be used.

import type {
  Backend,
  Claim,
  Folder,
  Kind,
  ListQuery,
  Overview,
  Playback,
  Problem,
  Relation,
  Scan,
  Song,
  TrackRow,
  Unlisten,
  Verdict,
  Version,
  Versions,
} from "./backend";
import { KINDS } from "../format/kinds";
import {
  RENDITIONS,
  haveOtherChords,
  pretendedClaims,
  pretendedPeaks,
  pretendedVersion,
  trackRow,
  workOf,
} from "./mock/tracks";

const SCAN_STEP_MS = 40;
const VOICE_STEP_MS = 330;
const IDLE: Scan = {
  phase: "idle",
  done: 0,
  total: 0,
  tracksPerMinute: null,
  secondsLeft: null,
  folder: null,
  isPaused: false,
  lastOutcome: null,
};

class Listeners<T> {
  #all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Unlisten {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.#all) listener(value);
  }
}

export class MockBackend implements Backend {
  #folders: Folder[] = [];
  #known: number;
  #verdicts = new Map<string, Verdict>();
  /** What was said of tracks, by track and kind. */
  #kinds = new Map<string, boolean>();
  #scan: Scan = IDLE;
  #playback: Playback = { track: null, positionS: 0, isPlaying: false, problem: null };
  #problems: Problem[] = [];
  /** Tracks whose voice has not been heard. */
  #owed = new Set<number>();
  #preferred: number | null = null;
  #voicesWait = false;
  #clock: ReturnType<typeof setInterval> | undefined;
  #revision = 0;
  readonly #isOffline: boolean;
  readonly #isSilent: boolean;
  readonly #device: string | null;
  readonly #scans = new Listeners<Scan>();
  readonly #changes = new Listeners<void>();
  readonly #playbacks = new Listeners<Playback>();

  constructor(parameters: URLSearchParams) {
    this.#known = Number(parameters.get("tracks") ?? 36);
    this.#isOffline = parameters.has("offline");
    this.#isSilent = parameters.has("silent");
    this.#device = parameters.get("device");
    if (this.#known > 0) this.#folders = [this.#folder("/home/ada/Music", this.#known)];
    if (parameters.has("problems")) this.#problems = BROKEN;
    if (parameters.get("voices") === "owed") {
      for (let id = Math.floor(this.#known / 3) + 1; id <= this.#known; id++) this.#owed.add(id);
    }
  }

  #folder(path: string, tracks: number): Folder {
    return { id: this.#folders.length + 1, path, tracks, isReachable: !this.#isOffline };
  }

  async overview(): Promise<Overview> {
    return {
      folders: this.#folders.map((folder, i) => (i === 0 ? { ...folder, tracks: this.#known } : folder)),
      tracks: this.#known,
      heard: this.#known,
      voicesHeard: this.#known - this.#owed.size,
      voicesTotal: this.#known,
      missing: 0,
      problems: this.#problems.filter((problem) => !problem.isWarning).length,
      scan: this.#scan,
      canWrite: true,
      notice: null,
      revision: this.#revision,
    };
  }

  async trackIds(query: ListQuery): Promise<number[]> {
    const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
    const ids: number[] = [];
    for (let id = 1; id <= this.#known; id++) ids.push(id);
    if (words.length === 0 && !query.onlyWithVersions && query.sort === "added") return ids;
    const fits = ids
      .map((id) => this.#row(id))
      .filter((row) => {
        const text = `${row.title} ${row.artist} ${row.album}`.toLowerCase();
        return words.every((word) => text.includes(word)) && (!query.onlyWithVersions || row.versions > 0);
      });
    const sign = query.descending ? -1 : 1;
    const sortable = fits.map((row) => ({ id: row.id, key: sortKey(row, query) }));
    sortable.sort((a, b) => sign * compare(a.key, b.key) || a.id - b.id);
    return sortable.map(({ id }) => id);
  }

  async tracks(ids: number[]): Promise<TrackRow[]> {
    return ids.filter((id) => id <= this.#known).map((id) => this.#row(id));
  }

  #row(id: number): TrackRow {
    const row = trackRow(id);
    const versions = this.#others(id).filter((other) => this.#relation(id, other) !== "rejected").length;
    return { ...row, versions, isReachable: !this.#isOffline };
  }

  #others(id: number): number[] {
    const first = workOf(id) * RENDITIONS + 1;
    const renditions = [first, first + 1, first + 2];
    return renditions.filter(
      (other) =>
        other !== id && other <= this.#known && !(haveOtherChords(id, other) && this.#isOwed(id, other)),
    );
  }

  #isOwed(...ids: number[]): boolean {
    return ids.some((id) => this.#owed.has(id));
  }

  #relation(one: number, other: number): Relation {
    const verdict = this.#verdicts.get(pair(one, other));
    if (verdict === "same") return "confirmed";
    return verdict === "different" ? "rejected" : "version";
  }

  async versions(track: number): Promise<Versions> {
    const query = this.#row(track);
    const versions = this.#others(track).map((other) =>
      this.#version(query, this.#row(other), this.#relation(track, other)),
    );
    const stranger = ((track * 7) % Math.max(this.#known, 1)) + 1;
    if (this.#known > 6 && workOf(stranger) !== workOf(track)) {
      const said = this.#verdicts.get(pair(track, stranger));
      const relation = said === "same" ? "confirmed" : said === "different" ? "rejected" : "possible";
      versions.push(this.#version(query, this.#row(stranger), relation));
    }
    if (this.#isOwed(track)) this.#preferred = track;
    const order = ["sameSong", "likelySameSong", "possible", "rejected"];
    versions.sort((one, other) => order.indexOf(one.heading) - order.indexOf(other.heading));
    const kinds = this.#judged(track, pretendedClaims(query));
    return { track: query, notMatched: null, voiceHeard: !this.#isOwed(track), kinds, versions };
  }

  #version(query: TrackRow, candidate: TrackRow, relation: Relation) {
    const version = pretendedVersion(query, candidate, relation);
    return { ...version, kinds: this.#judged(candidate.id, version.kinds) };
  }

  /** Claims, and what was said instead. */
  #judged(track: number, claims: Claim[]): Claim[] {
    const said = (kind: Kind) => this.#kinds.get(`${track} ${kind}`);
    const own = (Object.keys(KINDS) as Kind[]).filter((kind) => said(kind) === true);
    return [
      ...claims.filter(({ kind }) => said(kind) === undefined),
      ...own.map((kind) => ({ kind, basis: "user", strength: "certain" }) as const),
    ];
  }

  async setRendition(track: number, kind: Kind, isOne: boolean | null): Promise<boolean | null> {
    const key = `${track} ${kind}`;
    const before = this.#kinds.get(key) ?? null;
    if (isOne === null) this.#kinds.delete(key);
    else this.#kinds.set(key, isOne);
    this.#changed();
    return before;
  }

  async waveform(track: number): Promise<number[]> {
    return pretendedPeaks(track);
  }

  async decide(one: number, other: number, verdict: Verdict | null): Promise<Verdict | null> {
    const key = pair(one, other);
    const before = this.#verdicts.get(key) ?? null;
    if (verdict === null) this.#verdicts.delete(key);
    else this.#verdicts.set(key, verdict);
    this.#changed();
    return before;
  }

  async songs(): Promise<Song[]> {
    const works = Math.min(Math.floor(this.#known / RENDITIONS), 5000);
    return Array.from({ length: works }, (_, work) => ({
      tracks: [1, 2, 3].map((n) => work * RENDITIONS + n),
    }));
  }

  async song(track: number) {
    const first = this.#row(workOf(track) * RENDITIONS + 1);
    const others = this.#others(first.id).map((id) => pretendedVersion(first, this.#row(id), "version"));
    const own = { track: first, reason: null, recording: 0, kinds: pretendedClaims(first) };
    const member = ({ track, reason }: Version, place: number) => {
      return { track, reason, recording: place + 1, kinds: pretendedClaims(track) };
    };
    return [own, ...others.map(member)];
  }

  async devices(): Promise<string[]> {
    const refused = "Not on the graphics processor (CUDA): the library libcudnn.so.9 was not found.";
    return ["Large networks run on the processor.", ...(this.#device === "refused" ? [refused] : [])];
  }

  async chooseFolders(): Promise<string[]> {
    return ["/home/ada/Music"];
  }

  async addFolders(paths: string[]): Promise<void> {
    const wrong = paths.find((path) => !path.startsWith("/"));
    if (wrong !== undefined)
      throw { code: "badInput", message: `${wrong} is not a folder on this computer.` };
    for (const path of paths) {
      if (!this.#folders.some((folder) => folder.path === path)) this.#folders.push(this.#folder(path, 0));
    }
    this.#listenTo(36);
  }

  async removeFolder(id: number): Promise<void> {
    this.#folders = this.#folders.filter((folder) => folder.id !== id);
    if (this.#folders.length === 0) this.#known = 0;
    this.#changed();
  }

  async tryDemo(): Promise<void> {
    await this.addFolders(["/home/ada/.local/share/org.reprise.desktop/demo/audio"]);
  }

  async startScan(): Promise<void> {
    this.#listenTo(Math.max(this.#known, 36));
  }

  async pauseScan(): Promise<void> {
    this.#tellScan({ ...this.#scan, isPaused: true });
  }

  async resumeScan(): Promise<void> {
    this.#tellScan({ ...this.#scan, isPaused: false });
  }

  async stopScan(): Promise<void> {
    this.#voicesWait ||= this.#scan.phase === "hearingVoices";
    this.#tellScan(IDLE);
  }

  async startVoices(): Promise<void> {
    this.#voicesWait = false;
    if (this.#scan.phase === "idle") this.#hearVoices();
  }

  /** A pass as a clock: `step` each time, unless it waits, until it was stopped. */
  #each(ms: number, step: () => void): void {
    clearInterval(this.#clock);
    this.#clock = setInterval(() => {
      if (this.#scan.phase === "idle") clearInterval(this.#clock);
      else if (!this.#scan.isPaused) step();
    }, ms);
  }

  /** The first pass: one track each tick. */
  #listenTo(total: number): void {
    if (this.#scan.phase === "listening") return;
    const scan = { phase: "listening", total, tracksPerMinute: 280, folder: "/home/ada/Music" } as const;
    this.#tellScan({ ...IDLE, ...scan, done: this.#known, secondsLeft: 60 });
    this.#each(SCAN_STEP_MS, () => {
      if (this.#known < total) this.#owed.add(++this.#known);
      if (this.#known % 4 === 0 || this.#known === total) this.#changed();
      if (this.#known === total) return this.#hearVoices();
      this.#tellScan({ ...this.#scan, done: this.#known, secondsLeft: (total - this.#known) * 0.2 });
    });
  }

  /** The second pass: some tracks a second, the one that is looked at first. */
  #hearVoices(): void {
    if (this.#owed.size === 0 || this.#voicesWait) return this.#tellScan(IDLE);
    const scan = { phase: "hearingVoices", total: this.#known, tracksPerMinute: 180 } as const;
    const tell = () => {
      const [done, secondsLeft] = [this.#known - this.#owed.size, this.#owed.size / 3];
      this.#tellScan({ ...IDLE, ...scan, done, secondsLeft });
    };
    tell();
    this.#each(VOICE_STEP_MS, () => {
      const [first] = this.#owed;
      this.#owed.delete(this.#preferred ?? first!);
      this.#preferred = null;
      this.#changed();
      if (this.#owed.size > 0) tell();
      else this.#tellScan(IDLE);
    });
  }

  #tellScan(scan: Scan): void {
    this.#scan = scan;
    this.#scans.tell(scan);
  }

  #changed(): void {
    this.#revision++;
    this.#changes.tell();
  }

  async problems(): Promise<Problem[]> {
    return this.#problems;
  }

  async retryProblems(): Promise<void> {
    this.#listenTo(this.#known);
  }

  async play(track: number, fromS: number): Promise<void> {
    if (this.#isSilent) {
      const problem =
        "No audio device was found, so nothing can be played. Plug one in and press play again.";
      return this.#tellPlayback({ track: null, positionS: 0, isPlaying: false, problem });
    }
    const wasPlaying = this.#playback.isPlaying;
    this.#tellPlayback({ track, positionS: fromS, isPlaying: true, problem: null });
    if (!wasPlaying) this.#tick();
  }

  #tick(): void {
    setTimeout(() => {
      const { isPlaying, positionS, track } = this.#playback;
      if (!isPlaying || track === null) return;
      const end = trackRow(track).durationS ?? 0;
      this.#tellPlayback({
        ...this.#playback,
        positionS: Math.min(positionS + 0.1, end),
        isPlaying: positionS < end,
      });
      this.#tick();
    }, 100);
  }

  async pause(): Promise<void> {
    this.#tellPlayback({ ...this.#playback, isPlaying: false });
  }

  async resume(): Promise<void> {
    if (this.#playback.isPlaying) return;
    this.#tellPlayback({ ...this.#playback, isPlaying: true });
    this.#tick();
  }

  async seek(toS: number): Promise<void> {
    this.#tellPlayback({ ...this.#playback, positionS: toS });
  }

  async setVolume(): Promise<void> {}

  #tellPlayback(playback: Playback): void {
    this.#playback = playback;
    this.#playbacks.tell(playback);
  }

  coverArtUrl(track: number): string {
    if (track % 5 === 0) return "about:blank";
    const hue = (workOf(track) * 67 + (track % RENDITIONS) * 25) % 360;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 45% 62%)"/><circle cx="${12 + (track % 16)}" cy="24" r="11" fill="hsl(${hue + 40} 60% 38%)"/></svg>`;
    return `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }

  onScan(listener: (scan: Scan) => void): Unlisten {
    return this.#scans.add(listener);
  }

  onLibraryChange(listener: () => void): Unlisten {
    return this.#changes.add(listener);
  }

  onPlayback(listener: (playback: Playback) => void): Unlisten {
    return this.#playbacks.add(listener);
  }

  onDrop(): Unlisten {
    return () => {};
  }
}

const BROKEN: Problem[] = [
  {
    path: "/home/ada/Music/Old/tape 3.wma",
    message: "is WMA, which Reprise cannot decode",
    isWarning: false,
  },
  {
    path: "/home/ada/Music/Old/cut.mp3",
    message: "ends in the middle; what is there is used",
    isWarning: true,
  },
];

function pair(one: number, other: number): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

function sortKey(row: TrackRow, { sort }: ListQuery): string | number {
  if (sort === "title") return row.title;
  if (sort === "artist") return `${row.artist} ${row.title}`;
  if (sort === "album") return `${row.album} ${row.title}`;
  return { year: row.year ?? 0, duration: row.durationS ?? 0, versions: row.versions, added: row.id }[sort];
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
