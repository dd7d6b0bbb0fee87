// The pretended models: those that ship, until a folder below /models is chosen.

import type { Model } from "../backend";

export class PretendedModels {
  #folder: string | null;
  /** The chosen folder has vanished since. */
  #isGone: boolean;

  constructor(isGone: boolean) {
    this.#isGone = isGone;
    this.#folder = isGone ? "/models/old" : null;
  }

  get all(): Model[] {
    const harmony: Model = this.#isGone
      ? {
          view: "harmony",
          id: null,
          problem: "The model in /models/old cannot be used: manifest.toml is missing.",
          folder: this.#folder,
        }
      : {
          view: "harmony",
          id: this.#folder === null ? "asimt-moments-taught-96" : "asimt-read",
          problem: null,
          folder: this.#folder,
        };
    return [harmony, { view: "voice", id: "asimt-voice", problem: null, folder: null }];
  }

  use(folder: string | null): void {
    if (folder !== null && !folder.startsWith("/models/")) {
      throw {
        code: "badInput",
        message: `The model in ${folder} cannot be used: manifest.toml is missing.`,
      };
    }
    [this.#folder, this.#isGone] = [folder, false];
  }
}
