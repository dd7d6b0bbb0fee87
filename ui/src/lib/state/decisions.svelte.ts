// Everything that the user decided: searched, taken back, decided again.

import { sentence, type Backend, type Decision } from "../ipc/backend";

/** Typing pauses this long before the decisions are asked for. */
const TYPING_MS = 80;

export class Decisions {
  search = $state("");
  newest = $state.raw<Decision[]>([]);
  total = $state(0);
  /** The one that was taken back last. */
  withdrawn = $state.raw<Decision | null>(null);
  problem = $state<string | null>(null);
  #asked = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  find(search: string): void {
    this.search = search;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.refresh(), TYPING_MS);
  }

  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    await this.#attempt(async () => {
      const found = await this.backend.review.findDecisions(this.search);
      if (asked === this.#asked) [this.newest, this.total] = [found.newest, found.total];
    });
  }

  async withdraw(decision: Decision): Promise<void> {
    await this.#attempt(async () => {
      await this.backend.review.withdrawDecision(decision);
      this.withdrawn = decision;
      await this.refresh();
    });
  }

  /** Decides again what was taken back last. */
  async undo(): Promise<void> {
    const decision = this.withdrawn;
    if (decision === null) return;
    await this.#attempt(async () => {
      await this.backend.review.restoreDecision(decision);
      this.withdrawn = null;
      await this.refresh();
    });
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.problem = null;
    } catch (error) {
      this.problem = sentence(error);
    }
  }
}
