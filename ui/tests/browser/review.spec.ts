import { expect, test, type Page } from "@playwright/test";

const progress = (page: Page) => page.getByRole("status").filter({ hasText: " of " });

async function review(page: Page) {
  await page.goto("/?tracks=36");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("Control+3");
  await expect(page.getByRole("heading", { name: "Are these one song?" })).toBeVisible();
}

test("pairs are answered, put off and undone by keyboard, until the end", async ({ page }) => {
  await review(page);
  await expect(progress(page)).toHaveText("0 of 8");
  const first = await page.getByRole("region", { name: /one song/ }).textContent();
  await page.keyboard.press("y");
  await expect(progress(page)).toHaveText("1 of 8");
  await expect(page.getByRole("region", { name: /one song/ })).not.toHaveText(first!);
  await page.keyboard.press("u");
  await expect(progress(page)).toHaveText("0 of 8");
  await expect(page.getByRole("region", { name: /one song/ })).toHaveText(first!);
  await page.keyboard.press("l");
  await expect(page.getByRole("region", { name: /one song/ })).not.toHaveText(first!);
  for (let n = 1; n < 8; n++) {
    await page.keyboard.press(n % 2 === 0 ? "y" : "n");
    await expect(n < 7 ? progress(page) : page.getByText("1 pair was put off")).toBeVisible();
    if (n < 7) await expect(progress(page)).toHaveText(`${n} of 8`);
  }
  await page.getByRole("button", { name: "Ask about it now" }).click();
  await expect(page.getByRole("region", { name: /one song/ })).toHaveText(first!);
  await page.keyboard.press("n");
  await expect(page.getByText("That was all.")).toBeVisible();
  await page.keyboard.press("u");
  await expect(page.getByRole("region", { name: /one song/ })).toHaveText(first!);
});

test("both are listened to on one axis, at the same musical place", async ({ page }) => {
  await review(page);
  const player = page.getByRole("region", { name: "Player" });
  await page.keyboard.press(" ");
  await expect(player).toContainText("Amazing Grace");
  await page.keyboard.press("x");
  await expect(player).toContainText("Für Elise");
  await page
    .getByRole("slider")
    .first()
    .click({ position: { x: 300, y: 20 } });
  await expect(player).toContainText("Amazing Grace");
  const [a, b] = [page.getByRole("slider").nth(0), page.getByRole("slider").nth(1)];
  const [wide, narrow] = [await a.boundingBox(), await b.boundingBox()];
  expect(wide!.x).toBe(narrow!.x);
  expect(narrow!.width).toBeLessThan(wide!.width);
});

test("everything that was decided is found, taken back and decided again", async ({ page }) => {
  await review(page);
  await page.keyboard.press("y");
  await expect(progress(page)).toHaveText("1 of 8");
  await page.keyboard.press("n");
  await expect(progress(page)).toHaveText("2 of 8");
  await page.keyboard.press("d");
  const list = page.getByRole("grid", { name: "Decisions" });
  await expect(list).toHaveAttribute("aria-rowcount", "2");
  await expect(list.getByText("is the same song as")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("ida lindqvist");
  await expect(list).toHaveAttribute("aria-rowcount", "1");
  await list.getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("No decision about these words.")).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(list).toHaveAttribute("aria-rowcount", "1");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "Are these one song?" })).toBeVisible();
  await expect(progress(page)).toHaveText("2 of 8");
});

test("in a library without doubts that is said", async ({ page }) => {
  await page.goto("/?tracks=3");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.keyboard.press("Control+3");
  await expect(page.getByText("Nothing is in doubt in your library.")).toBeVisible();
});
