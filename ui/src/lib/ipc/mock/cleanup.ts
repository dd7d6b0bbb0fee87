// A clean-up that is only pretended: every third work of the pretended library has copies; moving them is a clock.

import type {
  CleanUp,
  CleanUpBackend,
  CleanUpProgress,
  CleanUpReport,
  CleanUpSettings,
  ExactPath,
  GroupOutline,
  KeepRules,
  LeftAlone,
  PathKind,
  PlanEdit,
  PlanFile,
  PlanGroup,
  PlanGroups,
  PlanOutline,
  PlanTotals,
  PlaylistAfter,
  Quarantined,
  Unlisten,
} from "../backend";
import { Listeners } from "./listeners";
import { RENDITIONS, chance, trackRow } from "./tracks";

const STEP_MS = 15;

const DEFAULTS: KeepRules = {
  order: ["lossless", "cues", "playlists", "bitRate", "tags", "oldest"],
  protected: [],
  onePerAlbum: true,
  companions: true,
  remasters: false,
};

export class PretendedCleanUp implements CleanUpBackend {
  #rules = DEFAULTS;
  #named: ExactPath[] = [];
  #groups: PlanGroup[] = [];
  #edits: PlanGroup[] = [];
  #hasPlan = false;
  #revision = 0;
  #isStopped = false;
  #runs: CleanUp[] = [];
  readonly #progress = new Listeners<CleanUpProgress>();
  readonly #tracks: () => number;
  readonly #changed: () => void;

  /** A library of as many tracks as `tracks` says; `changed` is called when files went or came. */
  constructor(tracks: () => number, changed: () => void, isInterrupted: boolean) {
    this.#tracks = tracks;
    this.#changed = changed;
    if (isInterrupted) this.#runs = [run("interrupted; finish it or undo it", true)];
  }

