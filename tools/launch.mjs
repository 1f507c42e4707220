/**
 * Behind every npm script: installs what is missing, finds Node 24, runs the task in it.
 *
 * Plain JavaScript without a dependency: on a fresh clone nothing is installed, and the Node that
 * starts it may be 20. Its own noise goes to stderr.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const CACHE = join(ROOT, ".cache");
const MODULES = join(ROOT, "node_modules");
const PORTAL = join(ROOT, "portal");
/** What the portal is built from; of the server it takes only the kernel and tables of states. */
const PORTAL_SOURCES = ["portal", "client", "src", "package-lock.json"];
const IN_THE_PORTAL = /[/](portal|client|kernel)[/]|machine[^/]*$|package-lock[.]json$/;

const VITEST = "node_modules/vitest/vitest.mjs";

/**
 * A heap that is swept before it has grown to four times what is alive, as Node lets it where a
 * machine has the room; what is young has room for the calls and answers of a moment, or all of
 * them were moved out of it (docs/decisions/120). What `NODE_OPTIONS` says wins.
 */
const HEAP = "--max-old-space-size=2000 --max-semi-space-size=32";
/** What threads have given back is used by all: each with a store of its own keeps tens of MB. */
const MALLOC_ARENAS = "2";

/** Task → the file that Node 24 runs, with the arguments before those given. */
const TASKS = {
  start: { file: "src/cli/main.ts", args: ["serve"], portal: "needed", heap: HEAP },
  redress: { file: "src/cli/main.ts" },
  test: { file: VITEST, args: ["run"], portal: "wanted" },
  "test:system": { file: VITEST, args: ["run", "test/system"], env: { SYSTEM: "1" }, system: true },
  check: { file: "tools/check.ts" },
  schema: { file: "tools/write-schema.ts" },
  openapi: { file: "tools/write-openapi.ts" },
  bench: { file: "bench/main.ts", portal: "wanted", heap: HEAP },
  property: { file: "tools/property.ts" },
  faults: { file: "tools/faults.ts" },
  rehearse: { file: "tools/rehearse.ts" },
  node: {},
};

const [name, ...given] = process.argv.slice(2);
const task = TASKS[name];
if (task === undefined) {
  fail(`usage: node tools/launch.mjs ${Object.keys(TASKS).join("|")} [arguments]`, 2);
}
process.chdir(ROOT);
if (!isInstalled()) withLock("install", () => isInstalled() || install());
const node = findNode() ?? withLock("node", () => findNode() ?? installNode());
if (task.portal && isPortalStale()) withLock("portal", () => isPortalStale() && buildPortal());
const args = [...(task.file ? [task.file] : []), ...(task.args ?? []), ...given];
Object.assign(process.env, task.env);
if (task.system) run(node, ["tools/system-programs.ts"]);
await runTask();

/** The wanted packages, version by version, against npm's own record of what it put there. */
function isInstalled() {
  const there = readJson(join(MODULES, ".package-lock.json"))?.packages;
  const wanted = readJson(join(ROOT, "package-lock.json")).packages;
  if (there === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, link }]) => {
    if (path === "" || link) return true;
    const found = there[path];
    return found === undefined ? Boolean(optional || devOptional) : found.version === version;
  });
}

/**
 * Not `npm ci`: it insists that the lock file names the optional packages of every platform, which
 * a registry that does not carry them all cannot give. What is installed is compared afterwards.
 */
function install() {
  say("installing packages (once) …");
  npm(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (!isInstalled()) fail("what is installed is not what package-lock.json names");
}

/**
 * Node 24 or newer: the one that runs this, or the npm package `node`, whose install script may
 * have been refused: then its platform package, by itself.
 */
function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const platform = platformPackage();
  return [
    join(MODULES, "node", "bin", "node"),
    join(MODULES, "node", "node_modules", platform, "bin", "node"),
    join(CACHE, "node", "node_modules", platform, "bin", "node"),
  ].find((path) => spawnSync(path, ["--version"]).status === 0);
}

