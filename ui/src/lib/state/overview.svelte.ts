// The library as a whole: its folders, how far it is, and what the scan does at this moment.

import { sentence, type Backend, type Model, type Overview, type Problem, type Scan } from "../ipc/backend";

export class LibraryOverview {
  /** Null until the first answer. */
  overview = $state.raw<Overview | null>(null);
  problems = $state.raw<Problem[]>([]);
  problem = $state<string | null>(null);
  /** Where networks run, then why not elsewhere; why it cannot be told; nothing until the first answer. */
  devices = $state.raw<string[]>([]);
  /** The models that embed tracks, one for each view; none until the first answer. */
  models = $state.raw<Model[]>([]);

  #asked = 0;

  constructor(private readonly backend: Backend) {}

  get scan(): Scan | null {
    return this.overview?.scan ?? null;
  }

  get isScanning(): boolean {
    return this.scan !== null && this.scan.phase !== "idle";
  }

  /** No folder yet: the first-run screen. */
  get isNew(): boolean {
    const overview = this.overview;
    return overview !== null && overview.folders.length === 0 && overview.tracks === 0;
  }

  async refresh(): Promise<void> {
    await this.attempt(async () => {
      const asked = ++this.#asked;
      const overview = await this.backend.overview();
      if (asked === this.#asked) this.overview = overview;
    });
  }

  async refreshProblems(): Promise<void> {
    await this.attempt(async () => {
      this.problems = await this.backend.problems();
    });
  }

  /** Asked when somebody looks: the first answer loads what it is about. */
  async refreshDevices(): Promise<void> {
    this.devices = await this.backend.devices().catch((error: unknown) => [sentence(error)]);
  }

  async refreshModels(): Promise<void> {
    await this.attempt(async () => {
      this.models = await this.backend.models();
    });
  }

  /** Uses the model in a folder, or those that ship. True when it can be used. */
  async useModel(folder: string | null): Promise<boolean> {
    const isUsed = await this.attempt(() => this.backend.useModel(folder));
    if (isUsed) await this.refreshModels();
    return isUsed;
  }

  async chooseModel(): Promise<void> {
    await this.attempt(async () => {
      const folder = await this.backend.chooseModel();
      if (folder !== null) await this.backend.useModel(folder);
    });
    if (this.problem === null) await this.refreshModels();
  }

  scanned(scan: Scan): void {
    // An end comes with its counts, or those of before it would be shown for a moment.
    if (scan.phase === "idle") void this.refresh();
    else if (this.overview !== null) this.overview = { ...this.overview, scan };
  }

  /** Runs an action and shows what went wrong, until the next one. True when it went well. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      this.problem = null;
      return true;
    } catch (error) {
      this.problem = sentence(error);
      return false;
    }
  }

  async addFolders(paths: string[]): Promise<boolean> {
    if (paths.length === 0) return false;
    const isAdded = await this.attempt(() => this.backend.addFolders(paths));
    if (isAdded) await this.refresh();
    return isAdded;
  }

  async chooseFolders(): Promise<void> {
    await this.attempt(async () => {
      const paths = await this.backend.chooseFolders();
      if (paths.length > 0) await this.backend.addFolders(paths);
    });
    if (this.problem === null) await this.refresh();
  }
}
