// The plan of a clean-up: made, looked at, edited, run; and the clean-ups before it.

import { SvelteMap } from "svelte/reactivity";
import { counted } from "../format/duration";
import {
  sentence,
  type Backend,
  type CleanUp,
  type CleanUpProgress,
  type CleanUpReport,
  type ExactPath,
  type GroupState,
  type KeepRules,
  type LeftAlone,
  type PlanEdit,
  type PlanFile,
  type PlanFormat,
  type PlanGroup,
  type PlanOutline,
  type PlaylistAfter,
  type TrackRow,
} from "../ipc/backend";
import type { Pair, Player } from "./player.svelte";

/** A file of a group as a line of the list. */
export type PlanRow = { group: number; file: number };

/** What is being done, as the beginning of a sentence. */
type Work = "Looking for copies" | "Checking every file" | "Moving files" | "Putting files back" | "Deleting";

/** What was done, and the clean-up that it belongs to. */
type Done = { words: string; report: CleanUpReport; canUndo: boolean };

/** Listening to a difference begins so much before it. */
const BEFORE_S = 2;

export class CleanUpDesk {
  /** The rules that count: those of the plan, else those that the library remembers. */
  rules = $state.raw<KeepRules | null>(null);
  /** The playlist files elsewhere that the plan knows, else those that the library remembers. */
  named = $state.raw<ExactPath[]>([]);
  #remembered: ExactPath[] = [];
  /** The settings on show are those of a plan that is gone: those of the library are asked for. */
  #isOfPlan = true;
  /** How many settings were asked for; only the answer to the last one is shown. */
  #sets = 0;
  outline = $state.raw<PlanOutline | null>(null);
  filter = $state<GroupState | "all">("all");
  /** The line that keys act on, -1 for none. */
  current = $state(-1);
  work = $state<Work | null>(null);
  progress = $state.raw<CleanUpProgress | null>(null);
  /** What a check would leave alone; null until one was made. */
  left = $state.raw<LeftAlone[] | null>(null);
  playlists = $state.raw<PlaylistAfter[] | null>(null);
  done = $state.raw<Done | null>(null);
  /** Earlier clean-ups, the newest first. */
  earlier = $state.raw<CleanUp[]>([]);
  problem = $state<string | null>(null);
  /** Where the plan was saved last. */
  saved = $state<string | null>(null);
  readonly groups = new SvelteMap<number, PlanGroup>();
  /** Groups that were asked for. Lines in sight ask again when the plan changes, not when this does. */
  readonly #asked = new Set<number>();
  /** Settings and edits are asked for one after another, in the order of the user. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly backend: Backend) {}

  /** The lines of the groups that the filter shows. */
  rows = $derived.by(() => {
    const groups = this.outline?.groups ?? [];
    return groups.flatMap(({ files, state }, group) =>
      this.filter === "all" || this.filter === state
        ? Array.from({ length: files }, (_, file) => ({ group, file }))
        : [],
    );
  });

  counts = $derived.by(() => {
    const counts = { all: 0, needsYou: 0, goes: 0, stays: 0 };
    for (const { state } of this.outline?.groups ?? []) {
      counts.all++;
      counts[state]++;
    }
    return counts;
  });

  get interrupted(): CleanUp | undefined {
    return this.work === null ? this.earlier.find((one) => one.isInterrupted) : undefined;
  }

  file(row: PlanRow | undefined): PlanFile | undefined {
    return row === undefined ? undefined : this.groups.get(row.group)?.files[row.file];
  }

  /** The file that the one of a line is compared with; undefined for the kept one. */
  partner(row: PlanRow): PlanFile | undefined {
    const place = this.file(row)?.partner;
    return this.groups.get(row.group)?.files.find((file) => file.place === place);
  }

  /** The kept file of the line waits for the user to confirm it. */
  needsUser(row: PlanRow): boolean {
    return this.outline?.groups[row.group]?.state === "needsYou";
  }

  get currentRow(): PlanRow | undefined {
    return this.rows[this.current];
  }

