/** Secrets by reference: `env:NAME` or `file:PATH`. The value goes into a header, nowhere else. */
import { readFileSync } from "node:fs";

import { Failure } from "../kernel/failure.ts";

/** The secret behind a reference. Throws `configuration-invalid`, naming the reference alone. */
export type Secrets = (reference: string) => string;

export function secretsFrom(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return (reference) => {
    const value = reference.startsWith("env:")
      ? environment[reference.slice("env:".length)]
      : contentOf(reference.slice("file:".length));
    if (value === undefined || value === "") {
      throw new Failure("configuration-invalid", `there is no secret at ${reference}`, {
        setting: reference,
      });
    }
    return value;
  };
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
