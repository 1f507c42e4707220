/** Assertions that stay on in production: a false one is our own mistake, never the caller's. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}

/** For a case that the types say cannot happen. */
export function unreachable(value: never, what = "unreachable"): never {
  throw new Error(`${what}: ${String(value)}`);
}
