// The pretended player: a clock that makes no sound.

import type { Playback } from "../backend";
import { Listeners } from "./listeners";
import { trackRow } from "./tracks";

const TICK_MS = 100;
const NO_DEVICE = "No audio device was found, so nothing can be played. Plug one in and press play again.";

export class PretendedPlayback {
  readonly listeners = new Listeners<Playback>();
  #now: Playback = { track: null, positionS: 0, isPlaying: false, problem: null };
  readonly #hasDevice: boolean;

  constructor(hasDevice: boolean) {
    this.#hasDevice = hasDevice;
  }

  play(track: number, fromS: number): void {
    if (!this.#hasDevice) {
      return this.#tell({ track: null, positionS: 0, isPlaying: false, problem: NO_DEVICE });
    }
    const wasPlaying = this.#now.isPlaying;
    this.#tell({ track, positionS: fromS, isPlaying: true, problem: null });
    if (!wasPlaying) this.#tick();
  }

  pause(): void {
    this.#tell({ ...this.#now, isPlaying: false });
  }

  resume(): void {
    if (this.#now.isPlaying) return;
    this.#tell({ ...this.#now, isPlaying: true });
    this.#tick();
  }

  seek(toS: number): void {
    this.#tell({ ...this.#now, positionS: toS });
  }

  #tick(): void {
    setTimeout(() => {
      const { isPlaying, positionS, track } = this.#now;
      if (!isPlaying || track === null) return;
      const end = trackRow(track).durationS ?? 0;
      this.#tell({
        ...this.#now,
        positionS: Math.min(positionS + TICK_MS / 1000, end),
        isPlaying: positionS < end,
      });
      this.#tick();
    }, TICK_MS);
  }

  #tell(playback: Playback): void {
    this.#now = playback;
    this.listeners.tell(playback);
  }
}