  /** Asks for the earlier clean-ups, and for the settings if they are not known yet. */
  async refresh(): Promise<void> {
    try {
      this.earlier = await this.backend.cleanUp.cleanUps();
      if (!this.#isOfPlan) return;
      const { rules, playlists } = await this.backend.cleanUp.settings();
      [this.rules, this.named, this.#remembered] = [rules, playlists, playlists];
      this.#isOfPlan = false;
    } catch (error) {
      // What went wrong before stays on show.
      this.problem ??= sentence(error);
    }
  }

  /** Fetches the groups of the lines in sight. */
  async sight(first: number, end: number): Promise<void> {
    const revision = this.outline?.revision;
    const wanted = [...new Set(this.rows.slice(first, end).map(({ group }) => group))];
    const missing = wanted.filter((group) => !this.#asked.has(group));
    if (missing.length === 0) return;
    missing.forEach((group) => this.#asked.add(group));
    try {
      const found = await this.backend.cleanUp.planGroups(missing);
      // Groups of a plan that is no longer this one are asked for again.
      if (revision === this.outline?.revision && found.revision === revision)
        found.groups.forEach((group) => this.groups.set(group.number, group));
      else missing.filter((group) => !this.groups.has(group)).forEach((group) => this.#asked.delete(group));
    } catch (error) {
      missing.forEach((group) => this.#asked.delete(group));
      this.problem = sentence(error);
    }
  }

  async look(): Promise<void> {
    await this.#do("Looking for copies", async () => {
      const outline = await this.backend.cleanUp.makePlan();
      if (outline !== null) this.#show(outline);
    });
  }

  /** Remembers rules; a plan is decided again at once. */
  async setRules(rules: KeepRules): Promise<void> {
    await this.#set(rules, this.#remembered);
  }

  /** Remembers playlists elsewhere. A plan that does not know them is made again, with the user's choices. */
  async setNamed(named: ExactPath[]): Promise<void> {
    const hadPlan = this.outline !== null;
    if (this.rules !== null && (await this.#set(this.rules, named)) && hadPlan) await this.look();
  }

  async #set(rules: KeepRules, named: ExactPath[]): Promise<boolean> {
    const [turn, before] = [++this.#sets, [this.rules, this.named, this.#remembered] as const];
    const isNamed = named !== this.#remembered;
    this.rules = rules;
    if (isNamed) this.named = named;
    this.#remembered = named;
    const isSet = await this.#inTurn(async () => {
      const outline = await this.backend.cleanUp.setSettings({ rules, playlists: named });
      if (turn !== this.#sets) return;
      if (outline !== null) this.#show(outline);
      // A plan that does not know the playlists is on the desk no more.
      else if (isNamed) this.outline = null;
    });
    if (!isSet && turn === this.#sets) [this.rules, this.named, this.#remembered] = before;
    return isSet;
  }

  /** Does one thing after another; false when it failed. */
  async #inTurn(action: () => Promise<void>): Promise<boolean> {
    const turn = this.#queue.then(() => this.attempt(action));
    this.#queue = turn;
    return turn;
  }

  #show(outline: PlanOutline): void {
    const isOld = this.outline !== null && outline.revision < this.outline.revision;
    if (isOld) return;
    [this.outline, this.rules, this.named] = [outline, outline.rules, outline.playlists];
    this.groups.clear();
    this.#asked.clear();
    [this.left, this.playlists, this.done, this.saved] = [null, null, null, null];
    this.current = Math.min(this.current, this.rows.length - 1);
  }

  /** Keeps the file of a line. */
  async keep(row = this.currentRow): Promise<void> {
    await this.#edit(row, (group, file) => this.backend.cleanUp.keepFile(group, file.place));
  }

  /** Lets the file of a line stay. */
  async letStay(row = this.currentRow): Promise<void> {
    await this.#edit(row, (group, file) => this.backend.cleanUp.letFileStay(group, file.place));
  }

  /** Leaves the group of a line as it is. */
  async leaveGroup(row = this.currentRow): Promise<void> {
    await this.#edit(row, (group) => this.backend.cleanUp.leaveGroup(group));
  }

  async #edit(row: PlanRow | undefined, change: (group: number, file: PlanFile) => Promise<PlanEdit>) {
    const file = this.file(row);
    if (row === undefined || file === undefined) return;
    await this.#inTurn(async () => this.#edited(await change(row.group, file)));
  }

  async undoEdit(): Promise<void> {
    await this.#inTurn(async () => {
      const edit = await this.backend.cleanUp.undoPlanEdit();
      if (edit !== null) this.#edited(edit);
    });
  }

  /** Shows an edit. The current line stays with the file that it is on; where its group is hidden now, the next one is. */
  #edited({ revision, isEdited, totals, outline, group }: PlanEdit): void {
    if (this.outline === null || revision < this.outline.revision) return;
    const current = this.currentRow;
    const place = this.file(current)?.place;
    this.groups.set(group.number, group);
    const groups = this.outline.groups.with(group.number, outline);
    this.outline = { ...this.outline, revision, isEdited, totals, groups };
    [this.left, this.playlists, this.saved] = [null, null, null];
    if (current === undefined) return;
    const files = this.groups.get(current.group)?.files ?? [];
    const file = Math.max(
      files.findIndex((one) => one.place === place),
      0,
    );
    const same = this.rows.findIndex((row) => row.group === current.group && row.file === file);
    const next = this.rows.findIndex((row) => row.group > current.group);
    this.current = same >= 0 ? same : next >= 0 ? next : this.rows.length - 1;
  }

  async lookAtPlaylists(): Promise<void> {
    await this.attempt(async () => {
      this.playlists = await this.backend.cleanUp.playlistsAfter();
    });
  }

