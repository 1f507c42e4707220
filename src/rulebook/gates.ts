/** The resolution gate as data: what has to stand at zero, and under which conditions. */
import { z } from "zod";

import type { CompiledAmount } from "./amount-expression.ts";
import { compileAmount } from "./amount-expression.ts";
import type { Book } from "./book.ts";
import { records, section } from "./book.ts";
import { POSITION_NAMES } from "./operations.ts";
import { nameShape } from "./shape.ts";
import type { Problem } from "./source.ts";

export const GATES_FILE = "gates.yaml";
export const GATE_DECISIONS = ["pay", "deny", "partialDeny", "writeOff"] as const;
export type GateDecision = (typeof GATE_DECISIONS)[number];

const gateShape = z.strictObject({
  zero: z.array(nameShape).describe("Collections that have to stand at zero on every account"),
  notPositive: z.array(nameShape),
  conditions: z.array(
    z.strictObject({
      position: z.union([z.string(), z.int()]).transform((value) => String(value)),
      is: z.union([z.literal(0), z.literal("positive")]),
      words: z.string().min(1).describe("What is wrong where it does not hold"),
    }),
  ),
});

export interface GateCondition {
  readonly position: CompiledAmount;
  readonly is: 0 | "positive";
  readonly words: string;
}

export interface Gate {
  readonly zero: readonly string[];
  readonly notPositive: readonly string[];
  readonly conditions: readonly GateCondition[];
}

export const gateSection = section({
  file: GATES_FILE,
  key: "gates",
  record: gateShape,
  id: z.enum(GATE_DECISIONS),
  meaning: "The resolution gate by decision",
});

export function loadGates(
  book: Book,
  collections: ReadonlySet<string>,
  problems: Problem[],
): ReadonlyMap<GateDecision, Gate> {
  const gates = new Map<GateDecision, Gate>();
  const names = new Set<string>(POSITION_NAMES);
  for (const [id, { data, at }] of records(book, gateSection, problems)) {
    for (const key of ["zero", "notPositive"] as const) {
      data[key].forEach((name, index) => {
        if (collections.has(name)) return;
        problems.push({ ...at([key, index]), reason: `unknown collection "${name}"` });
      });
    }
    const conditions = data.conditions.map((condition, index) => {
      const compiled = compileAmount(condition.position, names);
      if (!("reason" in compiled)) return { ...condition, position: compiled };
      const path = ["conditions", index, "position"];
      problems.push({ ...at(path), reason: `"${condition.position}": ${compiled.reason}` });
      return { ...condition, position: { text: "0", reads: [], evaluate: () => 0n } };
    });
    gates.set(id as GateDecision, { zero: data.zero, notPositive: data.notPositive, conditions });
  }
  return gates;
}
