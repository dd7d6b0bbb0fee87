// The tracks in which the line in the search is sung. What was found stays until the next answer is here, so that
// nothing blinks while one types.

import { countWords } from "../format/words";
import { sentence, type Backend, type FoundLine } from "../ipc/backend";

/** Typing pauses this long before a line is looked for. */
const TYPING_MS = 150;

/** A single word is in too many songs. */
const FEWEST_WORDS = 2;

export class SungLines {
  found = $state.raw<FoundLine[]>([]);
  problem = $state<string | null>(null);

  #line = "";
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  /** Looks for a line, unless it is the one that was looked for last. */
  ask(text: string): void {
    const line = text.trim();
    if (line === this.#line) return;
    this.#line = line;
    clearTimeout(this.#typing);
    if (countWords(line) >= FEWEST_WORDS) {
      this.#typing = setTimeout(() => void this.#search(line), TYPING_MS);
    } else {
      this.found = [];
      this.problem = null;
    }
  }

  async #search(line: string): Promise<void> {
    try {
      const found = await this.backend.searchWords(line);
      if (line !== this.#line) return;
      this.found = found;
      this.problem = null;
    } catch (error) {
      if (line !== this.#line) return;
      this.found = [];
      this.problem = sentence(error);
    }
  }
}
