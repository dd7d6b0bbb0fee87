import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

test("first run says what it does with one's files and takes a typed path", async ({ page }) => {
  await page.goto("/?tracks=0");
  await expect(page.getByText("Nothing leaves this computer. Your files are only ever read.")).toBeVisible();
  const path = page.getByLabel(/type a path/);
  await path.fill("Musik");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText("Musik is not a folder on this computer.");
  await path.fill("/home/ada/Music");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("contentinfo")).toContainText("Listening to");
});

test("tracks appear while the scan goes on; it pauses, goes on and ends", async ({ page }) => {
  await page.goto("/?tracks=0");
  await page.getByRole("button", { name: "Try the demo library" }).click();
  const footer = page.getByRole("contentinfo");
  await expect(footer).toContainText(/Listening to \d+ of 36.*a minute.*left/);
  await expect(page.getByRole("grid").getByRole("row").first()).toBeVisible();
  await footer.getByRole("button", { name: "Pause listening" }).click();
  await expect(footer).toContainText("Paused at");
  await footer.getByRole("button", { name: "Go on listening" }).click();
  await expect(footer).toContainText(/Hearing voices, \d+ of 36/, { timeout: 15_000 });
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "36");
});

test("a stopped scan keeps what was heard", async ({ page }) => {
  await page.goto("/?tracks=0");
  await page.getByRole("button", { name: "Try the demo library" }).click();
  await expect(page.getByRole("grid").getByRole("row").first()).toBeVisible();
  await page.getByRole("button", { name: /Stop listening/ }).click();
  await expect(page.getByRole("contentinfo")).toHaveText(/^\s*\d+ tracks?/);
});

test("problems name the file and the reason", async ({ page }) => {
  await page.goto("/?tracks=36&problems");
  await page.getByRole("button", { name: "1 problem" }).click();
  await expect(page.getByRole("dialog")).toContainText("tape 3.wma is WMA, which Reprise cannot decode");
  await expect(page.getByRole("dialog")).toContainText("in the library all the same");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a folder leaves the library only at the second word", async ({ page }) => {
  await page.goto("/?tracks=36");
  await page.getByRole("button", { name: "Folders" }).click();
  await page.getByRole("button", { name: "Take /home/ada/Music out of the library" }).click();
  await page.getByRole("button", { name: "Take out of the library" }).click();
  await expect(page.getByRole("dialog")).toContainText("No folder yet.");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("main").getByRole("button", { name: "Choose folders" })).toBeVisible();
});

test("the folders' sheet says where networks run, and nothing moves when the answer comes", async ({
  page,
}) => {
  await page.goto("/?tracks=36");
  await page.getByRole("button", { name: "Folders" }).click();
  const note = page.getByRole("dialog").getByRole("status");
  await expect(note).toHaveText("Large networks run on the processor.");
  const answered = await note.boundingBox();
  await note.locator("p").evaluate((line) => (line.textContent = ""));
  expect(await note.boundingBox()).toEqual(answered);
});

test("a model of one's own is chosen, refused with a sentence, and given up again", async ({ page }) => {
  await page.goto("/?tracks=36");
  await page.getByRole("button", { name: "Folders" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("Model: the ones that ship with Reprise").click();
  await sheet.getByLabel("Folder of a model").fill("/tmp/nothing");
  await page.keyboard.press("Enter");
  await expect(sheet.getByRole("alert")).toContainText("The model in /tmp/nothing cannot be used");
  await sheet.getByRole("button", { name: "Choose a model" }).click();
  await expect(sheet.getByText("Harmony: asimt-read, in /models/read")).toBeVisible();
  await expect(sheet.getByRole("alert")).toHaveCount(0);
  await sheet.getByRole("button", { name: "Use those that ship" }).click();
  await expect(sheet.getByText("Model: the ones that ship with Reprise")).toBeVisible();
});

test("a model that has vanished is named where another can be chosen", async ({ page }) => {
  await page.goto("/?tracks=36&model=gone");
  await page.getByRole("button", { name: "Folders" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("alert")).toContainText("The model in /models/old cannot be used");
  await sheet.getByRole("button", { name: "Use those that ship" }).click();
  await expect(sheet.getByRole("alert")).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a graphics processor that was refused is named with the reason, in ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto("/?tracks=36&device=refused");
    await page.getByRole("button", { name: "Folders" }).click();
    const note = page.getByRole("dialog").getByRole("status");
    await note.scrollIntoViewIfNeeded();
    await expect(note).toContainText(
      "Not on the graphics processor (CUDA): the library libcudnn.so.9 was not found.",
    );
    const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
}
