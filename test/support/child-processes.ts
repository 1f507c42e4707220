/** Processes of ours beside a test: killed as `kill -9` does, and none left when the test ends. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";

import { afterEach } from "vitest";

export interface ChildProcesses {
  /** Starts this Node with these words; without an environment in ours. */
  start(words: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  kill(child: ChildProcess): Promise<void>;
  killAll(): Promise<void>;
}

export function useChildProcesses(): ChildProcesses {
  const running = new Set<ChildProcess>();
  const kill = async (child: ChildProcess): Promise<void> => {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const killAll = async (): Promise<void> => {
    for (const child of running) await kill(child);
  };
  afterEach(killAll);
  return {
    start: (words, env = process.env) => {
      const child = spawn(process.execPath, words, { env, stdio: "ignore" });
      running.add(child);
      return child;
    },
    kill,
    killAll,
  };
}
