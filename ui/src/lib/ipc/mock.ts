// A library that is only pretended, for a browser: the same interface, tracks made from their numbers, a scan and a
// player that are clocks. `?tracks=N` sets its size, `?voices=owed` leaves most voices to analyse, `?offline` unplugs
// its drive, `?silent` takes its sound away, `?device=refused` gives it a graphics processor that cannot be used,
// `?model=gone` a model that has vanished, `?interrupted` a clean-up that was.

import type {
  Backend,
  Folder,
  FoundLine,
  ListQuery,
  Model,
  Overview,
  Playback,
  Problem,
  Question,
  Relation,
  Scan,
  Song,
  TrackRow,
  Unlisten,
  Version,
  Versions,
  WordsBeside,
} from "./backend";
import { PretendedCleanUp } from "./mock/cleanup";
import { Decisions } from "./mock/decisions";
import { idsOf, wantsAllByNumber } from "./mock/list";
import { Listeners } from "./mock/listeners";
import { PretendedModels } from "./mock/models";
import { PretendedPlayback } from "./mock/playback";
import { PretendedReview } from "./mock/review";
import { PretendedScan } from "./mock/scan";
import {
  RENDITIONS,
  haveOtherChords,
  pretendedClaims,
  pretendedCover,
  pretendedPeaks,
  pretendedVersion,
  trackRow,
  workOf,
} from "./mock/tracks";
import { foundLines, pretendedWords, wordsBeside } from "./mock/words";

/** Tracks where `?tracks` does not say how many; a scan finds as many. */
const TRACKS = 36;

export class MockBackend implements Backend {
  #folders: Folder[] = [];
  #problems: Problem[] = [];
  #revision = 0;
  readonly #isOffline: boolean;
  readonly #device: string | null;
  readonly #models: PretendedModels;
  readonly #decisions = new Decisions();
  readonly #scan: PretendedScan;
  readonly #playback: PretendedPlayback;
  readonly #changes = new Listeners<void>();
  readonly cleanUp: PretendedCleanUp;
  readonly review: PretendedReview;

