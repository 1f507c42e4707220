/** The built portal before a server over a test's database, and a real browser that looks at it. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";

import { createUser } from "../../src/access/create-user.ts";
import type { Role } from "../../src/access/roles.ts";
import { ROLES } from "../../src/access/roles.ts";
import type { Database } from "../../src/database/database.ts";
import { launchBrowser } from "./browser.ts";
import { glance } from "./glance.ts";
import type { TestServer } from "./http.ts";
import { testServer } from "./http.ts";

const DIRECTORY = join(import.meta.dirname, "..", "..", "portal", "dist");
const PASSWORD = "correct horse battery staple";

export interface PortalSite {
  readonly server: TestServer;
  readonly address: string;
  /** Adds a person; answers the name. */
  person(name: string, roles?: readonly Role[], clients?: readonly string[]): Promise<string>;
  /** A page of a fresh browser profile. What it complains of is collected in `complaints`. */
  page(options?: BrowserContextOptions): Promise<Page>;
  /** The same, signed in by its form. */
  signedIn(name: string, path?: string, options?: BrowserContextOptions): Promise<Page>;
  readonly complaints: string[];
}

/** Call it at the top of the file, once. It listens and looks while the file's tests run. */
export function usePortal(database: Database): PortalSite {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  let address = "";
  const complaints: string[] = [];
  const theServer = (): TestServer => server ?? fail("the server runs while tests run");

  beforeAll(async () => {
    if (!existsSync(join(DIRECTORY, "index.html"))) fail("the portal is not built: npm test does");
    server = await testServer(database, { portalDirectory: DIRECTORY });
    address = await server.app.listen({ host: "127.0.0.1", port: 0 });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.app.close();
  });

  const page: PortalSite["page"] = async (options = {}) => {
    const context = await (browser ?? fail("the browser runs while tests run")).newContext({
      baseURL: address,
      locale: "en-US",
      timezoneId: "America/New_York",
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    const opened = await context.newPage();
    onTestFinished(async () => {
      await glance(opened, pictureName());
      await context.close();
    });
    opened.setDefaultTimeout(20_000);
    opened.on("pageerror", (error) => complaints.push(error.message));
    opened.on("console", (message) => {
      // A browser reports refusals of the API too, which are answers and not faults.
      const isRefusal = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isRefusal) complaints.push(message.text());
    });
    return opened;
  };

  return {
    get server() {
      return theServer();
    },
    get address() {
      return address;
    },
    complaints,
    page,
    person: async (name, roles = ROLES, clients) => {
      const request = { name, displayName: name, password: PASSWORD, roles };
      await createUser(
        theServer().engine,
        { ...request, clients: clients ?? null },
        { actor: "test", requestId: null },
      );
      return name;
    },
    signedIn: async (name, path = "/", options = {}) => {
      const opened = await page(options);
      await opened.goto(path);
      await signIn(opened, name);
      return opened;
    },
  };
}

/** By keyboard: the name's field has the focus when the page is shown. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole("textbox", { name: "User" }).waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

/** Presses Tab until the element has the focus; it must be near. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 12; presses += 1) {
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  expect.fail(`${selector} cannot be reached by Tab`);
}

/** Of the test that runs, as a file can be called. */
function pictureName(): string {
  const name = expect.getState().currentTestName ?? "page";
  return name.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(-90);
}

function fail(message: string): never {
  throw new Error(message);
}
