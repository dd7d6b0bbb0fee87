// What sounds now, and the jump to the same place in another version.

import { samePlace } from "../format/place";
import { sentence, type Backend, type Playback, type TrackRow, type Version } from "../ipc/backend";

/** A track and the version it is compared with. */
export type Pair = { track: TrackRow; version: Pick<Version, "track" | "spans"> };

export class Player {
  playback = $state.raw<Playback>({ track: null, positionS: 0, isPlaying: false, problem: null });
  /** The row of the track that sounds. */
  current = $state.raw<TrackRow | null>(null);
  /** What X jumps between; null until a version was played. */
  pair = $state.raw<Pair | null>(null);
  problem = $state<string | null>(null);
  volume = $state(1);

  constructor(private readonly backend: Backend) {}

  heard(playback: Playback): void {
    this.playback = playback;
    if (playback.problem !== null) this.problem = playback.problem;
    else if (playback.isPlaying) this.problem = null;
  }

  isPlaying(track: number): boolean {
    return this.playback.isPlaying && this.playback.track === track;
  }

  async play(track: TrackRow, fromS = 0): Promise<void> {
    this.current = track;
    this.problem = null;
    await this.#do(() => this.backend.play(track.id, fromS));
  }

  /** Plays a version from where the chosen track begins to match, or from the same place when that one sounds. */
  async playVersion(track: TrackRow, version: Version): Promise<void> {
    this.pair = { track, version };
    const isTrackLoaded = this.playback.track === track.id;
    if (isTrackLoaded && this.playback.isPlaying) return this.swap();
    await this.play(version.track, version.spans[0]?.candidateStartS ?? 0);
  }

  /** Plays the version of a pair from a second on. */
  async playPair(pair: Pair, fromS: number): Promise<void> {
    this.pair = pair;
    await this.play(pair.version.track, fromS);
  }

  async toggle(track: TrackRow | null): Promise<void> {
    if (this.playback.track === null) {
      if (track !== null) await this.play(track);
      return;
    }
    await this.#do(() => (this.playback.isPlaying ? this.backend.pause() : this.backend.resume()));
  }

  /** A/B from the keyboard: while the chosen track sounds, with the version that is active or else the best one. */
  async swapWith(track: TrackRow | undefined, version: Version | undefined): Promise<void> {
    if (track !== undefined && version !== undefined && this.playback.track === track.id) {
      this.pair = { track, version };
    }
    await this.swap();
  }

  /** A/B: the same musical place in the other recording of the pair. */
  async swap(): Promise<void> {
    if (this.pair === null) return;
    const { track, version } = this.pair;
    const toVersion = this.playback.track !== version.track.id;
    const [from, to] = toVersion ? [track, version.track] : [version.track, track];
    const place = samePlace(
      version.spans,
      this.playback.track === from.id ? this.playback.positionS : 0,
      toVersion ? "to-version" : "to-track",
      from.durationS ?? 0,
      to.durationS ?? 0,
    );
    await this.play(to, place);
  }

  async seek(toS: number): Promise<void> {
    await this.#do(() => this.backend.seek(Math.max(0, toS)));
  }

  async setVolume(volume: number): Promise<void> {
    this.volume = Math.min(Math.max(volume, 0), 1);
    await this.#do(() => this.backend.setVolume(this.volume));
  }

  async #do(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.problem = sentence(error);
    }
  }
}
