// What is sung: the lines of two tracks as rows, the line that is sung now, words counted, languages named.

import type { SungLine, WordsBeside } from "../ipc/backend";

/** Lines that stand beside one another, by their numbers; null where only one of the two has a line. */
export type WordsRow = { own: number | null; other: number | null; saySame: boolean };

/**
 * The lines of the first track in order, each beside the one that says the same. A line of a refrain may stand there
 * several times; what only the other track says follows on its line before. Where nothing is the same, as in another
 * language, the lines stand beside one another as they come.
 */
export function rowsOf({ own, other, matched }: WordsBeside): WordsRow[] {
  if (matched.every((line) => line === null)) {
    const at = (lines: SungLine[], row: number) => (row < lines.length ? row : null);
    return Array.from({ length: Math.max(own.length, other.length) }, (_, row) => {
      return { own: at(own, row), other: at(other, row), saySame: false };
    });
  }
  const rows: WordsRow[] = own.map((_, line) => {
    const partner = matched[line] ?? null;
    return { own: line, other: partner, saySame: partner !== null };
  });
  const shared = new Set(matched);
  for (const line of other.keys()) {
    if (shared.has(line)) continue;
    const before = line === 0 ? -1 : rows.findIndex((row) => row.other === line - 1);
    rows.splice(before + 1, 0, { own: null, other: line, saySame: false });
  }
  return rows;
}

/** The row of a line of the other track: of those in which it stands the one that goes on from the line before. */
export function rowOfOther(rows: WordsRow[], line: number): number {
  const from = (row: number) => rows.slice(0, row).findLast(({ other }) => other !== null)?.other ?? -1;
  const leap = (row: number) => Math.abs(from(row) + 1 - line);
  const all = [...rows.keys()].filter((row) => rows[row]?.other === line);
  return all.sort((one, two) => leap(one) - leap(two))[0] ?? -1;
}

/** A line counts as sung for so long after its end: its times are approximate, and breaths are no pauses. */
const LINGER_S = 1.5;

/** The number of the line that is sung at a place; null where nobody sings, or the track does not sound. */
export function lineAt(lines: SungLine[], positionS: number | null): number | null {
  if (positionS === null) return null;
  const last = lines.findLastIndex(({ startS }) => startS <= positionS);
  const line = lines[last];
  return line !== undefined && positionS < line.endS + LINGER_S ? last : null;
}

/** How many words a text has, in scripts without spaces too. */
export function countWords(text: string): number {
  const pieces = [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)];
  return pieces.filter(({ isWordLike }) => isWordLike).length;
}

/** The English name of a language, or its code where there is none. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    // What is no code at all is refused.
    return code;
  }
}
