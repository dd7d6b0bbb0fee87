// What tells one title from another: the words both share are dimmed, the rest stands out.

/** A piece of a text; `differs` where the other text has something else. */
export type Piece = { text: string; differs: boolean };

/** Letters and digits alone, without case and accents: "Don’t!" and "dont" are one word. */
function folded(word: string): string {
  return word
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}

function sharedFrom(
  a: string[],
  b: string[],
  at: (words: string[], i: number) => string | undefined,
): number {
  let n = 0;
  while (n < a.length && n < b.length && folded(at(a, n)!) === folded(at(b, n)!)) n++;
  return n;
}

/** Cuts `text` into what it shares with `reference` at its beginning and end, and what lies between. */
export function difference(text: string, reference: string): Piece[] {
  const words = text.split(/(?<=\s)/);
  const others = reference.split(/(?<=\s)/);
  const start = sharedFrom(words, others, (list, i) => list[i]);
  const [rest, otherRest] = [words.slice(start), others.slice(start)];
  const end = sharedFrom(rest, otherRest, (list, i) => list[list.length - 1 - i]);
  const pieces = [
    { text: words.slice(0, start).join(""), differs: false },
    { text: rest.slice(0, rest.length - end).join(""), differs: true },
    { text: rest.slice(rest.length - end).join(""), differs: false },
  ];
  return pieces.filter((piece) => piece.text !== "");
}

/** Whether two artists are one and the same for the eye. */
export function sameName(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && folded(one) === folded(other);
}
