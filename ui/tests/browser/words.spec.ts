import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Locator, type Page } from "@playwright/test";

const strip = (page: Page) => page.getByRole("listbox", { name: "Sung, as heard" });
const lines = (page: Page) => strip(page).getByRole("option");
const tracks = (page: Page) => page.getByRole("grid", { name: /tracks?$/ });
const panel = (page: Page) => page.getByRole("complementary", { name: "Versions" });
const player = (page: Page) => page.getByRole("region", { name: "Player" });
const words = (page: Page) => page.getByRole("grid", { name: /^Words of/ });
const sung = (page: Page) => words(page).locator('[aria-current="true"]');
const seconds = async (page: Page) => Number(await player(page).getByLabel("Position").inputValue());
const top = async (place: Locator) => Math.round((await place.boundingBox())!.y);

async function type(page: Page, line: string) {
  await page.goto("/?tracks=36");
  await expect(tracks(page)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(line);
}

/** The first rendition of a song, chosen. */
async function choose(page: Page, title: string, artist: string) {
  await page.goto("/?tracks=36");
  await page.getByLabel("Search").fill(title);
  await expect(tracks(page)).toHaveAttribute("aria-rowcount", "3");
  const rows = tracks(page).getByRole("row").filter({ hasText: title });
  await rows.filter({ hasText: artist }).click();
  await page.getByLabel("Search").press("Escape");
  await expect(panel(page).getByRole("heading", { level: 2, name: title })).toBeVisible();
}

const chooseHorses = (page: Page) => choose(page, "Amazing Grace", "Ida Lindqvist");

test("a line finds the songs in which it is sung; Enter plays one from there and chooses it", async ({
  page,
}) => {
  await type(page, "bells of the harbour");
  await expect(lines(page)).toHaveCount(5);
  await expect(lines(page).first()).toHaveText(
    /0:44 “And the bells of the harbour were silent and still” Amazing Grace Ida Lindqvist/,
  );
  await expect(page.getByText("No title, artist or album fits “bells of the harbour”.")).toBeVisible();
  // The list is empty, so that the arrow leads to what there is.
  await page.keyboard.press("ArrowDown");
  await expect(strip(page)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(lines(page).nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("heading", { name: "Amazing Grace (Live)" })).toBeVisible();
  await expect.poll(() => seconds(page)).toBeGreaterThanOrEqual(43);
  expect(await seconds(page)).toBeLessThan(47);
  // The search stays, and Space is the player's: the next line can be tried.
  await page.keyboard.press("Space");
  await expect(player(page).getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("heading", { name: "Ode to Joy" })).toBeVisible();
  // Without the search the list shows the chosen one.
  await page.getByLabel("Search").press("Escape");
  await expect(strip(page)).toHaveCount(0);
  await expect(tracks(page).getByRole("row", { selected: true })).toContainText("Ode to Joy");
});

test("the strip is reached by Tab and by a click, the list by the arrow as ever", async ({ page }) => {
  await type(page, "the captain");
  await expect(lines(page).first()).toBeVisible();
  for (let i = 0; i < 8 && !(await strip(page).evaluate((one) => one === document.activeElement)); i++) {
    await page.keyboard.press("Tab");
  }
  await expect(strip(page)).toBeFocused();
  await expect(lines(page).first()).toHaveAttribute("aria-selected", "true");
  await lines(page).nth(2).click();
  const artist = await panel(page).locator("header .artist").textContent();
  await expect(lines(page).nth(2)).toContainText(artist!);
  await page.getByLabel("Search").fill("amazing grace");
  await expect(strip(page)).toHaveCount(0);
  await page.getByLabel("Search").press("ArrowDown");
  await expect(tracks(page)).toBeFocused();
});

test("one word is only looked for in tags, and nothing found shows nothing", async ({ page }) => {
  await type(page, "harbour");
  await page.waitForTimeout(400);
  await expect(strip(page)).toHaveCount(0);
  await page.getByLabel("Search").fill("zzz qqq");
  await expect(page.getByText("No track fits “zzz qqq”.")).toBeVisible();
  await page.waitForTimeout(400);
  await expect(strip(page)).toHaveCount(0);
});

test("while one types nothing moves and nothing blinks, however many lines there are", async ({ page }) => {
  await type(page, "bells of the harbour");
  await expect(lines(page)).toHaveCount(5);
  await page.evaluate(() => {
    const seen: string[] = [];
    const look = () => {
      const [strip, list] = ["[role=listbox]", ".headings"].map((one) => document.querySelector(one));
      const place = (one?: Element | null) => Math.round(one?.getBoundingClientRect().top ?? -1);
      seen.push(`${place(strip)} ${place(list)}`);
      requestAnimationFrame(look);
    };
    Object.assign(window, { seen });
    look();
  });
  const search = page.getByLabel("Search");
  await search.fill("the captain looks north");
  await expect(lines(page)).toHaveCount(3);
  await search.pressSequentially(" and the captain");
  await search.fill("come home to me");
  await expect(lines(page)).toHaveCount(5);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect([...new Set(seen)]).toHaveLength(1);
});

test("words open by key, follow what plays within their box, and go to a line that is clicked", async ({
  page,
}) => {
  await chooseHorses(page);
  await page.keyboard.press("w");
  await expect(words(page)).toBeVisible();
  await expect(panel(page).getByText("As heard: approximate, with mistakes.")).toBeVisible();
  await expect(words(page).getByRole("columnheader")).toHaveText(["Ida Lindqvist", "Marlow & the Tides"]);
  await expect(sung(page)).toHaveCount(0);
  // The version says it, the track does not.
  const alone = words(page).getByRole("row").filter({ hasText: "And a chair by the fire" });
  await expect(alone.getByRole("gridcell").first()).toHaveText("");
  await words(page).getByRole("gridcell", { name: "There's a lamp" }).first().click();
  await expect(sung(page)).toHaveText("There's a lamp in the window that nobody lit");
  expect(await seconds(page)).toBeGreaterThanOrEqual(108);
  expect(await seconds(page)).toBeLessThan(112);
  await words(page).getByRole("gridcell", { name: "And a chair" }).click();
  await expect(player(page)).toContainText("Amazing Grace (Live)");
  await expect(sung(page)).toHaveText("And a chair by the fire where you used to sit");

  // Far on: the box follows, and what is around it stays.
  const around = await top(words(page));
  await player(page).getByLabel("Position").fill("240");
  await expect(sung(page)).toHaveText("Come home to me, come home on the morning train");
  await expect(sung(page)).toBeInViewport();
  const inBox = async () => {
    const [box, line] = [(await words(page).boundingBox())!, (await sung(page).boundingBox())!];
    return line.y >= box.y && line.y + line.height <= box.y + box.height;
  };
  await expect.poll(inBox).toBe(true);
  expect(await top(words(page))).toBe(around);
  await page.keyboard.press("x");
  await expect(player(page)).not.toContainText("(Live)");
  await page.keyboard.press("w");
  await expect(words(page)).toHaveCount(0);
});

test("who scrolls the words is not pulled back", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await chooseHorses(page);
  await page.keyboard.press("w");
  await words(page).getByRole("gridcell", { name: "Seven white" }).first().click();
  await words(page).hover();
  await page.mouse.wheel(0, 2000);
  const scrolled = () => words(page).evaluate((box) => box.scrollTop);
  await expect.poll(scrolled).toBeGreaterThan(100);
  const before = await scrolled();
  await player(page).getByLabel("Position").fill("45");
  await expect(sung(page)).toContainText("And the bells");
  await page.waitForTimeout(200);
  expect(await scrolled()).toBe(before);
});

test("words open by the mouse and are read with the keyboard", async ({ page }) => {
  await chooseHorses(page);
  const button = panel(page).getByRole("listitem").nth(1).getByRole("button", { name: "Words" });
  await button.click();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await words(page).focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  await expect(player(page)).toContainText("Two Rivers");
  await expect(sung(page)).toHaveCount(1);
  await page.keyboard.press("Space");
  await expect(player(page).getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await button.click();
  await expect(words(page)).toHaveCount(0);
});

test("a track without words offers none, and beside a version without them there is a sentence", async ({
  page,
}) => {
  await choose(page, "Canon in D", "The Harbour Street Trio");
  await expect(panel(page).getByRole("listitem").first()).toBeVisible();
  await expect(panel(page).getByRole("button", { name: "Words" })).toHaveCount(0);
  await page.keyboard.press("w");
  await chooseHorses(page);
  await panel(page)
    .getByRole("button", { name: /Possible/ })
    .click();
  const possible = panel(page).getByRole("region", { name: "Possible" });
  await expect(possible.getByRole("button", { name: "Show Canon in D (Live)" })).toBeVisible();
  await possible.getByRole("button", { name: "Words" }).click();
  await expect(possible.getByText("Words were not heard in both.")).toBeVisible();
});

test("another language is named", async ({ page }) => {
  await choose(page, "Für Elise", "Ensemble Halden");
  await page.keyboard.press("w");
  await expect(words(page).getByRole("columnheader").first()).toContainText("sung in German");
  await expect(words(page).getByRole("columnheader").nth(1)).toContainText("sung in English");
  await expect(words(page).getByRole("gridcell", { name: "Bruder" })).toHaveAttribute("lang", "de");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`both in ${colorScheme} can be read and operated by everyone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const wrong = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    };
    await type(page, "bells of the harbour");
    await lines(page).nth(1).click();
    await panel(page).getByRole("button", { name: "Words" }).first().click();
    await expect(sung(page)).toHaveCount(1);
    expect(await wrong()).toEqual([]);
    await choose(page, "Für Elise", "Ensemble Halden");
    await page.keyboard.press("w");
    await expect(words(page)).toBeVisible();
    expect(await wrong()).toEqual([]);
  });
}

test("at 200 % strip and words fit, and Escape leads back to the lines", async ({ page }) => {
  await page.setViewportSize({ width: 640, height: 400 });
  await type(page, "bells of the harbour");
  await expect(lines(page)).toHaveCount(5);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await expect(lines(page).last()).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(strip(page)).toBeHidden();
  await page.keyboard.press("w");
  await expect(words(page)).toBeInViewport();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.keyboard.press("Escape");
  await expect(strip(page)).toBeFocused();
});
