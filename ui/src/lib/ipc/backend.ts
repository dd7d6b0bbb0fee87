// What the window asks of the library behind it. `tauri.ts` asks the real one, `mock.ts` plays one in a browser;
// nothing else in the interface knows which of the two it talks to.

import type {
  CleanUp,
  CleanUpProgress,
  CleanUpReport,
  CleanUpSettings,
  Decision,
  ExactPath,
  Folder,
  FoundDecisions,
  FoundLine,
  LeftAlone,
  ListQuery,
  Model,
  Overview,
  PathKind,
  PersonalCalibration,
  PlanEdit,
  PlanFormat,
  PlanGroups,
  PlanOutline,
  Playback,
  PlaylistAfter,
  Problem,
  Quarantined,
  Question,
  Review,
  Scan,
  Song,
  SongMember,
  TrackRow,
  Versions,
  WordsBeside,
} from "./bindings";

export type {
  Claim,
  CleanUp,
  CleanUpProgress,
  CleanUpReport,
  CleanUpSettings,
  DecidedFile,
  Decision,
  EntryAfter,
  ExactPath,
  Folder,
  FoundDecisions,
  FoundLine,
  GroupOutline,
  GroupState,
  KeepRules,
  Kind,
  LeftAlone,
  ListQuery,
  MarkAfter,
  Model,
  Overview,
  PathKind,
  PersonalCalibration,
  Place,
  PlanEdit,
  PlanFile,
  PlanFormat,
  PlanGroup,
  PlanGroups,
  PlanOutline,
  PlanTotals,
  Playback,
  PlaylistAfter,
  Problem,
  Quarantined,
  Question,
  Relation,
  Review,
  ReviewPair,
  Rule,
  Scan,
  Song,
  SongMember,
  SortKey,
  Span,
  Strength,
  SungLine,
  TrackRow,
  Version,
  Versions,
  WordsBeside,
} from "./bindings";

/** Takes an event's listener off again. */
export type Unlisten = () => void;

export interface Backend {
  /** Folders, counts and the state of the scan. */
  overview(): Promise<Overview>;
  /** Ids of the tracks that fit, in order. */
  trackIds(query: ListQuery): Promise<number[]>;
  /** Rows in the order of `ids`; tracks that are gone are left out. */
  tracks(ids: number[]): Promise<TrackRow[]>;
  /** The versions of one track, best first. */
  versions(track: number): Promise<Versions>;
  /** 600 peaks, 0 to 255. */
  waveform(track: number): Promise<number[]>;
  /** Answers a question about tracks (`null` withdraws the answer); gives the answer before. */
  decide(question: Question, isYes: boolean | null): Promise<boolean | null>;
  /** Songs with several versions, largest first. */
  songs(): Promise<Song[]>;
  /** The tracks of the song that holds `track`, with reasons. */
  song(track: number): Promise<SongMember[] | null>;
  /** Tracks in which a line is sung, best first. */
  searchWords(line: string): Promise<FoundLine[]>;
  /** The words of two tracks, and which lines say the same; null unless words are known of both. */
  wordsBeside(track: number, other: number): Promise<WordsBeside | null>;

  /** Where networks run, then why not on each graphics processor that was tried; the first answer may take some seconds. */
  devices(): Promise<string[]>;

  /** The models that embed tracks, one for each view. */
  models(): Promise<Model[]>;
  /** Asks for the folder of a model in the system's dialog; null when cancelled. */
  chooseModel(): Promise<string | null>;
  /** Uses the model in a folder, or those that ship, and begins to embed the tracks again. */
  useModel(folder: string | null): Promise<void>;

  /** Asks for folders in the system's dialog; none when cancelled. */
  chooseFolders(): Promise<string[]>;
  /** Adds folders and begins to scan them. */
  addFolders(paths: string[]): Promise<void>;
  removeFolder(folder: Folder["id"]): Promise<void>;
  /** Makes the demo library and begins to scan it. */
  tryDemo(): Promise<void>;
  startScan(): Promise<void>;
  /** Analyses the voices that are owed. */
  startVoices(): Promise<void>;
  pauseScan(): Promise<void>;
  resumeScan(): Promise<void>;
  stopScan(): Promise<void>;
  problems(): Promise<Problem[]>;
  /** Tries files again that were a problem. */
  retryProblems(): Promise<void>;

