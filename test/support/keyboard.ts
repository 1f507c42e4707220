/**
 * A page walked with the keyboard alone. A walk names the routes of the portal whose work it does;
 * `test/portal/keyboard-paths.test.ts` holds that every route has one and stands in the reference.
 */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";

export interface Keys {
  readonly page: Page;
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Tab until what has the focus is called so, then nothing; what it is called, answered. */
  tabTo(name: string | RegExp): Promise<void>;
  /** The same backwards. */
  backTo(name: string | RegExp): Promise<void>;
  /** Tab to it, and Enter. */
  enter(name: string | RegExp): Promise<void>;
  /** Tab to a field and type; a choice is made by its first letters. */
  fill(name: string | RegExp, text: string): Promise<void>;
  /** What has the focus, by the name that a person hears. */
  focused(): Promise<string>;
}

const MOST_STOPS = 120;
const WALK_MILLISECONDS = 90_000;

/** Given as text: these tests know no document. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return "";
  const labels = [...(one.labels ?? [])].map((label) => label.textContent).join(" ");
  const by = (one.getAttribute("aria-labelledby") ?? "").split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const name = one.getAttribute("aria-label") || labels || by.trim() || one.innerText || "";
  return name.replaceAll(/\\s+/g, " ").replace(/ \\*$/, "").trim();
})()`;

const POINTER = `window.pointers = 0;
addEventListener("pointerdown", () => { window.pointers += 1; }, { capture: true });`;

/** One test. It fails where a pointer was used, or where a route that it names was never seen. */
export function walk(
  routes: readonly string[],
  what: string,
  open: () => Promise<Page>,
  steps: (keys: Keys) => Promise<void>,
): void {
  test(`${routes.join(", ")}: ${what}`, { timeout: WALK_MILLISECONDS }, async () => {
    const page = await open();
    const seen: string[] = [new URL(page.url()).pathname];
    page.on("framenavigated", (frame) => seen.push(new URL(frame.url()).pathname));
    await page.evaluate(POINTER);

    await steps(keysOn(page));

    expect(await page.evaluate("window.pointers"), "presses of a pointer").toBe(0);
    const isSeen = (route: string): boolean => seen.some((path) => patternOf(route).test(path));
    expect(routes.filter((route) => !isSeen(route))).toEqual([]);
  });
}

export function keysOn(page: Page): Keys {
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const type = (text: string): Promise<void> => page.keyboard.type(text);
  const focused = (): Promise<string> => page.evaluate<string>(FOCUSED);
  const go = async (key: string, name: string | RegExp): Promise<void> => {
    const passed: string[] = [];
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      const here = await focused();
      if (isCalled(here, name)) return;
      passed.push(here);
      await page.keyboard.press(key);
    }
    expect.fail(`${String(name)} is not reached by ${key}: ${passed.slice(-40).join(" | ")}`);
  };
  const tabTo = (name: string | RegExp): Promise<void> => go("Tab", name);
  return {
    page,
    press,
    type,
    focused,
    tabTo,
    backTo: (name) => go("Shift+Tab", name),
    enter: async (name) => {
      await tabTo(name);
      await press("Enter");
    },
    fill: async (name, text) => {
      await tabTo(name);
      await type(text);
    },
  };
}

function isCalled(here: string, name: string | RegExp): boolean {
  return typeof name === "string" ? here === name : name.test(here);
}

/** `/jobs/$job` as what its addresses look like; a literal part is no parameter's value. */
function patternOf(route: string): RegExp {
  return new RegExp(
    `^${route.replaceAll(/\$\w+/g, "(?!(?:profiles|layout|calendar|returns|delegations)$)[^/]+")}$`,
  );
}
