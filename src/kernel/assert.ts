/** Assertions that stay on in production: a false one is our own mistake, never the caller's. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}
