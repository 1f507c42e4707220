/**
 * A real browser from npm alone: the packed Chromium with the shared libraries and fonts it
 * brings, so that nothing has to be installed. Where it does not run (another system or
 * processor), an installed one is used.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { inflate } from "@sparticuz/chromium";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const ROOT = join(import.meta.dirname, "..", "..");
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
/** Not the package's own list: its single-process mode closes the browser on the second page. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
];

/** Close it at the end of the test: `onTestFinished(() => browser.close())`. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform === "linux" && process.arch === "x64") {
    const directory = await unpacked();
    return chromium.launch({
      executablePath: join(directory, "chromium"),
      args: FLAGS,
      env: {
        ...environment(),
        HOME: directory,
        FONTCONFIG_FILE: join(directory, "fonts.conf"),
        LD_LIBRARY_PATH: join(directory, "al2023", "lib"),
      },
    });
  }
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed === undefined) {
    throw new Error(`no browser for ${process.platform} ${process.arch}: install Chromium`);
  }
  return chromium.launch({ executablePath: installed, args: FLAGS });
}

/** Unpacked once per version and user; whole under its final name, so that tests may race. */
async function unpacked(): Promise<string> {
  const packageFile = join(dirname(mainFile()), "..", "package.json");
  const { version } = JSON.parse(await readFile(packageFile, "utf8")) as { version: string };
  const cache = join(ROOT, ".cache", "browser");
  const directory = join(cache, `${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(directory)) return directory;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${directory}-`);
  await unpackInto(draft, join(dirname(packageFile), "bin"));
  await writeFile(join(draft, "fonts.conf"), fontConfiguration(directory));
  await rename(draft, directory).catch(async (error: unknown) => {
    await rm(draft, { recursive: true });
    if (!existsSync(directory)) throw error;
  });
  return directory;
}

/** The package unpacks into the directory for temporary files, wherever that is just now. */
async function unpackInto(directory: string, packed: string): Promise<void> {
  const before = process.env["TMPDIR"] ?? tmpdir();
  process.env["TMPDIR"] = directory;
  try {
    const names = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];
    await Promise.all(names.map((name) => inflate(join(packed, name))));
  } finally {
    process.env["TMPDIR"] = before;
  }
}

/** The package's own names the directories of the place it was made for. */
function fontConfiguration(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, "fonts")}</dir>
  <cachedir>${join(directory, "font-cache")}</cachedir>
</fontconfig>
`;
}

function mainFile(): string {
  return createRequire(import.meta.url).resolve("@sparticuz/chromium");
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
