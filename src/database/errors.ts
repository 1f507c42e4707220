/** What PostgreSQL's errors mean to us: a lost connection, a conflict worth repeating, a rule. */
import { Failure } from "../kernel/failure.ts";

const CONNECTION_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENOENT",
  // A socket of this machine whose queue is full.
  "EAGAIN",
  "28000",
  "28P01",
  "3D000",
  "53300",
  "57P01",
  "57P02",
  "57P03",
]);
const CONNECTION_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a conn)/;

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";

/** The SQLSTATE (or the system's error code) of a thrown value, if it carries one. */
export function sqlState(error: unknown): string | undefined {
  return text(error, "code");
}

/** The name of the constraint that a statement violated: what turns an error into a `Failure`. */
export function violatedConstraint(error: unknown): string | undefined {
  return text(error, "constraint");
}

/** True where another transaction got in the way and the same work may be done again. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED;
}

/** A lost or refused connection as `database-unreachable`; everything else unchanged. */
export function understood(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const state = sqlState(error) ?? "";
  const lost =
    CONNECTION_CODES.has(state) || state.startsWith("08") || CONNECTION_TEXT.test(error.message);
  if (!lost) return error;
  const detail = error.message === "" ? state : error.message;
  const failure = new Failure("database-unreachable", detail);
  failure.cause = error;
  return failure;
}

function text(error: unknown, field: "code" | "constraint"): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : undefined;
}