  async check(): Promise<void> {
    await this.#do("Checking every file", async () => {
      this.left = await this.backend.cleanUp.checkPlan(await this.#seen());
    });
  }

  /** Runs the plan as it is on show. True when it was run. */
  async run(toTrash: boolean): Promise<boolean> {
    let isRun = false;
    await this.#do("Moving files", async () => {
      const report = await this.backend.cleanUp.runPlan(await this.#seen(), toTrash);
      isRun = report !== null;
      if (report === null) {
        this.problem = "Stopped; nothing was moved.";
        return;
      }
      if (report.files > 0) {
        [this.outline, this.left, this.playlists, this.current] = [null, null, null, -1];
        this.#isOfPlan = true;
      }
      const where = toTrash ? "moved to the trash" : "moved into the quarantine";
      this.#tell(report, where, report.run !== null && !toTrash);
    });
    return isRun;
  }

  /** The revision on show, after what is still being asked for. */
  async #seen(): Promise<number> {
    await this.#queue;
    return this.outline?.revision ?? 0;
  }

  async undo(run: string): Promise<void> {
    await this.#do("Putting files back", async () => {
      this.#tell(await this.backend.cleanUp.undoCleanUp(run), "put back", false);
    });
  }

  async finish(run: string): Promise<void> {
    await this.#do("Moving files", async () => {
      this.#tell(await this.backend.cleanUp.finishCleanUp(run), "moved into the quarantine", true);
    });
  }

  async empty(run: string): Promise<void> {
    await this.#do("Deleting", async () => {
      this.#tell(await this.backend.cleanUp.emptyQuarantine(run), "deleted for good", false);
    });
  }

  #tell(report: CleanUpReport, what: string, canUndo: boolean): void {
    const files = `${counted(report.files, "file")} ${what}`;
    const n = report.playlists.length;
    const playlists = n === 0 ? "" : `; ${counted(n, "playlist")} with ${n === 1 ? "it" : "them"}`;
    const stopped = report.isStopped ? " Stopped before the end." : "";
    this.done = { words: `${files}${playlists}.${stopped}`, report, canUndo };
  }

  async stop(): Promise<void> {
    await this.backend.cleanUp.stopCleanUp();
  }

  async save(format: PlanFormat): Promise<void> {
    await this.attempt(async () => {
      const path = await this.backend.cleanUp.choosePlanToSave(format);
      if (path === null) return;
      await this.backend.cleanUp.savePlan(path, format, await this.#seen());
      this.saved = path;
    });
  }

  async open(): Promise<void> {
    await this.attempt(async () => {
      const path = await this.backend.cleanUp.choosePlanToOpen();
      if (path !== null) this.#show(await this.backend.cleanUp.openPlan(path));
    });
  }

  /** Plays the file of a line, from `fromS` on; X then jumps between it and its partner. */
  async listen(player: Player, row: PlanRow, fromS = 0): Promise<void> {
    await this.attempt(async () => {
      const [file, pair] = [this.file(row), await this.#pair(row)];
      if (file?.track == null) return;
      if (pair !== null) await player.playPair(pair, fromS);
      else await player.play((await this.backend.tracks([file.track]))[0]!, fromS);
    });
  }

  /** Plays a difference from shortly before it. */
  async hear(player: Player, row: PlanRow, atS: number): Promise<void> {
    await this.listen(player, row, Math.max(0, atS - BEFORE_S));
  }

  /** The same place in the file that it is compared with, or back: of the current line, unless another pair sounds. */
  async swap(player: Player): Promise<void> {
    await this.attempt(async () => {
      const pair = this.currentRow === undefined ? null : await this.#pair(this.currentRow);
      const sounding = player.playback.track;
      const ids = [pair?.track.id, pair?.version.track.id];
      if (pair !== null && (sounding === null || ids.includes(sounding))) player.pair = pair;
      await player.swap();
    });
  }

  async #pair(row: PlanRow): Promise<Pair | null> {
    const [file, partner] = [this.file(row), this.partner(row)];
    if (file?.track == null || partner?.track == null) return null;
    const rows = await this.backend.tracks([partner.track, file.track]);
    const [track, other] = rows as [TrackRow?, TrackRow?];
    if (track === undefined || other === undefined) return null;
    const later = file.partnerOffsetS;
    const [queryStartS, candidateStartS] = [Math.max(later, 0), Math.max(-later, 0)];
    const lengthS = Math.min(partner.durationS - queryStartS, file.durationS - candidateStartS);
    const span = {
      queryStartS,
      queryEndS: queryStartS + lengthS,
      candidateStartS,
      candidateEndS: candidateStartS + lengthS,
    };
    return { track, version: { track: other, spans: [span] } };
  }

  async #do(work: Work, action: () => Promise<void>): Promise<void> {
    if (this.work !== null) return;
    [this.work, this.progress, this.done, this.problem] = [work, null, null, null];
    await this.attempt(action);
    [this.work, this.progress] = [null, null];
    await this.refresh();
  }

  /** Does something and shows what went wrong, until the next one. True when it went well. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    this.problem = null;
    try {
      await action();
      return true;
    } catch (error) {
      this.problem = sentence(error);
      return false;
    }
  }
}
