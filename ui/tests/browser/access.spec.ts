import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

/** Every screen that can be had without a scan. */
const SCREENS: Record<string, (page: Page) => Promise<void>> = {
  "first run": async (page) => {
    await page.goto("/?tracks=0");
    await expect(page.getByRole("button", { name: "Choose folders" })).toBeVisible();
  },
  library: async (page) => {
    await page.goto("/?tracks=36&problems");
    await page.getByRole("grid").getByRole("row").nth(1).click();
    await page.getByRole("button", { name: /Possible/ }).click();
  },
  "voices that are owed": async (page) => {
    await page.goto("/?tracks=36&voices=owed");
    await page.getByRole("grid").getByRole("row").filter({ hasText: "Silent Night" }).first().click();
    await expect(page.getByText(/Its voice has not been heard yet/)).toBeVisible();
  },
  "voices being heard": async (page) => {
    await page.goto("/?tracks=36&voices=owed");
    await page.getByRole("button", { name: "Hear the rest" }).click();
    await page.getByRole("button", { name: "Pause hearing voices" }).click();
  },
  songs: async (page) => {
    await page.goto("/?tracks=36");
    await page.getByRole("button", { name: "Songs" }).click();
    await expect(page.getByRole("button", { name: /Silent Night/ })).toBeVisible();
  },
  review: async (page) => {
    await page.goto("/?tracks=36");
    await page.getByRole("button", { name: "Review" }).click();
    await expect(page.getByRole("heading", { name: "Are these one song?" })).toBeVisible();
  },
  decisions: async (page) => {
    await page.goto("/?tracks=36");
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("button", { name: /Yes, one song/ }).click();
    await page.getByRole("button", { name: /Everything you decided/ }).click();
    await expect(page.getByRole("grid", { name: "Decisions" })).toBeVisible();
  },
  "clean up": async (page) => {
    await page.goto("/?tracks=360&interrupted");
    await page.getByRole("button", { name: "Clean up" }).click();
    await page.getByRole("button", { name: "a folder" }).click();
    await page.getByRole("button", { name: /Look for copies/ }).click();
    await expect(page.getByText(/would go/)).toBeVisible();
  },
  "running a plan": async (page) => {
    await page.goto("/?tracks=360");
    await page.getByRole("button", { name: "Clean up" }).click();
    await page.getByRole("button", { name: /Look for copies/ }).click();
    await page.getByRole("button", { name: /Run the plan/ }).click();
    await expect(page.getByText("Your playlists after")).toBeVisible();
  },
  "clean-ups before": async (page) => {
    await page.goto("/?tracks=36&interrupted");
    await page.getByRole("button", { name: "Clean up" }).click();
    await page.getByRole("button", { name: /clean-up before/ }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  folders: async (page) => {
    await page.goto("/?tracks=36");
    await page.getByRole("button", { name: "Folders" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
};

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, open] of Object.entries(SCREENS)) {
    test(`${name} in ${colorScheme} can be read and operated by everyone`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    });
  }
}

test("at 200 % nothing is cut off and one pane is shown at a time", async ({ page }) => {
  await page.setViewportSize({ width: 640, height: 400 });
  await page.goto("/?tracks=36");
  await page.getByRole("grid").getByRole("row").first().click();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Versions" })).toBeVisible();
  await expect(page.getByRole("grid")).toBeHidden();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toBeVisible();
  expect(await overflow()).toBeLessThanOrEqual(0);
});

test("everything can be done without a mouse", async ({ page }) => {
  await page.goto("/?tracks=36");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("scarborough");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "3");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("heading", { level: 2, name: /Scarborough/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  await expect(page.getByRole("status").filter({ hasText: "Remembered" })).toBeVisible();
  await page.keyboard.press("u");
  await page.keyboard.press("2");
  await expect(page.getByRole("region", { name: "Player" })).toBeVisible();
  await page.keyboard.press("Control+2");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test("songs are chosen and opened with the keyboard", async ({ page }) => {
  await page.goto("/?tracks=36");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("Control+2");
  await page.getByRole("grid", { name: /Songs/ }).focus();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Auld Lang Syne" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid", { name: /Songs/ })).toBeVisible();
});

test("the chosen colours are remembered", async ({ page }) => {
  await page.goto("/?tracks=1");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: /Colours/ }).click();
  await page.getByRole("button", { name: /Colours/ }).click();
  expect(await ground()).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Colours: dark" })).toBeVisible();
  expect(await ground()).not.toBe(light);
});
