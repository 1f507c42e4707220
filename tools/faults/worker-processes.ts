/** Workers in processes of their own, as an installation runs them; made to be killed. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

export interface WorkerProcesses {
  kills(): number;
  /** SIGKILL, and another takes its place. */
  killOne(): Promise<void>;
  /** Lets them end what they do. */
  stop(): Promise<void>;
}

export function startWorkerProcesses(
  environment: Readonly<Record<string, string>>,
  count: number,
  remark: (line: string) => void,
): WorkerProcesses {
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [MAIN, "worker"], {
      env: { PATH: process.env["PATH"], TZ: process.env["TZ"], ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => remark(text.trimEnd()));
    return child;
  };
  const running = Array.from({ length: count }, start);
  let kills = 0;
  return {
    kills: () => kills,
    killOne: async () => {
      const child = running.shift() as ChildProcess;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      kills += 1;
      running.push(start());
    },
    stop: async () => {
      await Promise.all(
        running.map(async (child) => {
          if (child.exitCode !== null) return;
          const gone = once(child, "exit");
          child.kill("SIGTERM");
          await gone;
        }),
      );
    },
  };
}
