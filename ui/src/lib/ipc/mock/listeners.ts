// Who is told of an event of the pretended library.

import type { Unlisten } from "../backend";

export class Listeners<T> {
  #all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Unlisten {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.#all) listener(value);
  }
}
