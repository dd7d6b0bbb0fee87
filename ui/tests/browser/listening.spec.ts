import { expect, test, type Page } from "@playwright/test";

const player = (page: Page) => page.getByRole("region", { name: "Player" });

async function seconds(page: Page): Promise<number> {
  return Number(await player(page).getByLabel("Position").inputValue());
}

test("X jumps to the same musical place in the other version and back", async ({ page }) => {
  await page.goto("/?tracks=36");
  await page.getByRole("grid").getByRole("row").first().click();
  await page.keyboard.press("Space");
  await expect(player(page).getByRole("button", { name: "Pause" })).toBeVisible();
  await page.getByRole("slider", { name: /Position in/ }).click({ position: { x: 200, y: 20 } });
  const before = await seconds(page);
  expect(before).toBeGreaterThan(30);
  await page.keyboard.press("1");
  const swap = player(page).getByRole("button", { name: /Same place by/ });
  await expect(swap).toBeVisible();
  const there = await seconds(page);
  expect(there).not.toBe(before);
  await page.keyboard.press("x");
  await expect.poll(() => seconds(page)).toBeGreaterThanOrEqual(before - 1);
  expect(await seconds(page)).toBeLessThan(before + 5);
});

test("space pauses and goes on; arrows on the waveform move by five seconds", async ({ page }) => {
  await page.goto("/?tracks=36");
  await page.getByRole("grid").getByRole("row").first().click();
  await page.keyboard.press("Space");
  await page.keyboard.press("Space");
  await expect(player(page).getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await page.getByRole("slider", { name: /Position in/ }).focus();
  const before = await seconds(page);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => seconds(page)).toBe(before + 5);
});

test("a computer without sound says so and goes on", async ({ page }) => {
  await page.goto("/?tracks=36&silent");
  await page.getByRole("grid").getByRole("row").first().click();
  await page.keyboard.press("Space");
  await expect(page.getByRole("alert")).toHaveText(/No audio device was found/);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("complementary").getByRole("heading", { level: 2 })).toBeVisible();
});
