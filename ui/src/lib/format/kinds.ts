// The words for what kind of rendition a track is.

import type { Claim, Kind } from "../ipc/backend";

/** All of them, in order, as one says it: "is live", "is a cover". */
export const KINDS: Record<Kind, string> = {
  cover: "a cover",
  live: "live",
  acoustic: "acoustic",
  instrumental: "instrumental",
  remix: "a remix",
  edit: "an edit",
  remaster: "a remaster",
  demo: "a demo",
  medley: "a medley",
  translated: "in another language",
};

const BASES: Record<Claim["basis"], string> = {
  audio: "by its sound",
  tags: "by its tags",
  user: "as you said",
};

/** "Live", "Perhaps a remix". */
export function claimed({ kind, strength }: Claim): string {
  return strength === "possible" ? `Perhaps ${KINDS[kind]}` : named(kind);
}

/** A kind by itself: "Live", "Remix". */
export function named(kind: Kind): string {
  return kind[0]!.toUpperCase() + kind.slice(1);
}

/** What a claim rests on. */
export function basis(claim: Claim): string {
  return BASES[claim.basis];
}

/** What the user says by pressing a kind: yes to what nobody claims, no to a guess, nothing any more where it was their word. */
export function answer(claims: Claim[], kind: Kind): boolean | null {
  const claim = claims.find((one) => one.kind === kind);
  if (claim === undefined) return true;
  return claim.basis === "user" ? null : false;
}
