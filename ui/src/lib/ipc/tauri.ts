// The real library, through the shell. The only file that knows of Tauri, beside what is generated.

import { convertFileSrc } from "@tauri-apps/api/core";
import type {
  Backend,
  CleanUpBackend,
  CleanUpProgress,
  Decision,
  Playback,
  PlanFormat,
  ReviewBackend,
  Scan,
  Unlisten,
} from "./backend";
import { commands, events } from "./bindings";

/** An event of the shell; taking it off works even before it is on. */
function listener<T>(
  event: { listen(on: (event: { payload: T }) => void): Promise<Unlisten> },
  tell: (payload: T) => void,
) {
  const on = event.listen(({ payload }) => tell(payload));
  return () => void on.then((unlisten) => unlisten());
}

class TauriCleanUp implements CleanUpBackend {
  settings = commands.cleanUpSettings;
  setSettings = commands.setCleanUpSettings;
  exactPath = commands.exactPath;
  choosePath = commands.choosePath;
  makePlan = commands.makePlan;
  planGroups = commands.planGroups;
  keepFile = commands.keepFile;
  letFileStay = commands.letFileStay;
  leaveGroup = commands.leaveGroup;
  undoPlanEdit = commands.undoPlanEdit;
  playlistsAfter = commands.playlistsAfter;
  choosePlanToSave = commands.choosePlanToSave;
  choosePlanToOpen = commands.choosePlanToOpen;
  openPlan = commands.openPlan;
  checkPlan = commands.checkPlan;
  runPlan = commands.runPlan;
  cleanUps = commands.cleanUps;
  finishCleanUp = commands.finishCleanUp;
  undoCleanUp = commands.undoCleanUp;
  quarantined = commands.quarantined;
  emptyQuarantine = commands.emptyQuarantine;

  async savePlan(path: string, format: PlanFormat, revision: number): Promise<void> {
    await commands.savePlan(path, format, revision);
  }

  async stopCleanUp(): Promise<void> {
    await commands.stopCleanUp();
  }

  onProgress(tell: (progress: CleanUpProgress) => void): Unlisten {
    return listener(events.cleanUpWentOn, tell);
  }
}

class TauriReview implements ReviewBackend {
  review = commands.review;
  personalCalibration = commands.personalCalibration;
  usePersonalCalibration = commands.usePersonalCalibration;
  findDecisions = commands.findDecisions;

  async withdrawDecision(decision: Decision): Promise<void> {
    await commands.withdrawDecision(decision);
  }

  async restoreDecision(decision: Decision): Promise<void> {
    await commands.restoreDecision(decision);
  }
}

export class TauriBackend implements Backend {
  readonly cleanUp = new TauriCleanUp();
  readonly review = new TauriReview();
  overview = commands.overview;
  trackIds = commands.trackIds;
  tracks = commands.tracks;
  versions = commands.versions;
  waveform = commands.waveform;
  decide = commands.decide;
  songs = commands.songs;
  song = commands.song;
  searchWords = commands.searchWords;
  wordsBeside = commands.wordsBeside;
  devices = commands.devices;
  models = commands.models;
  chooseModel = commands.chooseModel;
  chooseFolders = commands.chooseFolders;
  problems = commands.problems;

  async addFolders(paths: string[]): Promise<void> {
    await commands.addFolders(paths);
  }

  async removeFolder(folder: number): Promise<void> {
    await commands.removeFolder(folder);
  }

  async tryDemo(): Promise<void> {
    await commands.tryDemo();
  }

  async useModel(folder: string | null): Promise<void> {
    await commands.useModel(folder);
  }

  async startScan(): Promise<void> {
    await commands.startScan(false);
  }

  async startVoices(): Promise<void> {
    await commands.startVoices();
  }

  async pauseScan(): Promise<void> {
    await commands.pauseScan(true);
  }

  async resumeScan(): Promise<void> {
    await commands.pauseScan(false);
  }

  async stopScan(): Promise<void> {
    await commands.stopScan();
  }

  async retryProblems(): Promise<void> {
    await commands.startScan(true);
  }

  async play(track: number, fromS: number): Promise<void> {
    await commands.play(track, fromS);
  }

  async pause(): Promise<void> {
    await commands.hold(true);
  }

  async resume(): Promise<void> {
    await commands.hold(false);
  }

  async seek(toS: number): Promise<void> {
    await commands.seek(toS);
  }

  async setVolume(volume: number): Promise<void> {
    await commands.setVolume(volume);
  }

  coverArtUrl(track: number): string {
    return convertFileSrc(String(track), "art");
  }

  onScan(tell: (scan: Scan) => void): Unlisten {
    return listener(events.scanChanged, tell);
  }

  onLibraryChange(tell: () => void): Unlisten {
    return listener(events.libraryChanged, tell);
  }

  onPlayback(tell: (playback: Playback) => void): Unlisten {
    return listener(events.playbackChanged, tell);
  }

  onDrop(dragging: (isOver: boolean) => void, dropped: (paths: string[]) => void): Unlisten {
    return listener(events.foldersDragged, (event) => {
      dragging(event.isOver);
      if (event.dropped.length > 0) dropped(event.dropped);
    });
  }
}