  constructor(parameters: URLSearchParams) {
    const tracks = Number(parameters.get("tracks") ?? TRACKS);
    this.#isOffline = parameters.has("offline");
    this.#device = parameters.get("device");
    this.#models = new PretendedModels(parameters.get("model") === "gone");
    this.#scan = new PretendedScan(tracks, () => this.#changed());
    this.#playback = new PretendedPlayback(!parameters.has("silent"));
    const [known, changed] = [() => this.#known, () => this.#changed()];
    this.cleanUp = new PretendedCleanUp(known, changed, parameters.has("interrupted"));
    this.review = new PretendedReview(this.#decisions, known, (id) => this.#row(id), changed);
    if (tracks > 0) this.#folders = [this.#folder("/home/ada/Music", tracks)];
    if (parameters.has("problems")) this.#problems = BROKEN;
    if (parameters.get("voices") === "owed") {
      for (let id = Math.floor(tracks / 3) + 1; id <= tracks; id++) this.#scan.owed.add(id);
    }
  }

  get #known(): number {
    return this.#scan.analysed;
  }

  #folder(path: string, tracks: number): Folder {
    return { id: this.#folders.length + 1, path, tracks, isReachable: !this.#isOffline };
  }

  async overview(): Promise<Overview> {
    return {
      folders: this.#folders.map((folder, i) => (i === 0 ? { ...folder, tracks: this.#known } : folder)),
      tracks: this.#known,
      heard: this.#known,
      voicesHeard: this.#known - this.#scan.owed.size,
      voicesTotal: this.#known,
      missing: 0,
      problems: this.#problems.filter((problem) => !problem.isWarning).length,
      scan: this.#scan.now,
      canWrite: true,
      notice: null,
      revision: this.#revision,
    };
  }

  async trackIds(query: ListQuery): Promise<number[]> {
    const ids = Array.from({ length: this.#known }, (_, i) => i + 1);
    if (wantsAllByNumber(query)) return ids;
    const rows = ids.map((id) => this.#row(id));
    return idsOf(rows, query);
  }

  async tracks(ids: number[]): Promise<TrackRow[]> {
    return ids.filter((id) => id <= this.#known).map((id) => this.#row(id));
  }

  #row(id: number): TrackRow {
    const row = trackRow(id);
    const versions = this.#others(id).filter((other) => this.#relation(id, other) !== "rejected").length;
    return { ...row, versions, isReachable: !this.#isOffline };
  }

  #others(id: number): number[] {
    const first = workOf(id) * RENDITIONS + 1;
    const renditions = [first, first + 1, first + 2];
    return renditions.filter(
      (other) =>
        other !== id && other <= this.#known && !(haveOtherChords(id, other) && this.#scan.isOwed(id, other)),
    );
  }

  #relation(one: number, other: number): Relation {
    return this.#decisions.relation(one, other, "version");
  }

  async versions(track: number): Promise<Versions> {
    const query = this.#row(track);
    const versions = this.#others(track).map((other) =>
      this.#version(query, this.#row(other), this.#relation(track, other)),
    );
    const stranger = ((track * 7) % Math.max(this.#known, 1)) + 1;
    if (this.#known > 6 && workOf(stranger) !== workOf(track)) {
      const relation = this.#decisions.relation(track, stranger, "possible");
      versions.push(this.#version(query, this.#row(stranger), relation));
    }
    this.#scan.prefer(track);
    const order = ["sameSong", "likelySameSong", "possible", "rejected"];
    versions.sort((one, other) => order.indexOf(one.heading) - order.indexOf(other.heading));
    const kinds = this.#decisions.claims(track, pretendedClaims(query));
    const [voiceHeard, hasWords] = [!this.#scan.isOwed(track), pretendedWords(track) !== null];
    return { track: query, notMatched: null, voiceHeard, hasWords, kinds, versions };
  }

  #version(query: TrackRow, candidate: TrackRow, relation: Relation) {
    const version = pretendedVersion(query, candidate, relation);
    return { ...version, kinds: this.#decisions.claims(candidate.id, version.kinds) };
  }

  async waveform(track: number): Promise<number[]> {
    return pretendedPeaks(track);
  }

  async decide(question: Question, isYes: boolean | null): Promise<boolean | null> {
    const before = this.#decisions.decide(question, isYes);
    this.#changed();
    return before;
  }

  async songs(): Promise<Song[]> {
    const works = Math.min(Math.floor(this.#known / RENDITIONS), 5000);
    return Array.from({ length: works }, (_, work) => ({
      tracks: [1, 2, 3].map((n) => work * RENDITIONS + n),
    }));
  }

  async song(track: number) {
    const first = this.#row(workOf(track) * RENDITIONS + 1);
    const others = this.#others(first.id).map((id) => pretendedVersion(first, this.#row(id), "version"));
    const own = { track: first, reason: null, recording: 0, kinds: pretendedClaims(first) };
    const member = ({ track, reason }: Version, place: number) => {
      return { track, reason, recording: place + 1, kinds: pretendedClaims(track) };
    };
    return [own, ...others.map(member)];
  }

  async searchWords(line: string): Promise<FoundLine[]> {
    const found = foundLines(line, this.#known);
    return found.map(({ track, line }) => ({ track: this.#row(track), line }));
  }

  async wordsBeside(track: number, other: number): Promise<WordsBeside | null> {
    return wordsBeside(track, other);
  }

  async devices(): Promise<string[]> {
    const refused = "Not on the graphics processor (CUDA): the library libcudnn.so.9 was not found.";
    return ["Large networks run on the processor.", ...(this.#device === "refused" ? [refused] : [])];
  }

  async models(): Promise<Model[]> {
    return this.#models.all;
  }

  async chooseModel(): Promise<string | null> {
    return "/models/read";
  }

  async useModel(folder: string | null): Promise<void> {
    this.#models.use(folder);
    this.#scan.start(this.#known);
  }

  async chooseFolders(): Promise<string[]> {
    return ["/home/ada/Music"];
  }

  async addFolders(paths: string[]): Promise<void> {
    const wrong = paths.find((path) => !path.startsWith("/"));
    if (wrong !== undefined)
      throw { code: "badInput", message: `${wrong} is not a folder on this computer.` };
    for (const path of paths) {
      if (!this.#folders.some((folder) => folder.path === path)) this.#folders.push(this.#folder(path, 0));
    }
    this.#scan.start(TRACKS);
  }

  async removeFolder(id: number): Promise<void> {
    this.#folders = this.#folders.filter((folder) => folder.id !== id);
    if (this.#folders.length === 0) this.#scan.analysed = 0;
    this.#changed();
  }

  async tryDemo(): Promise<void> {
    await this.addFolders(["/home/ada/.local/share/org.reprise.desktop/demo/audio"]);
  }

  async startScan(): Promise<void> {
    this.#scan.start(Math.max(this.#known, TRACKS));
  }

  async pauseScan(): Promise<void> {
    this.#scan.pause();
  }

  async resumeScan(): Promise<void> {
    this.#scan.resume();
  }

  async stopScan(): Promise<void> {
    this.#scan.stop();
  }

  async startVoices(): Promise<void> {
    this.#scan.startVoices();
  }

  #changed(): void {
    this.#revision++;
    this.#changes.tell();
  }

  async problems(): Promise<Problem[]> {
    return this.#problems;
  }

  async retryProblems(): Promise<void> {
    this.#scan.start(this.#known);
  }

  async play(track: number, fromS: number): Promise<void> {
    this.#playback.play(track, fromS);
  }

  async pause(): Promise<void> {
    this.#playback.pause();
  }

  async resume(): Promise<void> {
    this.#playback.resume();
  }

  async seek(toS: number): Promise<void> {
    this.#playback.seek(toS);
  }

  async setVolume(): Promise<void> {}

  coverArtUrl(track: number): string {
    return pretendedCover(track);
  }

  onScan(listener: (scan: Scan) => void): Unlisten {
    return this.#scan.listeners.add(listener);
  }

  onLibraryChange(listener: () => void): Unlisten {
    return this.#changes.add(listener);
  }

  onPlayback(listener: (playback: Playback) => void): Unlisten {
    return this.#playback.listeners.add(listener);
  }

  onDrop(): Unlisten {
    return () => {};
  }
}

const BROKEN: Problem[] = [
  {
    path: "/home/ada/Music/Old/tape 3.wma",
    message: "is WMA, which Reprise cannot decode",
    isWarning: false,
  },
  {
    path: "/home/ada/Music/Old/cut.mp3",
    message: "ends in the middle; what is there is used",
    isWarning: true,
  },
];
