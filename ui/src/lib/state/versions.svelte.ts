// The chosen track and its versions: fetched when it is chosen, judged by the user, with undo.

import { KINDS, answer } from "../format/kinds";
import {
  sentence,
  type Backend,
  type Claim,
  type Kind,
  type Question,
  type TrackRow,
  type Version,
  type Versions,
} from "../ipc/backend";
import { OpenWords } from "./words.svelte";

/** How long a judgement is offered for undoing. */
const UNDO_MS = 10_000;

/** Wait before asking, so that running down the list with an arrow key asks for the last track only. */
const SETTLE_MS = 60;

/** One word of the user, and how to restore what stood there before. */
export type Judgement = { words: string; takeBack: () => Promise<unknown> };

/** Versions under one heading, in the order in which the library gives them. */
export type Band = { code: string; name: string; versions: Version[] };

/** The words for the codes of headings. */
const HEADINGS: Record<string, string> = {
  sameRecording: "Same recording",
  anotherCut: "Another cut of it",
  sameSong: "Same song",
  likelySameSong: "Likely the same song",
  sharesPassage: "Shares a passage",
  conflict: "Tags and audio disagree",
  possible: "Possible",
  rejected: "You said no",
};

export class ChosenVersions {
  answer = $state.raw<Versions | null>(null);
  problem = $state<string | null>(null);
  isLoading = $state(false);
  /** The version keys act on. */
  active = $state<number | null>(null);
  /** The track of which the user is saying what it is. */
  naming = $state<number | null>(null);
  judgement = $state<Judgement | null>(null);
  peaks = $state.raw<{ track: number; peaks: number[] } | null>(null);
  readonly words: OpenWords;

  #wanted: number | null = null;
  /** Fulfilled once the wanted track has been asked for and has answered. */
  #answered: Promise<void> = Promise.resolve();
  #settle: ReturnType<typeof setTimeout> | undefined;
  #undo: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {
    this.words = new OpenWords(backend);
  }

  get bands(): Band[] {
    const bands = new Map<string, Version[]>();
    for (const version of this.answer?.versions ?? []) {
      bands.set(version.heading, [...(bands.get(version.heading) ?? []), version]);
    }
    return [...bands].map(([code, versions]) => ({ code, name: HEADINGS[code] ?? code, versions }));
  }

  get activeVersion(): Version | undefined {
    return this.answer?.versions.find((version) => version.track.id === this.active);
  }

  /** Shows the versions of `track`, or of none. */
  choose(track: number | null): void {
    clearTimeout(this.#settle);
    if (track === this.#wanted) return;
    this.#wanted = track;
    this.active = null;
    this.naming = null;
    this.words.close();
    if (track === null) {
      this.answer = null;
      this.#answered = Promise.resolve();
      return;
    }
    const wait = this.answer === null ? 0 : SETTLE_MS;
    this.#answered = new Promise((done) => {
      this.#settle = setTimeout(() => void this.#load(track).then(done), wait);
    });
  }

  /** Does something with the versions of the chosen track as soon as they are shown, in the order of the calls.
   *
   * Until then those of the track before are on show, and a key must not judge them. What was asked for a track
   * that is no longer chosen, or whose versions cannot be had, is not done.
   */
  whenShown(act: () => void): void {
    const wanted = this.#wanted;
    void this.#answered.then(() => {
      if (this.#wanted === wanted && (this.answer?.track.id ?? null) === wanted) act();
    });
  }

  /** Asks again, for a library that changed; what is shown stays until then. */
  async refresh(): Promise<void> {
    if (this.#wanted === null) return;
    await Promise.all([this.#load(this.#wanted), this.words.refresh()]);
  }

  async #load(track: number): Promise<void> {
    this.isLoading = this.answer?.track.id !== track;
    void this.#loadPeaks(track);
    try {
      const answer = await this.backend.versions(track);
      if (track !== this.#wanted) return;
      this.answer = answer;
      this.problem = null;
    } catch (error) {
      if (track === this.#wanted) this.problem = sentence(error);
    } finally {
      if (track === this.#wanted) this.isLoading = false;
    }
  }

  async #loadPeaks(track: number): Promise<void> {
    if (this.peaks?.track === track) return;
    // A track without a waveform is shown without one: that is no reason for a message.
    const peaks = await this.backend.waveform(track).catch(() => []);
    if (track === this.#wanted) this.peaks = { track, peaks };
  }

  /** Says what a version is; remembered for the recordings, whatever happens to the files. */
  async judge(version: Version, isOneSong: boolean): Promise<void> {
    const one = this.answer?.track.id;
    if (one === undefined || version.relation === "copy") return;
    const { id, title } = version.track;
    const words = isOneSong ? `“${title}” is the same song.` : `“${title}” is not a version.`;
    await this.#decide(words, { oneSong: [one, id] }, isOneSong);
  }

  /** Says that a track is of a kind or is not, whichever is not so now; remembered as judgements are. */
  async setRendition(track: TrackRow, claims: Claim[], kind: Kind): Promise<void> {
    const isOne = answer(claims, kind);
    const is =
      isOne === null ? "is what it was taken for" : isOne ? `is ${KINDS[kind]}` : `is not ${KINDS[kind]}`;
    await this.#decide(`“${track.title}” ${is}.`, { rendition: [track.id, kind] }, isOne);
  }

  /** Opens or closes the choice of what a track is. */
  toggleNaming(track: number): void {
    this.naming = this.naming === track ? null : track;
  }

  async #decide(words: string, question: Question, isYes: boolean | null): Promise<void> {
    try {
      const before = await this.backend.decide(question, isYes);
      this.#offerUndo({ words, takeBack: () => this.backend.decide(question, before) });
      await this.refresh();
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** Takes the last judgement back. */
  async undo(): Promise<void> {
    const last = this.judgement;
    if (last === null) return;
    this.#offerUndo(null);
    try {
      await last.takeBack();
      await this.refresh();
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  #offerUndo(judgement: Judgement | null): void {
    clearTimeout(this.#undo);
    this.judgement = judgement;
    if (judgement !== null) this.#undo = setTimeout(() => (this.judgement = null), UNDO_MS);
  }
}
