// The way of somebody with too many files, without a mouse: find copies, look at the plan, run it, undo it. Afterwards
// every byte, time and mode of the tree is as it was. Then one pair in doubt is answered, and the answer taken back.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { By, Key, until } from "selenium-webdriver";
import { home, openWindow, run } from "./window.js";

const REPRISE = join(dirname(process.env.REPRISE_APP), "reprise");
const COPIES = 6;
const QUARANTINE = ".reprise-quarantine";

let place, music, app, driver, playlist;

const command = (...args) => run(REPRISE, args, place.environment);
const press = (...keys) => driver.actions().sendKeys(...keys).perform();
const appears = (xpath, ms = 20_000) => driver.wait(until.elementLocated(By.xpath(xpath)), ms);

async function withControl(key) {
  await driver.actions().keyDown(Key.CONTROL).sendKeys(key).keyUp(Key.CONTROL).perform();
}

/** Every file below a folder with its hash, time and mode. */
async function tree(folder) {
  const found = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mtimeNs, mode } = await stat(path, { bigint: true });
    const hash = createHash("sha256").update(await readFile(path)).digest("hex");
    found[path] = `${hash} ${mtimeNs} ${mode}`;
  }
  return found;
}

before(async () => {
  place = await home();
  music = join(place.path, "Music");
  await command("demo", music);
  const songs = (await readdir(music, { recursive: true })).filter((name) => /\.(flac|mp3|ogg|wav|opus)$/.test(name)).sort();
  const downloads = join(music, "Downloads");
  await mkdir(downloads);
  const names = [];
  for (const [n, song] of songs.slice(0, COPIES).entries()) {
    const name = `copy ${n} \u{1f3b5}.${song.split(".").at(-1)}`;
    await copyFile(join(music, song), join(downloads, name));
    // The one that is not in Downloads is older, which the last rule prefers.
    await utimes(join(music, song), 1_000_000_000, 1_000_000_000);
    names.push(`Downloads/${name}`);
  }
  playlist = join(music, "Evening.m3u8");
  await writeFile(playlist, `#EXTM3U\r\n# kept as it is\r\n${names.slice(0, 2).join("\r\n")}\r\n`);
  await command("scan", music);
  app = await openWindow(place);
  driver = app.driver;
});

after(async () => {
  await app?.close();
  await place?.remove();
});

test("copies are found, go and come back to the byte, without a mouse", async () => {
  const before = await tree(music);
  await appears("//*[@role='grid']");
  await withControl("4");
  await appears("//button[contains(., 'Look for copies')]");
  await press("l");
  // The playlists name copies, which a rule before the age would prefer: it is taken out.
  const rule = await appears("//button[contains(@aria-label, 'is in the most playlists')]");
  await appears(`//*[@role='grid' and @aria-rowcount='${2 * COPIES}']`, 60_000);
  await rule.sendKeys(Key.DELETE);
  await appears(`//footer//strong[contains(., '${COPIES} files of ${COPIES} recordings would go')]`);
  assert.deepEqual(await tree(music), before, "a plan changes nothing");

  await driver.findElement(By.css("[role=grid]")).sendKeys(Key.HOME);
  await press("r");
  await appears("//dialog[@open]//*[contains(., '2 playlist entries will name the kept file')]");
  await driver.findElement(By.xpath("//dialog//button[starts-with(normalize-space(.), 'Move')]")).sendKeys(Key.ENTER);
  await appears(`//*[@role='status'][contains(., '${COPIES} files moved into the quarantine')]`, 60_000);
  const moved = await tree(music);
  const gone = Object.keys(before).filter((path) => !(path in moved));
  assert.equal(gone.length, COPIES);
  assert.ok(gone.every((path) => path.includes("Downloads")), gone.join());
  const kept = await readFile(playlist, "utf8");
  assert.match(kept, /^#EXTM3U\r\n# kept as it is\r\n(?!Downloads)[^\r]+\r\n(?!Downloads)[^\r]+\r\n$/);
  assert.ok((await readdir(join(music, QUARANTINE))).length > 0);

  await driver.findElement(By.xpath("//*[@role='status']//button[contains(., 'Undo')]")).sendKeys(Key.ENTER);
  await appears(`//*[@role='status'][contains(., '${COPIES} files put back')]`, 60_000);
  const after = await tree(music);
  for (const path of Object.keys(after).filter((path) => path.includes(QUARANTINE))) delete after[path];
  assert.deepEqual(after, before, "everything is as it was");
});

test("what the window remembers, the command line knows", async () => {
  const rules = JSON.parse(await command("clean", "rules", "--json"));
  assert.deepEqual(rules.order, ["lossless", "cues", "bit_rate", "tags", "oldest"]);
  const { runs } = JSON.parse(await command("clean", "runs", "--json"));
  assert.deepEqual(
    runs.map(({ stage }) => stage),
    ["undone"],
  );
});

test("a pair in doubt is answered, found again among the decisions, and taken back", async () => {
  await withControl("3");
  await appears("//h2[.='Are these one song?']");
  const question = async () => (await driver.findElement(By.css("section[aria-label='Are these one song?']"))).getText();
  const first = await question();
  await driver.wait(until.elementLocated(By.css(".waveform path.all[d^=M]")), 20_000);
  await press("n");
  await appears("//*[@role='status'][starts-with(., '1 of ')]");
  assert.notEqual(await question(), first, "the next pair is another one");
  await press("d");
  await appears("//*[@role='grid' and @aria-label='Decisions' and @aria-rowcount='1']");
  await driver.findElement(By.xpath("//button[contains(., 'Take back')]")).click();
  await appears("//*[contains(., 'You have decided nothing yet')]");
  const decisions = JSON.parse(await command("decisions", "list", "--json"));
  assert.equal(JSON.stringify(decisions).includes("one_song"), false);
});
