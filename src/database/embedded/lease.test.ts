import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import type { SupervisorAddress } from "./directory.ts";
import { leaseEmbedded } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { isAlive, markOf } from "./processes.ts";

const HOLD_LEASE = join(import.meta.dirname, "..", "..", "..", "test", "support", "hold-lease.ts");
const NOBODY = 65_534;

let used = "";

beforeAll(async () => {
  used = await mkdtemp(join(tmpdir(), "redress-lease-"));
  await chmod(used, 0o711);
  const lease = await leaseEmbedded({ dataDirectory: used, graceSeconds: 0 });
  await lease.release({ stopIfLast: true });
});

afterAll(() => rm(used, { recursive: true, force: true }));

describe("a new server", () => {
  test("keeps commits, sorts by bytes, listens here only, wants its password", async () => {
    const dataDirectory = await aDirectory();
    const { databaseUrl } = await aLease(dataDirectory);

    const [row] = await ask(
      databaseUrl,
      `select current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as synchronous_commit,
              current_setting('full_page_writes') as full_page_writes,
              current_setting('listen_addresses') as listen_addresses,
              current_setting('unix_socket_directories') as sockets,
              current_setting('data_checksums') as checksums,
              pg_encoding_to_char(encoding) as encoding, datcollate as collation
       from pg_database where datname = current_database()`,
    );
    const otherPassword = new URL(databaseUrl);
    const socketDirectory = otherPassword.searchParams.get("host") as string;
    otherPassword.password = "guess";

    expect(row).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      sockets: socketDirectory,
      checksums: "on",
      encoding: "UTF8",
      collation: "C",
    });
    await expect(ask(otherPassword.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    // Nobody else comes as far as the socket.
    expect(socketDirectory.startsWith("/")).toBe(true);
    expect((await stat(socketDirectory)).mode & 0o777).toBe(0o700);
    const password = await stat(join(dataDirectory, "embedded", "password"));
    expect(password.mode & 0o777).toBe(0o600);
  });

  test("is one server for three commands that start at once", async () => {
    const dataDirectory = await aDirectory();

    const leases = await Promise.all([1, 2, 3].map(() => aLease(dataDirectory)));

    expect(new Set(leases.map(({ databaseUrl }) => databaseUrl)).size).toBe(1);
    const log = await readFile(join(dataDirectory, "embedded", "postgres.log"), "utf8");
    expect(log.match(/ready to accept connections/g)).toHaveLength(1);
    expect((await readdir(dataDirectory)).sort()).toEqual(["embedded", "postgres"]);
  });
});

test("a server whose path is too long for a socket is reached by its port", async () => {
  const dataDirectory = join(await aDirectory(), "a".repeat(60), "b".repeat(60));
  const { databaseUrl } = await aLease(dataDirectory);

  const [row] = await ask(
    databaseUrl,
    `select current_setting('unix_socket_directories') as sockets,
            inet_client_addr() is not null as "isByPort"`,
  );

  expect(new URL(databaseUrl).searchParams.has("host")).toBe(false);
  expect(row).toEqual({ sockets: "", isByPort: true });
});

test("data in a directory closed to everybody else is served, by root too", async () => {
  const dataDirectory = await aDirectory(0o700);

  const lease = await aLease(dataDirectory);

  expect(await ask(lease.databaseUrl, "select 1 as alive")).toEqual([{ alive: 1 }]);
  expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700);
});

test.runIf(process.getuid?.() === 0)(
  "root in somebody's directory leaves everything theirs, so that they can go on alone",
  async () => {
    const place = await aDirectory(0o755);
    await chown(place, NOBODY, NOBODY);
    const dataDirectory = join(place, "data");

    const lease = await aLease(dataDirectory);

    const paths = await readdir(place, { recursive: true });
    const owners = paths.map(async (path) => (await lstat(join(place, path))).uid);
    expect(new Set(await Promise.all(owners))).toEqual(new Set([NOBODY]));
    expect(await ask(lease.databaseUrl, "select 1 as alive")).toEqual([{ alive: 1 }]);
  },
);

