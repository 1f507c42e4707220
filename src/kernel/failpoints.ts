/**
 * Named places where a test makes the process die or an operation fail, by configuration alone:
 * `batch.transmit.renamed=kill,service.sent=fail`. Without configuration they cost nothing.
 */
import { Failure } from "./failure.ts";

export interface Failpoints {
  /** Does what is configured for the name, if anything. */
  at(name: string): void;
}

export const noFailpoints: Failpoints = { at: () => undefined };

/** Thrown at a failpoint that is set to fail. */
export class FailpointReached extends Error {
  override readonly name = "FailpointReached";
}

export type FailpointAction = "kill" | "fail";

/** Throws `configuration-invalid` for anything but `name=kill` and `name=fail`. */
export function failpointsFrom(
  text: string | undefined,
  kill: () => void = () => process.kill(process.pid, "SIGKILL"),
): Failpoints {
  const actions = new Map<string, FailpointAction>();
  for (const part of (text ?? "").split(",").filter((one) => one.trim() !== "")) {
    const [name = "", action = ""] = part.trim().split("=");
    if (name === "" || (action !== "kill" && action !== "fail")) {
      throw new Failure("configuration-invalid", `failpoint ${part}: name=kill or name=fail`);
    }
    actions.set(name, action);
  }
  if (actions.size === 0) return noFailpoints;
  return {
    at: (name) => {
      const action = actions.get(name);
      if (action === "kill") kill();
      if (action === "fail") throw new FailpointReached(`failpoint ${name}`);
    },
  };
}
