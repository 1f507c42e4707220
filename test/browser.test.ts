import { expect, onTestFinished, test } from "vitest";

import { launchBrowser } from "./support/browser.ts";

test("a real browser opens pages, draws text and takes pictures", { timeout: 60_000 }, async () => {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 320, height: 200 } });
  const first = await context.newPage();
  const second = await context.newPage();

  await first.goto("data:text/html,<b style='font: 32px sans-serif'>Redress</b>");
  await second.goto("data:text/html,<p>two</p>");
  const box = await first.getByText("Redress").boundingBox();
  const picture = await first.screenshot();

  expect(await second.locator("p").innerText()).toBe("two");
  // Without a font the text would have no width.
  expect(box?.width).toBeGreaterThan(80);
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect(picture.length).toBeGreaterThan(1000);
});
