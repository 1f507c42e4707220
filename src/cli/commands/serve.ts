/** `redress serve` and `redress worker`: the server with its workers, or workers alone. */
import type { Command } from "commander";

export type Serve = (
  role: "server" | "worker",
  options: { readonly sample: boolean },
) => Promise<void>;

export function serverCommands(program: Command, serve: Serve): void {
  program
    .command("serve")
    .description("serve portal and API, and do the work that is due, until stopped")
    .option("--sample", "load the sample into an empty database that is not the embedded one")
    .action((options: { sample?: boolean }) =>
      serve("server", { sample: options.sample === true }),
    );
  program
    .command("worker")
    .description("do the work that is due, without serving, until stopped")
    .action(() => serve("worker", { sample: false }));
}
