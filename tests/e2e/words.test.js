// Somebody remembers a line: the window finds the songs in which it is sung, and lays the words of two versions side by
// side. The words are those of a reader, heard by the recogniser itself.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { By, Key, until } from "selenium-webdriver";
import { home, openWindow, run } from "./window.js";

const REPRISE = join(dirname(process.env.REPRISE_APP), "reprise");
const RATE_HZ = 16_000;

let place, app, driver;

const appears = (xpath, ms = 20_000) => driver.wait(until.elementLocated(By.xpath(xpath)), ms);

/** The clip of tests/golden/words, as bytes of 16-bit samples. */
async function speech() {
  const file = await readFile(new URL("../golden/words/speech.npy", import.meta.url));
  return file.subarray(10 + file.readUInt16LE(8));
}

/** Writes samples as mono WAV. */
async function writeWav(path, samples) {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  [16, 1 | (1 << 16), RATE_HZ, 2 * RATE_HZ, 2 | (16 << 16)].forEach((n, i) => header.writeUInt32LE(n, 16 + 4 * i));
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  await writeFile(path, Buffer.concat([header, samples]));
}

before(async () => {
  place = await home();
  const music = join(place.path, "Music");
  await mkdir(music);
  const [said, second] = [await speech(), Buffer.alloc(2 * RATE_HZ)];
  const times = (n) => Array.from({ length: n }, () => [said, second]).flat();
  await writeWav(join(music, "early.wav"), Buffer.concat(times(3)));
  await writeWav(join(music, "late.wav"), Buffer.concat([...Array(8).fill(second), ...times(4)]));
  await run(REPRISE, ["scan", "--words", "now", music], place.environment);
  app = await openWindow(place);
  driver = app.driver;
});

after(async () => {
  await app?.close();
  await place?.remove();
});

test("a line is found as one types, and the words of two versions stand beside one another", async () => {
  const search = await appears("//input[@aria-label='Search']");
  await search.sendKeys("seven wide horses standing in the rain");
  const sung = await appears("//*[@role='listbox' and @aria-label='Sung, as heard']");
  const lines = await sung.findElements(By.css("[role=option]"));
  assert.equal(lines.length, 2);
  assert.match(await lines[0].getAttribute("title"), /horses|river|follow/i);

  await lines[0].click();
  await appears("//aside[@aria-label='Versions']//li//button[starts-with(@aria-label, 'Play ')]");
  await driver.actions().sendKeys(Key.ESCAPE).sendKeys("j").sendKeys("w").perform();
  const note = await appears("//aside[@aria-label='Versions']//*[contains(text(), 'As heard')]");
  assert.match(await note.getText(), /approximate/);
  const said = await driver.findElements(By.xpath("//aside[@aria-label='Versions']//*[contains(., 'white horses')]"));
  assert.ok(said.length > 0, "the words of both are there");
});
