/** What every command gets: where things are, the clock, and where results and remarks go. */
import type { Clock } from "../kernel/clock.ts";
import type { OpenEngine } from "../open-engine.ts";

export interface CommandContext {
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  /** The checkout or installation: migrations, rule books and samples lie in it. */
  readonly projectDirectory: string;
  readonly clock: Clock;
  /** The database migrated, with what books need. Close it when done. */
  openEngine(): Promise<OpenEngine>;
  /** Results only, a line at a time: what another program reads. */
  print(line: string): void;
  /** Everything else: progress, remarks, errors. */
  remark(line: string): void;
  /** The exit code when the command is done, unless it throws. */
  finish(code: number): void;
}