  async settings(): Promise<CleanUpSettings> {
    return { rules: this.#rules, playlists: this.#named };
  }

  async setSettings({ rules, playlists }: CleanUpSettings): Promise<PlanOutline | null> {
    this.#hasPlan &&= playlists.length === this.#named.length;
    [this.#rules, this.#named] = [rules, playlists];
    if (!this.#hasPlan) return null;
    this.#groups = groupsOf(this.#tracks(), rules);
    return this.#outline();
  }

  async exactPath(path: string, kind: PathKind): Promise<ExactPath> {
    if (!path.startsWith("/"))
      throw { code: "badInput", message: `${path} is not a ${kind} on this computer.` };
    return { path, exact: path };
  }

  async choosePath(kind: PathKind): Promise<ExactPath | null> {
    const path = kind === "folder" ? "/home/ada/Music/Masters" : "/home/ada/rekordbox.xml";
    return { path, exact: path };
  }

  async makePlan(): Promise<PlanOutline | null> {
    const groups = groupsOf(this.#tracks(), this.#rules);
    if (!(await this.#each("listening", Math.min(groups.length * 2, 120)))) return null;
    [this.#groups, this.#edits, this.#hasPlan] = [groups, [], true];
    return this.#outline();
  }

  async planGroups(numbers: number[]): Promise<PlanGroups> {
    return { revision: this.#revision, groups: numbers.flatMap((number) => this.#groups[number] ?? []) };
  }

  async keepFile(group: number, place: number): Promise<PlanEdit> {
    return this.#edit(group, (file) => {
      if (file.place === place) return { ...file, fate: "keep", words: "is kept", partner: null };
      if (file.fate === "stays" || file.fate === "protected") return { ...file, partner: place };
      return { ...file, fate: "goes", words: "goes: you chose another", partner: place };
    });
  }

  async letFileStay(group: number, place: number): Promise<PlanEdit> {
    return this.#edit(group, (file) => (file.place === place ? stay(file) : file));
  }

  async leaveGroup(group: number): Promise<PlanEdit> {
    return this.#edit(group, stay);
  }

  async undoPlanEdit(): Promise<PlanEdit | null> {
    const before = this.#edits.pop();
    if (before === undefined) return null;
    this.#groups[before.number] = before;
    return this.#edited(before);
  }

  #edit(number: number, change: (file: PlanFile) => PlanFile): PlanEdit {
    const before = this.#groups[number]!;
    this.#edits.push(before);
    const files = before.files.map(change);
    const kept = files.filter(({ fate }) => fate === "keep");
    const after = { number, files: [...kept, ...files.filter(({ fate }) => fate !== "keep")] };
    this.#groups[number] = after;
    return this.#edited(after);
  }

  #edited(group: PlanGroup): PlanEdit {
    const [revision, isEdited] = [++this.#revision, this.#edits.length > 0];
    return { revision, isEdited, totals: this.#totals(), outline: outlineOf(group), group };
  }

  async playlistsAfter(): Promise<PlaylistAfter[]> {
    const going = this.#groups.flatMap(({ files }) => files.filter(({ fate }) => fate === "goes"));
    if (going.length === 0) return [];
    const changed = going.slice(0, 3).map(({ path }, i) => {
      const to = path.replace(/ \(copy\)\.mp3$/, ".flac");
      return { playlist: "Evening", number: i + 1, from: path, to, reason: null };
    });
    const file = "/home/ada/Music/Evening.m3u8";
    return [{ file, writtenTo: file, changed, left: [], marks: [], relocated: 0 }];
  }

  async choosePlanToSave(): Promise<string | null> {
    return "/home/ada/clean-up.json";
  }

  async savePlan(): Promise<void> {}

  async choosePlanToOpen(): Promise<string | null> {
    return "/home/ada/clean-up.json";
  }

  async openPlan(): Promise<PlanOutline> {
    [this.#groups, this.#edits, this.#hasPlan] = [groupsOf(this.#tracks(), this.#rules), [], true];
    return this.#outline();
  }

  async checkPlan(): Promise<LeftAlone[] | null> {
    return (await this.#each("checking", this.#totals().files)) ? [] : null;
  }

  async runPlan(): Promise<CleanUpReport | null> {
    const { files } = this.#totals();
    if (!(await this.#each("moving", files))) return null;
    [this.#groups, this.#hasPlan] = [[], false];
    const done = { ...run("done; it can be undone", false), files };
    this.#runs = [done, ...this.#runs];
    this.#changed();
    return report(done.run, files);
  }

  async cleanUps(): Promise<CleanUp[]> {
    return this.#runs;
  }

  async finishCleanUp(name: string): Promise<CleanUpReport> {
    return this.#became(name, "done; it can be undone", { canFinish: false });
  }

  async undoCleanUp(name: string): Promise<CleanUpReport> {
    await this.#each("moving", 20);
    return this.#became(name, "undone", { canFinish: false, canUndo: false, canEmpty: false });
  }

  async quarantined(name: string): Promise<Quarantined> {
    const { files } = this.#runs.find((one) => one.run === name)!;
    return { files, bytes: files * 4.3e6 };
  }

  async emptyQuarantine(name: string): Promise<CleanUpReport> {
    return this.#became(name, "deleted for good", { canUndo: false, canEmpty: false });
  }

  #became(name: string, words: string, can: Partial<CleanUp>): CleanUpReport {
    const found = this.#runs.find((one) => one.run === name)!;
    this.#runs = this.#runs.map((one) =>
      one === found ? { ...one, words, isInterrupted: false, ...can } : one,
    );
    this.#changed();
    return report(name, found.files);
  }

  async stopCleanUp(): Promise<void> {
    this.#isStopped = true;
  }

  onProgress(listener: (progress: CleanUpProgress) => void): Unlisten {
    return this.#progress.add(listener);
  }

  /** A job as a clock; false when it was stopped. */
  async #each(stage: CleanUpProgress["stage"], total: number): Promise<boolean> {
    this.#isStopped = false;
    for (let done = 1; done <= total && !this.#isStopped; done++) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      this.#progress.tell({ stage, done, total });
    }
    return !this.#isStopped;
  }

  #outline(): PlanOutline {
    return {
      revision: ++this.#revision,
      isEdited: this.#edits.length > 0,
      rules: this.#rules,
      playlists: this.#named,
      totals: this.#totals(),
      groups: this.#groups.map(outlineOf),
    };
  }

  #totals(): PlanTotals {
    const going = this.#groups.flatMap(({ files }) => files.filter(({ fate }) => fate === "goes"));
    const states = this.#groups.map((group) => outlineOf(group).state);
    return {
      files: going.length,
      bytes: going.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      recordings: this.#groups.filter(({ files }) => files.some(({ fate }) => fate === "goes")).length,
      needsYou: states.filter((state) => state === "needsYou").length,
      withMoreTags: going.filter(({ only }) => only.length > 0).length,
    };
  }
}

function run(words: string, isInterrupted: boolean): CleanUp {
  const can = { canFinish: isInterrupted, canUndo: true, canEmpty: !isInterrupted };
  return {
    run: `run-${words.length}`,
    begunS: 1_790_000_000,
    words,
    isInterrupted,
    ...can,
    files: 7,
    playlists: 0,
  };
}

function report(name: string, files: number): CleanUpReport {
  return { run: name, files, playlists: [], left: [], isStopped: false };
}

function stay(file: PlanFile): PlanFile {
  return file.fate === "keep" ? file : { ...file, fate: "stays", words: "stays: you want it to stay" };
}

function outlineOf({ files }: PlanGroup): GroupOutline {
  const has = (fate: PlanFile["fate"]) => files.some((file) => file.fate === fate);
  return { files: files.length, state: has("needsYou") ? "needsYou" : has("goes") ? "goes" : "stays" };
}

/** Copies of the first rendition of every third work. */
function groupsOf(tracks: number, rules: KeepRules): PlanGroup[] {
  const works = Math.floor(tracks / RENDITIONS / 3);
  return Array.from({ length: works }, (_, number) => {
    const id = number * 3 * RENDITIONS + 1;
    const kept = fileOf(id, 0, "flac", "keep", "is kept");
    const copy = fileOf(id, 1, "mp3", "goes", "goes: the kept file is lossless");
    const edit = {
      ...fileOf(id, 2, "mp3", "stays", "stays: different for 0.5 s at 1:12"),
      differences: [{ startS: 72, lengthS: 0.5 }],
    };
    if (number % 4 === 1) {
      const words = "needs you: no rule tells it from the one that is kept";
      return {
        number,
        files: [
          { ...kept, codec: "mp3", kbitS: 192 },
          { ...copy, fate: "needsYou", words },
        ],
      };
    }
    const isProtected = rules.protected.some(({ path }) => copy.path.startsWith(`${path}/`));
    if (isProtected)
      return {
        number,
        files: [kept, { ...copy, fate: "protected", words: "stays: its folder is protected" }],
      };
    return { number, files: number % 3 === 0 ? [kept, copy, edit] : [kept, copy] };
  });
}

function fileOf(id: number, place: number, codec: string, fate: PlanFile["fate"], words: string): PlanFile {
  const track = trackRow(id);
  const kbitS = codec === "flac" ? 912 : 192;
  const name = place === 0 ? "" : place === 1 ? " (copy)" : " (cut)";
  const path = track.path.replace(/\.flac$/, `${name}.${codec}`);
  return {
    place,
    track: id + place,
    title: track.title,
    artist: track.artist,
    album: track.album,
    path,
    below: path.replace("/home/ada/Music/", ""),
    codec,
    kbitS,
    sampleRateHz: 48_000,
    durationS: track.durationS ?? 0,
    sizeBytes: ((track.durationS ?? 0) * kbitS * 1000) / 8,
    inPlaylists: Math.floor(chance(id + place, 12) * 3),
    cues: place === 0 && chance(id, 13) < 0.3 ? 6 : 0,
    fate,
    words,
    hint: place === 0 && id % 4 === 0 ? "nothing above 16.0 kHz: its audio may have been lossy before" : null,
    only: place === 1 && chance(id, 14) < 0.3 ? ["genre"] : [],
    lacks: place === 1 ? ["picture"] : [],
    partner: place === 0 ? null : 0,
    partnerOffsetS: 0,
    differences: [],
  };
}
