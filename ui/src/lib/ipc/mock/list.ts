// The list of the pretended library: which rows a query wants, and in which order.

import type { ListQuery, TrackRow } from "../backend";

/** Whether a query leaves out no track and wants them by their numbers: no row is needed for that. */
export function wantsAllByNumber(query: ListQuery): boolean {
  return wordsOf(query).length === 0 && !query.onlyWithVersions && query.sort === "added";
}

/** The ids of the rows that fit, in order. */
export function idsOf(rows: TrackRow[], query: ListQuery): number[] {
  const words = wordsOf(query);
  const fits = rows.filter((row) => {
    const text = `${row.title} ${row.artist} ${row.album}`.toLowerCase();
    return words.every((word) => text.includes(word)) && (!query.onlyWithVersions || row.versions > 0);
  });
  const sign = query.descending ? -1 : 1;
  const sortable = fits.map((row) => ({ id: row.id, key: sortKey(row, query) }));
  sortable.sort((a, b) => sign * compare(a.key, b.key) || a.id - b.id);
  return sortable.map(({ id }) => id);
}

function wordsOf({ search }: ListQuery): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

function sortKey(row: TrackRow, { sort }: ListQuery): string | number {
  const value = sort === "duration" ? row.durationS : sort === "added" ? row.id : row[sort];
  return typeof value === "string" ? `${value} ${row.title}` : (value ?? 0);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
