// The pretended review: strangers of the pretended library in pairs, and what was decided about any tracks.

import { KINDS } from "../../format/kinds";
import type {
  Decision,
  FoundDecisions,
  Kind,
  PersonalCalibration,
  Question,
  Review,
  ReviewBackend,
  TrackRow,
} from "../backend";
import type { Decisions } from "./decisions";
import { pretendedVersion } from "./tracks";

/** So many pairs are in doubt, if there are as many tracks. */
const PAIRS = 8;
const NEEDED = 30;

export class PretendedReview implements ReviewBackend {
  #isInUse = true;
  readonly #decisions: Decisions;
  readonly #row: (id: number) => TrackRow;
  readonly #tracks: () => number;
  readonly #changed: () => void;

  constructor(
    decisions: Decisions,
    tracks: () => number,
    row: (id: number) => TrackRow,
    changed: () => void,
  ) {
    [this.#decisions, this.#tracks, this.#row, this.#changed] = [decisions, tracks, row, changed];
  }

  async review(later: [number, number][], again: [number, number] | null): Promise<Review> {
    const pairs = Array.from({ length: PAIRS }, (_, n): [number, number] => [n + 1, n + 10]);
    const known = pairs.filter(([, other]) => other <= this.#tracks());
    const open = known.filter((pair) => this.#decisions.answer({ oneSong: pair }) === undefined);
    const due = open.filter((pair) => !later.some((one) => isSame(one, pair)));
    const [next] = [...open.filter((pair) => again !== null && isSame(pair, again)), ...due];
    return {
      answered: known.length - open.length,
      total: known.length,
      waiting: due.length,
      pair: next === undefined ? null : this.#pair(next),
    };
  }

  #pair([one, other]: [number, number]): Review["pair"] {
    const [a, b] = [this.#row(one), this.#row(other)];
    const { spans, reason } = pretendedVersion(a, b, "possible");
    return { a, b, spans, reason, chance: "about 62 of 100 such pairs are one song", tracks: 6 };
  }

  async personalCalibration(): Promise<PersonalCalibration> {
    const answers = this.#decisions.all.length;
    const isLearnt = answers >= NEEDED;
    const words = `A personal calibration needs ${NEEDED} answers. So far there are ${answers} answers.`;
    return { answers, needed: NEEDED, isLearnt, isInUse: this.#isInUse, words };
  }

  async usePersonalCalibration(wanted: boolean): Promise<PersonalCalibration> {
    this.#isInUse = wanted;
    return this.personalCalibration();
  }

  async findDecisions(search: string): Promise<FoundDecisions> {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const all = this.#decisions.all.map(([question, isYes]) => this.#decision(question, isYes)).reverse();
    const found = all.filter(({ files }) => {
      const text = files.map(({ title, artist, path }) => `${title} ${artist} ${path}`).join(" ");
      return words.every((word) => text.toLowerCase().includes(word));
    });
    return { total: found.length, newest: found };
  }

  #decision(question: Question, isYes: boolean): Decision {
    const [word, about] = Object.entries(question)[0] as [string, (number | string)[]];
    const kind = word === "rendition" ? (about[1] as Kind) : null;
    const ids = about.filter((one): one is number => typeof one === "number");
    const files = ids.map((id) => {
      const { title, artist, path } = this.#row(id);
      return { track: id, title, artist, path, others: 0 };
    });
    return { word, recordings: about.map(String), isYes, atS: 1_790_000_000, kind, files };
  }

  async withdrawDecision(decision: Decision): Promise<void> {
    this.#decisions.decide(questionOf(decision), null);
    this.#changed();
  }

  async restoreDecision(decision: Decision): Promise<void> {
    this.#decisions.decide(questionOf(decision), decision.isYes);
    this.#changed();
  }
}

function isSame([a, b]: [number, number], [c, d]: [number, number]): boolean {
  return a === c && b === d;
}

function questionOf({ kind, recordings }: Decision): Question {
  const [one, other] = recordings.map(Number) as [number, number];
  return kind !== null && kind in KINDS ? { rendition: [one, kind] } : { oneSong: [one, other] };
}
