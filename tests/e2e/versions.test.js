// The way of a new user: add a folder, watch it listen, choose a track, read its versions, reject one, undo; then the
// same library from the command line. The window, the library, the networks and the audio are the real ones.

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { By, Key, until } from "selenium-webdriver";
import { home, openWindow, run } from "./window.js";

const REPRISE = join(dirname(process.env.REPRISE_APP), "reprise");
const LONG_MS = 240_000;
/** The smallest model of whole tracks. */
const WHOLE = join(import.meta.dirname, "../fixtures/models/whole");

let place, app, driver;

const css = (selector) => driver.findElement(By.css(selector));
const text = async (selector) => (await css(selector)).getText();
const appears = (xpath, ms = 20_000) => driver.wait(until.elementLocated(By.xpath(xpath)), ms);
const says = (selector, pattern, ms = 20_000) =>
  driver.wait(async () => pattern.test(await text(selector).catch(() => "")), ms, `${selector} never said ${pattern}`);
const press = (...keys) => driver.actions().sendKeys(...keys).perform();
const command = (...args) => run(REPRISE, args, place.environment);

async function open() {
  app = await openWindow(place);
  driver = app.driver;
}

before(async () => {
  place = await home();
  await command("demo", join(place.path, "Music"));
  await open();
});

after(async () => {
  await app?.close();
  await place?.remove();
});

test("a folder is added by its path, and tracks appear while it is heard", { timeout: LONG_MS }, async () => {
  const path = await appears("//input[@id='path']");
  await path.sendKeys(join(place.path, "nowhere"), Key.ENTER);
  await says("[role=alert]", /nowhere/);
  await path.clear();
  await path.sendKeys(join(place.path, "Music"), Key.ENTER);
  await says("footer", /Listening to \d+ of 36/, 60_000);
  await driver.wait(until.elementLocated(By.css("[role=grid] [role=row]")), 60_000);
});

test("a window closed in mid-scan goes on where it was", { timeout: LONG_MS }, async () => {
  await app.close();
  const { tracks } = JSON.parse(await command("status", "--json"));
  assert.ok(tracks > 0, "what was heard is kept");
  await open();
  await says("footer", /^36 tracks/, LONG_MS);
  assert.equal(await (await css("[role=grid]")).getAttribute("aria-rowcount"), "36");
});

test("a chosen track shows its versions and why", async () => {
  await (await css("input[type=search]")).sendKeys("rising sun alder");
  await driver.wait(async () => (await (await css("[role=grid]")).getAttribute("aria-rowcount")) === "1", 10_000);
  await (await css("[role=row]")).click();
  await appears("//aside//h2[contains(., 'House of the Rising Sun')]");
  const band = await appears("//section[@aria-label='Same song']");
  const reasons = await band.findElements(By.css(".reason"));
  assert.equal(reasons.length, 2, "both other renditions are found");
  const [first] = await Promise.all(reasons.map((reason) => reason.getText()));
  assert.match(first, /whole song|passages|only/i);
  assert.match(first, /semitone|same key/);
  assert.match(await (await band.findElement(By.css("svg[role=img]"))).getAttribute("aria-label"), /matches/);
  await driver.wait(until.elementLocated(By.css(".waveform path.all[d^=M]")), 20_000);
});

test("no takes a version away, undo brings it back, and both survive a restart", async () => {
  await (await css("button[aria-label='No, not a version']")).click();
  await appears("//button[contains(., 'You said no')]");
  await says("[role=row]", /1 version/);
  await app.close();
  await open();
  await appears("//*[@role='grid']");
  await (await css("input[type=search]")).sendKeys("rising sun alder");
  await says("[role=row]", /1 version/);
  await (await css("[role=row]")).click();
  await (await appears("//button[contains(., 'You said no')]")).click();
  await (await appears("//button[@aria-label='Yes, the same song' and ancestor::li[contains(@class,'rejected')]]")).click();
  await says("[role=row]", /2 versions/);
  await press("u");
  await says("[role=row]", /1 version/);
});

test("playing without a sound card is a sentence", async () => {
  await (await css("button[aria-label='Play this track']")).click();
  await says("[role=alert]", /audio device/);
});

test("songs lists the clusters, largest first", async () => {
  await (await appears("//nav/button[.='Songs']")).click();
  await appears("//*[@role='gridcell']//*[contains(., 'versions')]", 20_000);
  const cards = await driver.findElements(By.css("[role=gridcell] button"));
  assert.ok(cards.length >= 4, `only ${cards.length} songs of the demo stand as cards`);
});

test("a model of one's own is refused with a sentence, or used and remembered", { timeout: LONG_MS }, async () => {
  await (await appears("//button[@aria-label='Folders']")).click();
  await (await appears("//summary[contains(., 'the ones that ship')]")).click();
  const path = await css("input[aria-label='Folder of a model']");
  await path.sendKeys(join(place.path, "Music"), Key.ENTER);
  await says("dialog [role=alert]", /Music cannot be used as a model/);
  await path.clear();
  await path.sendKeys(WHOLE, Key.ENTER);
  await appears(`//dialog//p[contains(., 'Harmony: ') and contains(., '${WHOLE}')]`);
  await press(Key.ESCAPE);
  await says("footer", /^36 tracks/, LONG_MS);
});

test("the command line sees the same library", async () => {
  await app.close();
  app = null;
  const status = JSON.parse(await command("status", "--json"));
  assert.equal(status.tracks, 36);
  assert.equal(status.models[0].folder.path, WHOLE, "and its model");
});
