/** Which process is meant by a pid that was written down: pids are used again, zombies linger. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface ProcessMark {
  readonly pid: number;
  /** When it started, in the system's own words: together with the pid it is unique. */
  readonly started: string;
}

interface Seen {
  readonly program: string;
  readonly state: string;
  readonly started: string;
}

const run = promisify(execFile);

export async function markOf(pid: number): Promise<ProcessMark> {
  return { pid, started: (await look(pid))?.started ?? "" };
}

/** True while that very process runs; a zombie runs no more. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
  const seen = await look(mark.pid);
  return seen !== undefined && seen.state !== "Z" && seen.started === mark.started;
}

/** True where a live process of that name has the pid. */
export async function runsProgram(pid: number, program: string): Promise<boolean> {
  const seen = await look(pid);
  return seen !== undefined && seen.state !== "Z" && seen.program === program;
}

async function look(pid: number): Promise<Seen | undefined> {
  return process.platform === "linux" ? lookInProc(pid) : lookByPs(pid);
}

/** `/proc/PID/stat`: pid (program) state … with the start time as field 22. */
async function lookInProc(pid: number): Promise<Seen | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const program = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { program, state: fields[0] ?? "", started: fields[19] ?? "" };
}

async function lookByPs(pid: number): Promise<Seen | undefined> {
  const ps = await run("ps", ["-o", "state=,lstart=,ucomm=", "-p", String(pid)]).catch(() => null);
  const match = /^(\S)\S*\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(ps?.stdout.trim() ?? "");
  if (match === null) return undefined;
  return { state: match[1] ?? "", started: match[2] ?? "", program: (match[3] ?? "").trim() };
}
