// The pictures of README.md: the real window with the demo library. Run: bash scripts/e2e.sh tests/e2e/screenshots.js

import { copyFile, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { By, Key, until } from "selenium-webdriver";
import { home, openWindow, run, screenshot } from "./window.js";

const REPRISE = join(dirname(process.env.REPRISE_APP), "reprise");
const FOLDER = join(import.meta.dirname, "../../docs/screenshots");
const TRACK = "rising sun alder";

const place = await home();
await mkdir(FOLDER, { recursive: true });
const music = join(place.path, "Music");
await run(REPRISE, ["demo", music], place.environment);
await run(REPRISE, ["scan", music], place.environment);

let { driver, close } = await openWindow(place);
const save = async (name) => writeFile(join(FOLDER, `${name}.png`), await screenshot(driver));
const theme = (name) => driver.executeScript((value) => (document.documentElement.dataset.theme = value), name);

const search = await driver.wait(until.elementLocated(By.css("input[type=search]")), 20_000);
await search.sendKeys(TRACK);
await driver.wait(until.elementLocated(By.css("[role=grid][aria-rowcount='1'] [role=row]")), 20_000).click();
await driver.wait(until.elementLocated(By.css("aside h2")), 20_000);
await search.sendKeys(Key.ESCAPE);
await driver.wait(until.elementLocated(By.css("[role=grid][aria-rowcount='36'] [role=row]")), 20_000);
await driver.wait(until.elementLocated(By.css("aside li .reason")), 20_000);
await driver.wait(until.elementLocated(By.css(".waveform path.all[d^=M]")), 20_000);
await theme("light");
await save("versions-light");
await theme("dark");
await save("versions-dark");
await theme("light");
await driver.findElement(By.xpath("//nav/button[.='Songs']")).click();
await driver.wait(until.elementLocated(By.css("[role=gridcell] button")), 20_000);
await driver.sleep(500);
await save("songs-light");

await driver.findElement(By.xpath("//nav/button[.='Review']")).click();
await driver.wait(until.elementLocated(By.css("section .waveform path.all[d^=M]")), 20_000);
await driver.sleep(500);
await save("review-light");

// Some copies, as downloads leave them, and a playlist that names two of them.
const songs = (await readdir(music)).filter((name) => name.endsWith(".flac")).sort();
await mkdir(join(music, "Downloads"));
const chosen = songs.filter((_, n) => n % 5 === 0);
for (const [n, name] of chosen.entries()) {
  const copy = join(music, "Downloads", name.replace(/^(.*) - (.*)\.flac$/, n % 2 === 0 ? "$2 - $1.flac" : "$1 (1).flac"));
  await copyFile(join(music, name), copy);
  // The age decides about all of them but one.
  await utimes(join(music, name), 1_000_000_000, 1_000_000_000);
  if (n === 1) await utimes(copy, 1_000_000_000, 1_000_000_000);
}
await close();
await run(REPRISE, ["scan", music], place.environment);
({ driver, close } = await openWindow(place));
await driver.wait(until.elementLocated(By.css("[role=grid]")), 20_000);
await theme("light");
await driver.findElement(By.xpath("//nav/button[.='Clean up']")).click();
await driver.wait(until.elementLocated(By.xpath("//button[contains(., 'Look for copies')]")), 20_000).click();
await driver.wait(until.elementLocated(By.xpath("//footer//strong[contains(., 'would go')]")), 60_000);
await driver.findElement(By.css("[role=grid]")).sendKeys(Key.ARROW_DOWN);
await driver.sleep(500);
await save("clean-up-light");
await close();
await place.remove();
