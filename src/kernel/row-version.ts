/** The version of a row: a command on what changed since it was read is refused. */
import { Failure } from "./failure.ts";

/** Throws `stale-version` where the version read is not the present one. */
export function refuseStale(read: number, present: number): void {
  if (read === present) return;
  const detail = `version ${read} was read, it is ${present} now`;
  throw new Failure("stale-version", detail, { read, present });
}
