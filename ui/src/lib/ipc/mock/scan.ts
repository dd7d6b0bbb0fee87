// The pretended scan: two passes as clocks, first over the tracks, then over their voices.

import type { Scan } from "../backend";
import { Listeners } from "./listeners";

const TRACK_MS = 40;
const VOICE_MS = 330;
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

export class PretendedScan {
  readonly listeners = new Listeners<Scan>();
  /** Tracks that were analysed; they have the numbers from 1 to this one. */
  analysed: number;
  /** Tracks whose voice is not analysed yet. */
  readonly owed = new Set<number>();
  #now: Scan = IDLE;
  /** The track whose voice comes next, whatever its number. */
  #preferred: number | null = null;
  /** The user stopped the second pass: it begins again only when the user asks for it. */
  #voicesWait = false;
  #clock: ReturnType<typeof setInterval> | undefined;
  readonly #changed: () => void;

  /** A library of so many tracks; `changed` is called when it has more to show. */
  constructor(analysed: number, changed: () => void) {
    this.analysed = analysed;
    this.#changed = changed;
  }

  get now(): Scan {
    return this.#now;
  }

  isOwed(...tracks: number[]): boolean {
    return tracks.some((track) => this.owed.has(track));
  }

  /** Somebody looks at a track: if its voice is owed, it comes next. */
  prefer(track: number): void {
    if (this.isOwed(track)) this.#preferred = track;
  }

  pause(): void {
    this.#tell({ ...this.#now, isPaused: true });
  }

  resume(): void {
    this.#tell({ ...this.#now, isPaused: false });
  }

  stop(): void {
    this.#voicesWait ||= this.#now.phase === "hearingVoices";
    this.#tell(IDLE);
  }

  /** The first pass, until there are `total` tracks: one each time. */
  start(total: number): void {
    if (this.#now.phase === "listening") return;
    const scan = { phase: "listening", total, tracksPerMinute: 280, folder: "/home/ada/Music" } as const;
    this.#tell({ ...IDLE, ...scan, done: this.analysed, secondsLeft: 60 });
    this.#each(TRACK_MS, () => {
      if (this.analysed < total) this.owed.add(++this.analysed);
      if (this.analysed % 4 === 0 || this.analysed === total) this.#changed();
      if (this.analysed === total) return this.#analyseVoices();
      this.#tell({ ...this.#now, done: this.analysed, secondsLeft: (total - this.analysed) * 0.2 });
    });
  }

  /** The second pass by itself, whether or not it was stopped before. */
  startVoices(): void {
    this.#voicesWait = false;
    if (this.#now.phase === "idle") this.#analyseVoices();
  }

  /** The second pass: some tracks a second, the one that is looked at first. */
  #analyseVoices(): void {
    if (this.owed.size === 0 || this.#voicesWait) return this.#tell(IDLE);
    const scan = { phase: "hearingVoices", total: this.analysed, tracksPerMinute: 180 } as const;
    const tell = () => {
      const [done, secondsLeft] = [this.analysed - this.owed.size, this.owed.size / 3];
      this.#tell({ ...IDLE, ...scan, done, secondsLeft });
    };
    tell();
    this.#each(VOICE_MS, () => {
      const [first] = this.owed;
      this.owed.delete(this.#preferred ?? first!);
      this.#preferred = null;
      this.#changed();
      if (this.owed.size > 0) tell();
      else this.#tell(IDLE);
    });
  }

  /** A pass as a clock: `step` each time, unless it is paused, until it was stopped. */
  #each(ms: number, step: () => void): void {
    clearInterval(this.#clock);
    this.#clock = setInterval(() => {
      if (this.#now.phase === "idle") clearInterval(this.#clock);
      else if (!this.#now.isPaused) step();
    }, ms);
  }

  #tell(scan: Scan): void {
    this.#now = scan;
    this.listeners.tell(scan);
  }
}
