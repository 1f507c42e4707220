/**
 * Pictures of a page for whoever wants to look at it: light and dark, wide and narrow. Only where
 * `GLANCE_DIRECTORY` says where to put them; otherwise nothing happens.
 */
import { join } from "node:path";

import type { Page } from "playwright-core";

const WIDE = { width: 1400, height: 1000 };
const NARROW = { width: 390, height: 844 };

export async function glance(page: Page, name: string): Promise<void> {
  const directory = process.env["GLANCE_DIRECTORY"];
  if (directory === undefined) return;
  const before = page.viewportSize();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [width, size] of [
      ["wide", WIDE],
      ["narrow", NARROW],
    ] as const) {
      await page.setViewportSize(size);
      const path = join(directory, `${name}-${colorScheme}-${width}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before !== null) await page.setViewportSize(before);
}