function installNode() {
  const version = readJson(join(ROOT, "package.json")).dependencies.node;
  say(`installing Node ${version} (once) …`);
  const place = join(CACHE, "node");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), "{}\n");
  const wanted = `${platformPackage()}@${version}`;
  npm(["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", wanted], place);
  return findNode() ?? fail(`no Node ${version} for ${process.platform} ${process.arch}`);
}

function platformPackage() {
  const prefix = process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${process.platform}-${process.arch}`;
}

function isPortalStale() {
  if (!existsSync(join(PORTAL, "index.html"))) return false;
  const built = statSync(join(PORTAL, "dist", "index.html"), { throwIfNoEntry: false });
  return (
    built === undefined || PORTAL_SOURCES.some((path) => newest(join(ROOT, path)) > built.mtimeMs)
  );
}

function buildPortal() {
  say("building the portal …");
  const vite = join(MODULES, "vite", "bin", "vite.js");
  const parameters = ["build", PORTAL, "--logLevel", "warn", "--emptyOutDir", "--outDir", "dist"];
  const { status } = spawnSync(node, [vite, ...parameters], { stdio: ["ignore", 2, 2] });
  // Tests go on: those of the portal say that it is not there.
  if (status !== 0) (task.portal === "needed" ? fail : say)("the portal does not build");
}

function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return IN_THE_PORTAL.test(path) ? found.mtimeMs : 0;
  const names = readdirSync(path).filter((entry) => entry !== "dist" && entry !== "node_modules");
  return Math.max(0, ...names.map((entry) => newest(join(path, entry))));
}

/**
 * In this very process where it is Node 24 already and its heap may be as it is; else in a child
 * that answers for us.
 */
async function runTask() {
  if (node === process.execPath && task.file && !task.heap) {
    stopWithNpm(() => process.kill(process.pid, "SIGTERM"));
    process.argv = [node, join(ROOT, task.file), ...args.slice(1)];
    await import(pathToFileURL(join(ROOT, task.file)).href);
    return;
  }
  const path = `${dirname(node)}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH: path };
  if (task.heap) {
    env.NODE_OPTIONS = `${task.heap} ${env.NODE_OPTIONS ?? ""}`;
    env.MALLOC_ARENA_MAX ??= MALLOC_ARENAS;
  }
  const child = spawn(node, args, { stdio: "inherit", env });
  // The terminal sends an interrupt to both; from elsewhere it is passed on.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  stopWithNpm(() => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** npm runs in the Node that started it: ours may lie in the directory that npm replaces. */
function npm(parameters, directory = ROOT) {
  const { npm_execpath: cli, npm_node_execpath: starter = process.execPath, HOME } = process.env;
  const env = { ...process.env };
  if (!isWritable(HOME)) env.npm_config_cache = join(CACHE, "npm");
  if (cli?.endsWith(".js")) run(starter, [cli, ...parameters], { cwd: directory, env });
  else run("npm", parameters, { cwd: directory, env });
}

/** Both outputs go to stderr: stdout belongs to the task. */
function run(program, parameters, options = {}) {
  const { status, error } = spawnSync(program, parameters, { stdio: ["ignore", 2, 2], ...options });
  if (status !== 0) fail(`${program} ${parameters.join(" ")} failed ${error?.message ?? ""}`);
}

/** One process at a time; the directory names its holder, whose death frees it. */
function withLock(what, work) {
  const lock = join(CACHE, `${what}.lock`);
  mkdirSync(CACHE, { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    writeFileSync(join(lock, "pid"), String(process.pid));
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return false;
  } catch (error) {
    if (error.code === "ESRCH") return true;
    // No pid yet: its holder is just about to write it, unless it died in between.
    const made = statSync(lock, { throwIfNoEntry: false });
    return error.code === "ENOENT" && made !== undefined && Date.now() - made.mtimeMs > 5000;
  }
}

function isWritable(directory) {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line, code = 1) {
  say(line);
  process.exit(code);
}

/**
 * npm that is told to stop takes its shell with it and tells nobody else: whoever stops `npm start`
 * would leave the server behind. So we look whether our parent is still there.
 */
function stopWithNpm(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}
