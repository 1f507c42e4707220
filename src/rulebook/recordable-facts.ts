/** Facts that clocks read and that may be recorded after a dispute was opened, and their values. */
import { factsRead, momentFacts, plainTests } from "./clocks.ts";
import type { RegulatoryClock } from "./clocks.ts";
import type { FactDeclaration, FactValue } from "./facts.ts";

export interface RecordableFacts {
  readonly all: ReadonlySet<string>;
  /** Those that happened on a day: never in the future. */
  readonly moments: ReadonlySet<string>;
}

/** Which clocks a dispute has is said when it is opened: what decides that stays as it was. */
export function recordableFacts(clocks: ReadonlyMap<string, RegulatoryClock>): RecordableFacts {
  const list = [...clocks.values()];
  const deciding = new Set(
    list
      .flatMap((clock) => clock.when ?? [])
      .flatMap(plainTests)
      .map((test) => test.fact),
  );
  const all = new Set(list.flatMap((clock) => [...factsRead(clock)]));
  return {
    all: new Set([...all].filter((name) => !deciding.has(name))),
    moments: new Set(list.flatMap(momentFacts)),
  };
}

/** What the text of a recorded fact means; null where it means nothing for this type. */
export function recordedValue(
  { type }: Pick<FactDeclaration, "type">,
  text: string,
): Exclude<FactValue, null> | null {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : null;
  if (type === "integer") return /^-?[0-9]{1,15}$/.test(text) ? BigInt(text) : null;
  return text;
}
