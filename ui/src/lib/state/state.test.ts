import { beforeEach, expect, test, vi } from "vitest";
import type { Versions } from "../ipc/backend";
import { MockBackend } from "../ipc/mock";
import { Library } from "./library.svelte";
import { LibraryOverview } from "./overview.svelte";
import { Player } from "./player.svelte";
import { ChosenVersions } from "./versions.svelte";

let backend: MockBackend;

beforeEach(() => {
  backend = new MockBackend(new URLSearchParams("tracks=36"));
});

test("rows are fetched by pages, and no page twice", async () => {
  const tracks = vi.spyOn(backend, "tracks");
  const library = new Library(backend);
  await library.refresh();
  await Promise.all([library.load(0, 20), library.load(10, 36)]);
  expect(tracks).toHaveBeenCalledTimes(1);
  expect(library.row(0)?.title).toBeTruthy();
  expect(library.row(36)).toBeUndefined();
});

test("a late answer to an old question is dropped", async () => {
  let answerFirst = (_: number[]) => {};
  vi.spyOn(backend, "trackIds").mockImplementationOnce(
    () => new Promise((resolve) => (answerFirst = resolve)),
  );
  const library = new Library(backend);
  const first = library.refresh();
  library.search = "canon";
  await library.refresh();
  answerFirst([1, 2, 3, 4]);
  await first;
  expect(library.ids).toHaveLength(3);
});

test("a second click on a heading turns the order round", async () => {
  const library = new Library(backend);
  library.sortBy("title");
  expect([library.sort, library.descending]).toEqual(["title", false]);
  library.sortBy("title");
  expect(library.descending).toBe(true);
  library.sortBy("versions");
  expect(library.descending).toBe(true);
});

test("running down the list asks for the versions of the last track only", async () => {
  vi.useFakeTimers();
  const versions = vi.spyOn(backend, "versions");
  const chosen = new ChosenVersions(backend);
  chosen.choose(1);
  await vi.advanceTimersByTimeAsync(100);
  for (const track of [2, 3, 4, 5]) chosen.choose(track);
  await vi.advanceTimersByTimeAsync(100);
  expect(versions.mock.calls.map(([track]) => track)).toEqual([1, 5]);
  vi.useRealTimers();
});

test("a key waits for the versions of the chosen track, and is forgotten with it", async () => {
  const [chosen] = await chosenTrack(1);
  const acted: (number | undefined)[] = [];
  const act = () => acted.push(chosen.answer?.track.id);
  chosen.choose(4);
  chosen.whenShown(act);
  chosen.choose(5);
  chosen.whenShown(act);
  chosen.whenShown(act);
  await vi.waitFor(() => expect(acted).toEqual([5, 5]));
  vi.spyOn(backend, "versions").mockRejectedValue({ code: "internal", message: "No." });
  chosen.choose(6);
  chosen.whenShown(act);
  await vi.waitFor(() => expect(chosen.problem).toBe("No."));
  await Promise.resolve();
  expect(acted).toEqual([5, 5]);
});

test("the end of a pass is shown together with its counts", async () => {
  const overview = new LibraryOverview(backend);
  await overview.refresh();
  const { scan } = overview.overview!;
  overview.scanned({ ...scan, phase: "hearingVoices" });
  const answer = { ...(await backend.overview()), voicesTotal: 40 };
  vi.spyOn(backend, "overview").mockResolvedValue(answer);
  overview.scanned(scan);
  expect(overview.scan?.phase).toBe("hearingVoices");
  await vi.waitFor(() => expect(overview.overview).toEqual(answer));
});

async function chosenTrack(track: number): Promise<[ChosenVersions, Versions]> {
  const chosen = new ChosenVersions(backend);
  chosen.choose(track);
  await vi.waitFor(() => expect(chosen.answer?.track.id).toBe(track));
  return [chosen, chosen.answer!];
}

test("a judgement moves a version to its band, and undo restores what was said before", async () => {
  const [chosen, answer] = await chosenTrack(1);
  const version = answer.versions[0]!;
  await chosen.judge(version, true);
  expect(chosen.answer?.versions[0]?.relation).toBe("confirmed");
  await chosen.judge(version, false);
  expect(chosen.bands.map((band) => band.name)).toContain("You said no");
  await chosen.undo();
  expect(chosen.answer?.versions[0]?.relation).toBe("confirmed");
  expect(chosen.judgement).toBeNull();
});

test("a judgement that cannot be kept is said, and nothing is offered for undoing", async () => {
  const [chosen, answer] = await chosenTrack(1);
  vi.spyOn(backend, "decide").mockRejectedValue({
    code: "libraryInUse",
    message: "Another Reprise is at work.",
  });
  await chosen.judge(answer.versions[0]!, false);
  expect(chosen.problem).toBe("Another Reprise is at work.");
  expect(chosen.judgement).toBeNull();
});

test("a version begins where it matches, and X goes to the same place", async () => {
  const [, answer] = await chosenTrack(1);
  const [track, version] = [answer.track, answer.versions[0]!];
  const play = vi.spyOn(backend, "play");
  const player = new Player(backend);
  backend.onPlayback((playback) => player.heard(playback));
  await player.playVersion(track, version);
  expect(play).toHaveBeenLastCalledWith(version.track.id, version.spans[0]!.candidateStartS);
  await player.swap();
  expect(play.mock.lastCall?.[0]).toBe(track.id);
  expect(play.mock.lastCall?.[1]).toBeCloseTo(version.spans[0]!.queryStartS, 0);
});

test("X finds the best version by itself while the chosen track sounds", async () => {
  const [chosen, answer] = await chosenTrack(4);
  const player = new Player(backend);
  backend.onPlayback((playback) => player.heard(playback));
  await player.swapWith(answer.track, answer.versions[0]);
  expect(player.pair).toBeNull();
  await player.play(answer.track, 20);
  await player.swapWith(answer.track, chosen.activeVersion ?? answer.versions[0]);
  expect(player.playback.track).toBe(answer.versions[0]!.track.id);
});

test("what a track is said to be stands above its tags, and undo restores them", async () => {
  const [chosen, answer] = await chosenTrack(1);
  const version = answer.versions.find(({ kinds }) => kinds.some(({ kind }) => kind === "cover"))!;
  const kinds = () => chosen.answer!.versions.find(({ track }) => track.id === version.track.id)!.kinds;
  await chosen.setRendition(version.track, kinds(), "cover");
  expect(kinds().map(({ kind }) => kind)).not.toContain("cover");
  await chosen.setRendition(version.track, kinds(), "remix");
  expect(kinds()).toContainEqual({ kind: "remix", basis: "user", strength: "certain" });
  expect(chosen.judgement?.words).toBe(`\u201c${version.track.title}\u201d is a remix.`);
  await chosen.undo();
  expect(kinds().map(({ kind }) => kind)).not.toContain("remix");
});

test("why it cannot be told where networks run is told instead", async () => {
  vi.spyOn(backend, "devices").mockRejectedValueOnce({ code: "failed", message: "There is no library." });
  const overview = new LibraryOverview(backend);
  await overview.refreshDevices();
  expect(overview.devices).toEqual(["There is no library."]);
  await overview.refreshDevices();
  expect(overview.devices).toEqual(["Large networks run on the processor."]);
});
