// How the window feels with a very large library: time until it can be used, search, selection, scrolling. Run:
//   cargo run --release -p reprise-library --example large_library -- FOLDER
//   npx tauri build --no-bundle
//   REPRISE_APP=$PWD/target/release/reprise-app LIBRARY=FOLDER/large-100000.db \
//     bash scripts/e2e.sh tests/e2e/large.bench.js
// Prints figures; asserts none but that everything was there.

import { By, until } from "selenium-webdriver";
import { home, openWindow } from "./window.js";

const SEARCHES = ["love", "the night", "lonely 1940", "wind", "nothing like this"];

/** A script for the page: does `act`, then waits until `done` holds at the end of a frame; milliseconds. */
const timing = (act, done) => `
  const ready = arguments[0], began = performance.now();
  (() => { ${act} })();
  const look = () => ((() => { ${done} })() ? ready(performance.now() - began) : requestAnimationFrame(look));
  requestAnimationFrame(look);
`;

const place = await home();
place.environment.REPRISE_LIBRARY = process.env.LIBRARY;
const began = performance.now();
const { driver, close } = await openWindow(place);
await driver.wait(until.elementLocated(By.css("[role=row] .title")), 60_000, undefined, 20);
const open = performance.now() - began;
const inPage = await driver.executeScript("return performance.now()");
const timed = (act, done) => driver.executeAsyncScript(timing(act, done));
const count = await driver.findElement(By.css("[role=grid]")).getAttribute("aria-rowcount");

const searches = [];
for (const words of SEARCHES) {
  const act = `const field = document.querySelector("input[type=search]");
    window.listed = () => document.querySelector("[role=grid]")?.getAttribute("aria-rowcount") ?? "none";
    window.before = listed(); field.value = ${JSON.stringify(words)}; field.dispatchEvent(new Event("input", { bubbles: true }));`;
  searches.push([words, await timed(act, "return listed() !== before && !document.querySelector('section[aria-label=Tracks] [aria-busy=true]')")]);
}
await timed(
  `const field = document.querySelector("input[type=search]"); field.value = ""; field.dispatchEvent(new Event("input", { bubbles: true }));`,
  `return document.querySelector("[role=grid]")?.getAttribute("aria-rowcount") === "${count}"`,
);

const selections = [];
for (let n = 1; n <= 10; n++) {
  const act = `const row = document.querySelectorAll("[role=row]")[${n}]; window.title = row.querySelector(".title").innerText.trim();
    row.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));`;
  selections.push(await timed(act, "return document.querySelector('aside h2')?.innerText === title && document.querySelector('aside[aria-busy=false]')"));
}

const scrolled = await driver.executeAsyncScript(`
  const done = arguments[0], grid = document.querySelector("[role=grid]");
  const frames = []; let most = 0, n = 0, last = performance.now();
  const step = () => {
    const now = performance.now(); frames.push(now - last); last = now;
    most = Math.max(most, grid.querySelectorAll("[role=row]").length);
    grid.scrollTop += 3000;
    if (++n < 300) requestAnimationFrame(step); else { frames.sort((a, b) => a - b); done({ most, median: frames[150], p99: frames[297] }); }
  };
  requestAnimationFrame(step);
`);
await close();
await place.remove();

const ms = (n) => `${Math.round(n)} ms`;
console.log(`${count} tracks`);
console.log(`start of the program to first rows: ${ms(open)}, of it in the page ${ms(inPage)}`);
for (const [words, time] of searches) console.log(`search "${words}", with 20 ms of waiting for the next key: ${ms(time)}`);
console.log(`selection to versions: ${selections.map(ms).join(", ")}`);
console.log(`scrolling: at most ${scrolled.most} rows, frames ${ms(scrolled.median)} in the median, ${ms(scrolled.p99)} at worst but 1 %`);