describe("the last lease", () => {
  test("stops the server; the next start serves its rows at the same address", async () => {
    const dataDirectory = await aUsedDirectory();
    const first = await aLease(dataDirectory);
    await ask(first.databaseUrl, "create table kept as select 42 as answer");
    await first.release({ stopIfLast: true });
    const stopped = ask(first.databaseUrl, "select 1");
    await expect(stopped).rejects.toMatchObject({ code: "ENOENT" });

    const second = await aLease(dataDirectory);

    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(await ask(second.databaseUrl, "select * from kept")).toEqual([{ answer: 42 }]);
  });

  test("is the last only when every other command let go", async () => {
    const dataDirectory = await aUsedDirectory();
    const command = await aCommand(dataDirectory);
    const lease = await aLease(dataDirectory);

    await lease.release({ stopIfLast: true });
    expect(await ask(command.databaseUrl, "select 1 as alive")).toEqual([{ alive: 1 }]);
    command.child.stdin?.end();
    await once(command.child, "exit");

    await vi.waitUntil(() => isDown(command.databaseUrl), { timeout: 15_000, interval: 100 });
  });

  test("of a command that is killed is dropped", async () => {
    const dataDirectory = await aUsedDirectory();
    const command = await aCommand(dataDirectory);

    command.child.kill("SIGKILL");

    const isGone = (): Promise<boolean> => isDown(command.databaseUrl);
    expect(await vi.waitUntil(isGone, { timeout: 15_000, interval: 100 })).toBe(true);
  });
});

describe("when the supervisor is killed", () => {
  test("the server goes on, is taken over, and stops with the last lease", async () => {
    const dataDirectory = await aUsedDirectory();
    const lease = await aLease(dataDirectory);
    const started = await postmasterStart(lease.databaseUrl);
    const killed = await killSupervisor(dataDirectory);

    await vi.waitUntil(async () => (await supervisorOf(dataDirectory)) !== killed, {
      timeout: 15_000,
      interval: 50,
    });
    expect(await postmasterStart(lease.databaseUrl)).toBe(started);
    await letGo(lease);

    await vi.waitUntil(() => isDown(lease.databaseUrl), { timeout: 15_000, interval: 100 });
  });

  test("and the server with it, the rows committed before are served again", async () => {
    const dataDirectory = await aUsedDirectory();
    const lease = await aLease(dataDirectory);
    await ask(lease.databaseUrl, "create table kept as select 42 as answer");

    await killSupervisor(dataDirectory);
    process.kill(await postmasterPid(dataDirectory), "SIGKILL");

    await vi.waitUntil(async () => !(await isDown(lease.databaseUrl)), {
      timeout: 30_000,
      interval: 100,
    });
    expect(await ask(lease.databaseUrl, "select * from kept")).toEqual([{ answer: 42 }]);
  });
});

test("a server that is killed is started again at the same address", async () => {
  const dataDirectory = await aUsedDirectory();
  const lease = await aLease(dataDirectory);
  await ask(lease.databaseUrl, "create table kept as select 42 as answer");
  const started = await postmasterStart(lease.databaseUrl);

  process.kill(await postmasterPid(dataDirectory), "SIGKILL");

  await vi.waitUntil(
    async () =>
      !(await isDown(lease.databaseUrl)) && (await postmasterStart(lease.databaseUrl)) !== started,
    { timeout: 30_000, interval: 100 },
  );
  expect(await ask(lease.databaseUrl, "select * from kept")).toEqual([{ answer: 42 }]);
});

