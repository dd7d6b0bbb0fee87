// What the user of the pretended library decided, and what that makes of relations and claims.

import { KINDS } from "../../format/kinds";
import type { Claim, Kind, Question, Relation } from "../backend";

export class Decisions {
  /** By {@link key}. */
  #answers = new Map<string, [Question, boolean]>();

  /** Questions and answers, the oldest first. */
  get all(): [Question, boolean][] {
    return [...this.#answers.values()];
  }

  answer(question: Question): boolean | undefined {
    return this.#answers.get(key(question))?.[1];
  }

  /** Answers a question (`null` withdraws the answer); gives the answer before. */
  decide(question: Question, isYes: boolean | null): boolean | null {
    const before = this.answer(question) ?? null;
    if (isYes === null) this.#answers.delete(key(question));
    else this.#answers.set(key(question), [question, isYes]);
    return before;
  }

  /** What the user said of two tracks, else the relation they have without that. */
  relation(one: number, other: number, otherwise: Relation): Relation {
    const isOneSong = this.answer({ oneSong: [one, other] });
    if (isOneSong === undefined) return otherwise;
    return isOneSong ? "confirmed" : "rejected";
  }

  /** Claims about a track, and what the user said instead. */
  claims(track: number, claims: Claim[]): Claim[] {
    const said = (kind: Kind) => this.answer({ rendition: [track, kind] });
    const own = (Object.keys(KINDS) as Kind[]).filter((kind) => said(kind) === true);
    return [
      ...claims.filter(({ kind }) => said(kind) === undefined),
      ...own.map((kind) => ({ kind, basis: "user", strength: "certain" }) as const),
    ];
  }
}

/** The same for a question about two tracks in either order. */
function key(question: Question): string {
  return JSON.stringify(Object.entries(question).map(([word, about]) => [word, ...about.toSorted()]));
}
