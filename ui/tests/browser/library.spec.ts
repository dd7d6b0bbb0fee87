import { expect, test, type Page } from "@playwright/test";

const rows = (page: Page) => page.getByRole("grid").getByRole("row");
const panel = (page: Page) => page.getByRole("complementary", { name: "Versions" });
const card = (page: Page, n: number) => panel(page).getByRole("listitem").nth(n);

test("a chosen track shows its versions with reasons, the possible ones folded", async ({ page }) => {
  await page.goto("/?tracks=36");
  await rows(page).filter({ hasText: "Canon in D (Live)" }).click();
  await expect(panel(page).getByRole("heading", { name: "Canon in D (Live)" })).toBeVisible();
  await expect(
    panel(page).getByRole("region", { name: "Likely the same song" }).getByRole("listitem"),
  ).toHaveCount(2);
  await expect(card(page, 0)).toContainText("Likely");
  await expect(card(page, 0)).toContainText(/whole song|passages/);
  await expect(card(page, 0).getByRole("img")).toHaveAccessibleName(/matches/);
  const possible = panel(page).getByRole("button", { name: /Possible/ });
  await expect(possible).toHaveAttribute("aria-expanded", "false");
  await possible.click();
  await expect(panel(page).getByRole("region", { name: "Possible" }).getByRole("listitem")).toHaveCount(1);
});

test("what both titles share is dimmed, what differs is not", async ({ page }) => {
  await page.goto("/?tracks=36");
  await page.getByLabel("Search").fill("canon");
  await expect(rows(page)).toHaveCount(3);
  await rows(page).filter({ hasText: "Ida Lindqvist" }).click();
  const live = panel(page).getByRole("button", { name: "Show Canon in D (Live)" });
  await expect(live.locator("span:not(.same)")).toHaveText("(Live)");
});

test("no is remembered, undone with U, and counts follow", async ({ page }) => {
  await page.goto("/?tracks=36");
  await page.getByLabel("Search").fill("greensleeves");
  await expect(rows(page)).toHaveCount(3);
  await rows(page).last().click();
  await expect(card(page, 0)).toBeVisible();
  await expect(rows(page).first()).toContainText("2 versions");
  // At once: what is said is said of this track, though the other's versions are still on show.
  await rows(page).first().click();
  await page.keyboard.press("Enter");
  await page.keyboard.press("n");
  await expect(page.getByRole("status").filter({ hasText: "is not a version" })).toBeVisible();
  await expect(rows(page).first()).toContainText("1 version");
  await expect(panel(page).getByRole("button", { name: "You said no 1" })).toBeVisible();
  await page.keyboard.press("u");
  await expect(rows(page).first()).toContainText("2 versions");
  await expect(panel(page).getByRole("button", { name: /You said no/ })).toHaveCount(0);
});

test("yes makes a version certain", async ({ page }) => {
  await page.goto("/?tracks=36");
  await rows(page).first().click();
  await card(page, 1).getByRole("button", { name: "Yes, the same song" }).click();
  await expect(panel(page).getByText("Certain", { exact: true }).first()).toBeVisible();
});

test("the list is searched, filtered and sorted", async ({ page }) => {
  await page.goto("/?tracks=36");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "36");
  await page.keyboard.press("/");
  await page.keyboard.type("harbour canon");
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "36");
  const year = page.getByRole("button", { name: "Year" });
  await year.click();
  const years = async () => (await rows(page).locator("[data-column=year]").allTextContents()).map(Number);
  expect((await years()).length).toBeGreaterThan(8);
  await expect
    .poll(async () => (await years()).slice(0, 8))
    .toEqual((await years()).sort((a, b) => a - b).slice(0, 8));
  await year.click();
  await expect(year.getByLabel("descending")).toBeVisible();
  await page.getByLabel("Search").fill("zzz");
  await expect(page.getByText("No track fits “zzz”.")).toBeVisible();
});

test("a hundred thousand tracks scroll to the end with few nodes", async ({ page }) => {
  await page.goto("/?tracks=100000");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "100000");
  await rows(page).first().click();
  await page.keyboard.press("End");
  await expect(page.locator('[aria-rowindex="100000"]')).toContainText(/version/);
  for (let i = 0; i < 20; i++) await page.mouse.wheel(0, -20_000);
  expect(await rows(page).count()).toBeLessThan(400);
  await page.getByLabel("Search").fill("korobeiniki");
  await expect(rows(page)).toHaveCount(3);
});

test("an unplugged drive greys its tracks and removes none", async ({ page }) => {
  await page.goto("/?tracks=36&offline");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "36");
  await rows(page).first().click();
  await expect(rows(page).first()).toContainText("offline");
  await expect(panel(page).getByRole("button", { name: "Play this track" })).toBeDisabled();
  await page.getByRole("button", { name: "Folders" }).click();
  await expect(page.getByRole("dialog")).toContainText("not connected; its tracks stay");
});

test("songs stand as cards; one opened lists its tracks by year and leads to their versions", async ({
  page,
}) => {
  await page.goto("/?tracks=36");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("Control+2");
  await page.getByRole("button", { name: /Silent Night/ }).click();
  await expect(page.getByRole("heading", { name: /Silent Night/ })).toBeVisible();
  const years = await page.locator("ol .year").allTextContents();
  expect(years).toEqual([...years].sort());
  await expect(page.getByText("earliest in your library")).toHaveCount(1);
  await page
    .getByRole("button", { name: /Show its versions/ })
    .or(page.locator("ol .names"))
    .nth(1)
    .click();
  await expect(panel(page).getByRole("heading", { name: /Silent Night/ })).toBeVisible();
});

test("kinds are shown, said with T and taken back with U", async ({ page }) => {
  await page.goto("/?tracks=36");
  await rows(page).filter({ hasText: "Canon in D (Live)" }).click();
  await expect(panel(page).locator("header")).toContainText("Live");
  await expect(card(page, 0)).toContainText("Cover");
  await page.keyboard.press("Enter");
  await page.keyboard.press("t");
  const switches = card(page, 0).getByRole("group", { name: /^What .* is$/ });
  await expect(switches.getByRole("button", { name: "Cover" })).toHaveAttribute("aria-pressed", "true");
  await switches.getByRole("button", { name: "Acoustic" }).click();
  await expect(switches.getByRole("button", { name: "Acoustic" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("status").filter({ hasText: "is acoustic. Remembered." })).toBeVisible();
  await page.keyboard.press("u");
  await expect(switches.getByRole("button", { name: "Acoustic" })).toHaveAttribute("aria-pressed", "false");
  await page.keyboard.press("t");
  await expect(switches).toHaveCount(0);
});