describe("a pid that was left behind", () => {
  test.each([
    { whose: "a stranger's, after a reboot", pid: () => Promise.resolve(process.pid) },
    { whose: "a zombie's, which nobody reaps", pid: aZombie },
  ])("$whose does not keep the server from starting", async ({ pid }) => {
    const dataDirectory = await aUsedDirectory();
    const first = await aLease(dataDirectory);
    await first.release({ stopIfLast: true });
    const lines = [await pid(), join(dataDirectory, "postgres"), 1, 1, "", "127.0.0.1", "", ""];
    await writeFile(join(dataDirectory, "postgres", "postmaster.pid"), lines.join("\n"));

    const second = await aLease(dataDirectory);

    expect(await ask(second.databaseUrl, "select 1 as alive")).toEqual([{ alive: 1 }]);
  });

  test("beside a socket, of a stranger that runs as PostgreSQL does, neither", async () => {
    const dataDirectory = await aUsedDirectory();
    const first = await aLease(dataDirectory);
    const { port } = new URL(first.databaseUrl);
    await first.release({ stopIfLast: true });
    const cluster = join(dataDirectory, "postgres");
    const { uid, gid } = await stat(cluster);
    const stranger = spawn("sleep", ["60"], process.getuid?.() === uid ? {} : { uid, gid });
    onTestFinished(() => void stranger.kill("SIGKILL"));
    const lock = join(cluster, `.s.PGSQL.${port}.lock`);
    for (const path of [join(cluster, "postmaster.pid"), lock]) {
      const lines = [stranger.pid, cluster, 1, port, cluster, "127.0.0.1", "", ""];
      await writeFile(path, lines.join("\n"));
      await chown(path, uid, gid);
    }

    const second = await aLease(dataDirectory);

    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(await ask(second.databaseUrl, "select 1 as alive")).toEqual([{ alive: 1 }]);
  });
});

test("data without its password is left alone, and the reason is said", async () => {
  const dataDirectory = await aUsedDirectory();
  const first = await aLease(dataDirectory);
  await first.release({ stopIfLast: true });
  await rm(join(dataDirectory, "embedded", "password"));

  await expect(aLease(dataDirectory)).rejects.toMatchObject({
    code: "database-unreachable",
    message: expect.stringMatching(/postgres exists, but its password .* is missing/),
  });
  expect(await readdir(join(dataDirectory, "postgres"))).toContain("PG_VERSION");
});

test("a directory that cannot be used is said at once, with its name", async () => {
  const place = await aDirectory();
  await writeFile(join(place, "file"), "");

  await expect(aLease(join(place, "file", "data"))).rejects.toMatchObject({
    code: "database-unreachable",
    message: expect.stringMatching(/data directory .*file\/data cannot be used by this user/),
  });
});

/** A data directory with a server that served before: copied, which is quicker than made. */
async function aUsedDirectory(): Promise<string> {
  const directory = await aDirectory();
  await promisify(execFile)("cp", ["-a", `${used}/.`, directory]);
  return directory;
}

async function aDirectory(mode = 0o711): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-lease-"));
  await chmod(directory, mode);
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

async function aLease(dataDirectory: string): Promise<Lease> {
  const lease = await leaseEmbedded({ dataDirectory, graceSeconds: 0.5 });
  onTestFinished(() => letGo(lease));
  return lease;
}

async function letGo(lease: Lease): Promise<void> {
  await lease.release({ stopIfLast: true });
}

async function aCommand(
  dataDirectory: string,
): Promise<{ child: ChildProcess; databaseUrl: string }> {
  const child = spawn(process.execPath, [HOLD_LEASE, dataDirectory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  const [databaseUrl] = (await once(lines, "line")) as [string];
  return { child, databaseUrl };
}

/** A process that ended and whose parent never asks. */
async function aZombie(): Promise<number> {
  const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  const pid = Number(line);
  await vi.waitUntil(async () => !(await isAlive(await markOf(pid))));
  return pid;
}

async function ask(databaseUrl: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}

function isDown(databaseUrl: string): Promise<boolean> {
  return ask(databaseUrl, "select 1").then(
    () => false,
    () => true,
  );
}

async function postmasterStart(databaseUrl: string): Promise<string> {
  const rows = await ask(databaseUrl, "select pg_postmaster_start_time()::text as at");
  return (rows as { at: string }[])[0]?.at ?? "";
}

async function postmasterPid(dataDirectory: string): Promise<number> {
  const text = await readFile(join(dataDirectory, "postgres", "postmaster.pid"), "utf8");
  return Number(text.split("\n")[0]);
}

async function supervisorOf(dataDirectory: string): Promise<number> {
  const text = await readFile(join(dataDirectory, "embedded", "supervisor.json"), "utf8");
  return (JSON.parse(text) as SupervisorAddress).process.pid;
}

async function killSupervisor(dataDirectory: string): Promise<number> {
  const pid = await supervisorOf(dataDirectory);
  process.kill(pid, "SIGKILL");
  return pid;
}