  play(track: number, fromS: number): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  seek(toS: number): Promise<void>;
  setVolume(volume: number): Promise<void>;

  readonly cleanUp: CleanUpBackend;
  readonly review: ReviewBackend;

  /** The address of a track's small cover picture; loading it fails where there is none. */
  coverArtUrl(track: number): string;

  onScan(listener: (scan: Scan) => void): Unlisten;
  /** Tracks, versions or decisions changed. */
  onLibraryChange(listener: () => void): Unlisten;
  onPlayback(listener: (playback: Playback) => void): Unlisten;
  /** Folders are dragged over the window (`true`), away (`false`), or dropped on it. */
  onDrop(dragging: (isOver: boolean) => void, dropped: (paths: string[]) => void): Unlisten;
}

/** Copies that go by a plan, and come back. */
export interface CleanUpBackend {
  /** What the library remembers for every plan. */
  settings(): Promise<CleanUpSettings>;
  /** Remembers settings; the plan on the desk as they decide it, null if there is none. */
  setSettings(settings: CleanUpSettings): Promise<PlanOutline | null>;
  /** A folder for a rule, or a playlist file, by its path. */
  exactPath(path: string, kind: PathKind): Promise<ExactPath>;
  /** Asks for one in the system's dialog; null when cancelled. */
  choosePath(kind: PathKind): Promise<ExactPath | null>;
  /** Looks for copies and puts a plan on the desk; null when that was stopped. */
  makePlan(): Promise<PlanOutline | null>;
  planGroups(numbers: number[]): Promise<PlanGroups>;
  keepFile(group: number, place: number): Promise<PlanEdit>;
  letFileStay(group: number, place: number): Promise<PlanEdit>;
  leaveGroup(group: number): Promise<PlanEdit>;
  /** Takes the last edit back; null if there is none. */
  undoPlanEdit(): Promise<PlanEdit | null>;
  playlistsAfter(): Promise<PlaylistAfter[]>;
  /** Asks where to save a plan, in the system's dialog; null when cancelled. */
  choosePlanToSave(format: PlanFormat): Promise<string | null>;
  /** Saves the plan, unless it has changed since this revision. */
  savePlan(path: string, format: PlanFormat, revision: number): Promise<void>;
  choosePlanToOpen(): Promise<string | null>;
  openPlan(path: string): Promise<PlanOutline>;
  /** What a run would leave alone; null when stopped. Changes nothing. */
  checkPlan(revision: number): Promise<LeftAlone[] | null>;
  /** Runs the plan of this revision and takes it off the desk; null when stopped before anything was done. */
  runPlan(revision: number, toTrash: boolean): Promise<CleanUpReport | null>;
  /** The clean-ups that were run, the newest first. */
  cleanUps(): Promise<CleanUp[]>;
  finishCleanUp(run: string): Promise<CleanUpReport>;
  undoCleanUp(run: string): Promise<CleanUpReport>;
  /** What emptying a quarantine would delete. */
  quarantined(run: string): Promise<Quarantined>;
  emptyQuarantine(run: string): Promise<CleanUpReport>;
  stopCleanUp(): Promise<void>;
  onProgress(listener: (progress: CleanUpProgress) => void): Unlisten;
}

/** Pairs in doubt, and everything that was decided. */
export interface ReviewBackend {
  /** The next pair: `again` if it waits, else the first that is not among `later`. */
  review(later: [number, number][], again: [number, number] | null): Promise<Review>;
  personalCalibration(): Promise<PersonalCalibration>;
  usePersonalCalibration(wanted: boolean): Promise<PersonalCalibration>;
  /** Decisions about files with each word of the search, newest first. */
  findDecisions(search: string): Promise<FoundDecisions>;
  withdrawDecision(decision: Decision): Promise<void>;
  restoreDecision(decision: Decision): Promise<void>;
}

/** The sentence of an error, whatever was thrown. */
export function sentence(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
