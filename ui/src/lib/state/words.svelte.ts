// The words of the chosen track and of one of its versions, side by side: asked for when somebody opens them.

import { sentence, type Backend, type WordsBeside } from "../ipc/backend";

/** An answer that takes no longer comes without a word about waiting. */
const SLOW_MS = 300;

export class OpenWords {
  /** The version whose words are open. */
  version = $state<number | null>(null);
  /** Null until it is here; what it holds is null where words are not heard in both. */
  answer = $state.raw<{ beside: WordsBeside | null } | null>(null);
  problem = $state<string | null>(null);
  isSlow = $state(false);

  #track: number | null = null;
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  /** Opens the words of a track beside those of a version, or closes them. */
  toggle(track: number, version: number): void {
    const isOpen = this.version === version;
    this.close();
    if (isOpen) return;
    [this.#track, this.version] = [track, version];
    this.#slow = setTimeout(() => (this.isSlow = true), SLOW_MS);
    void this.refresh();
  }

  close(): void {
    this.version = null;
    this.answer = null;
    this.problem = null;
    this.#waitNoMore();
  }

  /** Asks again, for a library that changed; what is shown stays until then. */
  async refresh(): Promise<void> {
    const [track, version] = [this.#track, this.version];
    if (track === null || version === null) return;
    const isWanted = () => track === this.#track && version === this.version;
    try {
      const beside = await this.backend.wordsBeside(track, version);
      if (!isWanted()) return;
      this.answer = { beside };
      this.problem = null;
    } catch (error) {
      if (isWanted()) this.problem = sentence(error);
    } finally {
      if (isWanted()) this.#waitNoMore();
    }
  }

  #waitNoMore(): void {
    clearTimeout(this.#slow);
    this.isSlow = false;
  }
}
