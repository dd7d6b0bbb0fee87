import { expect, test, type Page } from "@playwright/test";

const grid = (page: Page) => page.getByRole("grid", { name: /same recording/ });
const summary = (page: Page) => page.getByText(/would go/);

async function lookForCopies(page: Page, tracks = 360) {
  await page.goto(`/?tracks=${tracks}`);
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("Control+4");
  await page.keyboard.press("l");
  await expect(grid(page)).toBeVisible();
}

test("copies are found, edited, run and undone without a mouse", async ({ page }) => {
  await lookForCopies(page);
  await expect(summary(page)).toContainText("30 files of 30 recordings would go");
  await expect(page.getByText("10 recordings need you")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("s");
  await expect(summary(page)).toContainText("29 files");
  await page.keyboard.press("u");
  await expect(summary(page)).toContainText("30 files");
  await page.keyboard.press("g");
  await expect(grid(page).getByText("you want it to stay").first()).toBeVisible();
  await page.keyboard.press("k");
  await expect(grid(page).getByText("you chose another").first()).toBeVisible();
  await page.keyboard.press("r");
  const sheet = page.getByRole("dialog", { name: "Run the plan" });
  await expect(sheet.getByText("3 playlist entries will name the kept file")).toBeVisible();
  await sheet.getByRole("button", { name: /^Move/ }).press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "moved into the quarantine" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "put back" })).toBeVisible();
});

test("a button in a line keeps its own keys, and makes its line the current one", async ({ page }) => {
  await lookForCopies(page);
  await grid(page).getByRole("button", { name: "Let it stay" }).nth(2).focus();
  await page.keyboard.press("Enter");
  await expect(summary(page)).toContainText("29 files");
  await expect(grid(page).getByText("you want it to stay")).toHaveCount(1);
  await expect(page.getByRole("region", { name: "Player" })).toHaveCount(0);
  await page.getByRole("button", { name: /Undo change/ }).click();
  await expect(summary(page)).toContainText("30 files");
});

test("letters typed at the choice of a format change nothing", async ({ page }) => {
  await lookForCopies(page);
  await page.keyboard.press("ArrowDown");
  await page.getByRole("combobox", { name: /Save the plan/ }).focus();
  await page.keyboard.press("s");
  await expect(summary(page)).toContainText("30 files");
  await page.getByRole("button", { name: "Save …" }).click();
  await expect(
    page.getByRole("status").filter({ hasText: "Saved as /home/ada/clean-up.json" }),
  ).toBeVisible();
});

test("what needs the user is found at once and goes when it is answered", async ({ page }) => {
  await lookForCopies(page);
  await page.getByRole("button", { name: /Needs you/ }).click();
  await expect(grid(page)).toHaveAttribute("aria-rowcount", "20");
  await grid(page).getByRole("button", { name: "Keep this one" }).first().click();
  await expect(grid(page)).toHaveAttribute("aria-rowcount", "18");
  await expect(page.getByRole("button", { name: /Needs you 9/ })).toBeVisible();
});

test("rules are moved by keyboard and by mouse, taken out and added, and the plan follows", async ({
  page,
}) => {
  await lookForCopies(page);
  const rules = page.getByRole("list", { name: /Rules/ }).locator("button.rule");
  await expect(rules).toHaveText([/lossless/, /cue/, /playlists/, /quality/, /tags/, /oldest/]);
  await rules.first().focus();
  await page.keyboard.press("Alt+ArrowRight");
  await expect(rules).toHaveText([/cue/, /lossless/, /playlists/, /quality/, /tags/, /oldest/]);
  await expect(rules.nth(1)).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(rules).toHaveCount(5);
  await page.getByRole("button", { name: "is lossless" }).click();
  await expect(rules.nth(5)).toHaveText(/lossless/);
  const [from, to] = [await rules.nth(5).boundingBox(), await rules.first().boundingBox()];
  await page.mouse.move(from!.x + 20, from!.y + 8);
  await page.mouse.down();
  await page.mouse.move(to!.x + 30, to!.y + 8, { steps: 8 });
  await page.mouse.up();
  await expect(rules.first()).toHaveText(/lossless/);
});

test("a protected folder keeps what is in it", async ({ page }) => {
  await lookForCopies(page);
  await page.getByRole("button", { name: "a folder" }).click();
  await page.getByRole("textbox", { name: /Path of a folder/ }).fill("Music");
  await page.getByRole("button", { name: "Protect it" }).click();
  await expect(page.getByRole("alert")).toContainText("Music is not a folder");
  await page.getByRole("textbox", { name: /Path of a folder/ }).fill("/home/ada/Music/Ida Lindqvist");
  await page.getByRole("button", { name: "Protect it" }).click();
  await expect(grid(page).getByText("its folder is protected").first()).toBeVisible();
  await page.getByRole("button", { name: /Protect .* no more/ }).click();
  await expect(grid(page).getByText("its folder is protected")).toHaveCount(0);
});

test("a DJ library elsewhere is read, and the plan is made again", async ({ page }) => {
  await lookForCopies(page);
  await page.getByRole("button", { name: /DJ library elsewhere/ }).click();
  await page.getByRole("textbox", { name: /DJ library/ }).press("Enter");
  await expect(page.getByText("rekordbox.xml")).toBeVisible();
  await expect(grid(page)).toBeVisible();
  await page.getByRole("button", { name: /Read .* no more/ }).click();
  await expect(page.getByText("rekordbox.xml")).toHaveCount(0);
  await expect(grid(page)).toBeVisible();
});

test("a difference is heard shortly before it, and X goes to the kept file", async ({ page }) => {
  await lookForCopies(page);
  await grid(page).getByRole("button", { name: "1:12" }).first().click();
  const player = page.getByRole("region", { name: "Player" });
  await expect(player).toContainText("1:1");
  const title = await player.textContent();
  await grid(page).focus();
  await page.keyboard.press("x");
  await expect(player).not.toHaveText(title!);
});

test("looking for copies can be stopped, and nothing is shown then", async ({ page }) => {
  await page.goto("/?tracks=3600");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("Control+4");
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText(/Versions, edits and remixes/)).toBeVisible();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
});

test("an interrupted clean-up is announced everywhere, and finished or undone", async ({ page }) => {
  await page.goto("/?tracks=36&interrupted");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("alert")).toContainText("A clean-up is not complete: interrupted");
  await page.getByRole("button", { name: "Undo it" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: /clean-up before/ }).click();
  await expect(page.getByRole("dialog")).toContainText("undone");
});

test("a quarantine is emptied only after saying what is gone for good", async ({ page }) => {
  await lookForCopies(page);
  await page.keyboard.press("r");
  await page.getByRole("button", { name: /^Move/ }).click();
  await page.getByRole("button", { name: /clean-up before/ }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: /Empty/ }).click();
  await expect(sheet.getByRole("alert")).toContainText("30 files, 129.0 MB, will be gone for good");
  await sheet.getByRole("button", { name: "Delete for good" }).click();
  await expect(sheet.getByText("30 files; deleted for good")).toBeVisible();
});

test("thousands of copies scroll with few elements", async ({ page }) => {
  await lookForCopies(page, 100_000);
  await expect(grid(page)).toHaveAttribute("aria-rowcount", /^2\d{4}$/);
  await grid(page).press("End");
  await expect(grid(page).getByRole("row").last()).toContainText("(copy).mp3");
  expect(await page.locator("[role=grid] *").count()).toBeLessThan(1500);
});
