// The list of tracks: what is asked for, in which order, and the rows that were fetched so far.

import { SvelteMap } from "svelte/reactivity";
import { sentence, type Backend, type ListQuery, type SortKey, type TrackRow } from "../ipc/backend";
import { SungLines } from "./sung.svelte";

/** Rows asked for at a time. */
const PAGE = 100;

/** Pages kept; a long scroll must not hold a hundred thousand rows. */
const PAGES_KEPT = 40;

export class Library {
  search = $state("");
  sort = $state<SortKey>("artist");
  descending = $state(false);
  onlyWithVersions = $state(false);
  /** Ids in order; null until the first answer. */
  ids = $state.raw<number[] | null>(null);
  selected = $state<number | null>(null);
  problem = $state<string | null>(null);
  /** Where the search is sung. */
  readonly sung: SungLines;

  #rows = new SvelteMap<number, TrackRow>();
  #asked = new Set<number>();
  #pages: number[] = [];
  #generation = 0;

  constructor(private readonly backend: Backend) {
    this.sung = new SungLines(backend);
  }

  get query(): ListQuery {
    const { search, sort, descending, onlyWithVersions } = this;
    return { search, sort, descending, onlyWithVersions };
  }

  /** Asks for the order anew; rows already shown stay until theirs come. */
  async refresh(): Promise<void> {
    const generation = ++this.#generation;
    this.sung.ask(this.search);
    try {
      const ids = await this.backend.trackIds(this.query);
      if (generation !== this.#generation) return;
      this.ids = ids;
      this.#asked.clear();
      this.#pages = [];
      this.problem = null;
    } catch (error) {
      if (generation === this.#generation) this.problem = sentence(error);
    }
  }

  /** The row at a place of the list, if it is here; otherwise it is fetched. */
  row(index: number): TrackRow | undefined {
    const id = this.ids?.[index];
    return id === undefined ? undefined : this.#rows.get(id);
  }

  /** Fetches the rows from `first` to `end` that are not fresh. */
  async load(first: number, end: number): Promise<void> {
    const pages = new Set<number>();
    for (let index = first; index < end; index += PAGE) pages.add(Math.floor(index / PAGE));
    if (end > first) pages.add(Math.floor((end - 1) / PAGE));
    await Promise.all([...pages].map((page) => this.#loadPage(page)));
  }

  async #loadPage(page: number): Promise<void> {
    if (this.#asked.has(page) || this.ids === null) return;
    this.#asked.add(page);
    const ids = this.ids.slice(page * PAGE, (page + 1) * PAGE);
    try {
      for (const row of await this.backend.tracks(ids)) this.#rows.set(row.id, row);
      this.#pages.push(page);
      this.#forgetOldest();
    } catch (error) {
      this.#asked.delete(page);
      this.problem = sentence(error);
    }
  }

  #forgetOldest(): void {
    while (this.#pages.length > PAGES_KEPT && this.ids !== null) {
      const page = this.#pages.shift()!;
      this.#asked.delete(page);
      for (const id of this.ids.slice(page * PAGE, (page + 1) * PAGE)) this.#rows.delete(id);
    }
  }

  /** Sorts by `key`, the other way round when it is sorted by it already. */
  sortBy(key: SortKey): void {
    this.descending = this.sort === key ? !this.descending : key === "versions" || key === "added";
    this.sort = key;
    void this.refresh();
  }

  get selectedIndex(): number {
    return this.selected === null || this.ids === null ? -1 : this.ids.indexOf(this.selected);
  }

  /** Selects the track at a place of the list, the nearest one where there is none. */
  selectAt(index: number): void {
    if (this.ids === null || this.ids.length === 0) return;
    this.selected = this.ids[Math.min(Math.max(index, 0), this.ids.length - 1)] ?? null;
  }
}
