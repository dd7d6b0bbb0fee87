// The pictures of README.md: the real window with the demo library. Run: bash scripts/e2e.sh tests/e2e/screenshots.js

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { By, Key, until } from "selenium-webdriver";
import { home, openWindow, run, screenshot } from "./window.js";

const REPRISE = join(dirname(process.env.REPRISE_APP), "reprise");
const FOLDER = join(import.meta.dirname, "../../docs/screenshots");
const TRACK = "rising sun alder";

const place = await home();
await mkdir(FOLDER, { recursive: true });
await run(REPRISE, ["demo", join(place.path, "Music")], place.environment);
await run(REPRISE, ["scan", join(place.path, "Music")], place.environment);

const { driver, close } = await openWindow(place);
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
await close();
await place.remove();
