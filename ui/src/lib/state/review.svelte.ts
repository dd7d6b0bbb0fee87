// The review: one pair in doubt at a time, answers that are decisions, with undo; and what is learnt from them.

import {
  sentence,
  type Backend,
  type PersonalCalibration,
  type Question,
  type Review,
  type ReviewPair,
} from "../ipc/backend";
import type { Pair, Player } from "./player.svelte";

type Ids = [number, number];

/** A step of the user that can be undone. */
type Step = { pair: Ids; answered?: { before: boolean | null } };

export class PairReview {
  /** Null until the first answer of the library. */
  review = $state.raw<Review | null>(null);
  peaks = $state.raw<{ a: number[]; b: number[] }>({ a: [], b: [] });
  calibration = $state.raw<PersonalCalibration | null>(null);
  problem = $state<string | null>(null);
  steps = $state.raw<Step[]>([]);
  #asked = 0;
  /** The pair whose peaks are shown. */
  #drawn = "";
  #isAnswering = false;

  constructor(private readonly backend: Backend) {}

  get pair(): ReviewPair | null {
    return this.review?.pair ?? null;
  }

  /** How many were put off in this session. */
  get nPutOff(): number {
    return this.#later.length;
  }

  get #later(): Ids[] {
    return this.steps.filter(({ answered }) => answered === undefined).map(({ pair }) => pair);
  }

  /** Asks again, for a library that changed; the pair on show stays while it is in doubt. */
  async refresh(): Promise<void> {
    // A step asks by itself, for the pair that comes after it.
    if (!this.#isAnswering) await this.#load(this.pair === null ? null : idsOf(this.pair));
  }

  async #load(again: Ids | null): Promise<void> {
    const asked = ++this.#asked;
    try {
      const review = await this.backend.review.review(this.#later, again);
      const calibration = await this.backend.review.personalCalibration();
      if (asked !== this.#asked) return;
      [this.review, this.calibration, this.problem] = [review, calibration, null];
      await this.#draw();
    } catch (error) {
      if (asked === this.#asked) this.problem = sentence(error);
    }
  }

  async #draw(): Promise<void> {
    const pair = this.pair;
    const key = pair === null ? "" : idsOf(pair).join(" ");
    if (pair === null || key === this.#drawn) return;
    this.#drawn = key;
    this.peaks = { a: [], b: [] };
    // A track without a waveform is shown without one: that is no reason for a message.
    const [a, b] = await Promise.all(
      [pair.a, pair.b].map(({ id }) => this.backend.waveform(id).catch(() => [])),
    );
    if (this.#drawn === key) this.peaks = { a: a!, b: b! };
  }

  /** Says whether the pair on show is one song, and goes on. */
  async answer(isYes: boolean): Promise<void> {
    const pair = this.pair;
    // A second key for the same pair would answer the next one unseen.
    if (pair === null || this.#isAnswering) return;
    await this.#step(async () => {
      const before = await this.backend.decide(question(idsOf(pair)), isYes);
      this.steps = [...this.steps, { pair: idsOf(pair), answered: { before } }];
      return null;
    });
  }

  /** Leaves the pair on show for another time. */
  async putOff(): Promise<void> {
    const pair = this.pair;
    if (pair === null || this.#isAnswering) return;
    await this.#step(async () => {
      this.steps = [...this.steps, { pair: idsOf(pair) }];
      return null;
    });
  }

  /** Takes the last step back and shows its pair again. */
  async undo(): Promise<void> {
    const last = this.steps.at(-1);
    if (last === undefined || this.#isAnswering) return;
    await this.#step(async () => {
      if (last.answered !== undefined) await this.backend.decide(question(last.pair), last.answered.before);
      this.steps = this.steps.slice(0, -1);
      return last.pair;
    });
  }

  /** Asks about the pairs that were put off. */
  async askAgain(): Promise<void> {
    this.steps = this.steps.filter(({ answered }) => answered !== undefined);
    await this.#load(null);
  }

  /** Takes a step that gives the pair to show next; null for the next in the queue. */
  async #step(take: () => Promise<Ids | null>): Promise<void> {
    this.#isAnswering = true;
    try {
      await this.#load(await take());
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.#isAnswering = false;
    }
  }

  async useCalibration(wanted: boolean): Promise<void> {
    try {
      this.calibration = await this.backend.review.usePersonalCalibration(wanted);
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** The pair as the player knows one. */
  get #forListening(): Pair | null {
    const pair = this.pair;
    return pair === null ? null : { track: pair.a, version: { track: pair.b, spans: pair.spans } };
  }

  /** Plays the first track from where the two match, or holds what sounds of the pair. */
  async listen(player: Player): Promise<void> {
    const pair = this.#forListening;
    if (pair === null) return;
    const isLoaded = idsOf(this.pair!).includes(player.playback.track ?? -1);
    if (isLoaded) await player.toggle(null);
    else await this.playAt(player, "a", pair.version.spans[0]?.queryStartS ?? 0);
  }

  /** Plays one of the two tracks from a second on; X then jumps between them. */
  async playAt(player: Player, which: "a" | "b", fromS: number): Promise<void> {
    const pair = this.#forListening;
    if (pair === null) return;
    player.pair = pair;
    const track = which === "a" ? pair.track : pair.version.track;
    if (player.playback.track === track.id) await player.seek(fromS);
    else await player.play(track, fromS);
  }

  /** The same musical place in the other track of the pair. */
  async swap(player: Player): Promise<void> {
    const pair = this.#forListening;
    if (pair === null) return;
    player.pair = pair;
    await player.swap();
  }
}

function idsOf(pair: ReviewPair): Ids {
  return [pair.a.id, pair.b.id];
}

function question(pair: Ids): Question {
  return { oneSong: pair };
}
