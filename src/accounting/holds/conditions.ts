/**
 * Conditions of holds, compiled once against the facts that the client's rule book declares: the
 * cells of a decision table, so that what is no fact or no fitting value is refused when saved.
 */
import { compileTable } from "../../rulebook/decision-table.ts";
import type { Facts, FactTypes } from "../../rulebook/facts.ts";
import type { RuleBook } from "../../rulebook/load.ts";
import type { Problem } from "../../rulebook/source.ts";
import type { FieldFault } from "../../kernel/failure.ts";
import { refused } from "../../kernel/field-faults.ts";

import type { HoldSettings, WrittenCondition } from "./hold-settings.ts";

export type Condition = (facts: Facts) => boolean;

export interface CustomHold {
  readonly written: HoldSettings["custom"][number];
  readonly applies: Condition;
  /** Null where time or a person ends it. */
  readonly isOver: Condition | null;
}

/** A client's holds, ready to be asked. */
export interface ClientHolds {
  readonly settings: HoldSettings;
  readonly activeCardNumber: Condition;
  readonly fraudCardStatus: Condition;
  readonly newAccountDelay: Condition;
  readonly custom: readonly CustomHold[];
}

const known = new WeakMap<HoldSettings, { rulebook: RuleBook; holds: ClientHolds }>();

/** Throws `configuration-invalid` naming each condition that does not fit the facts. */
export function clientHolds(settings: HoldSettings, rulebook: RuleBook): ClientHolds {
  const before = known.get(settings);
  if (before?.rulebook === rulebook) return before.holds;
  const faults: FieldFault[] = [];
  const holds = compiled(settings, rulebook.facts, faults);
  if (faults.length > 0) throw refused("configuration-invalid", faults);
  known.set(settings, { rulebook, holds });
  return holds;
}

function compiled(settings: HoldSettings, types: FactTypes, faults: FieldFault[]): ClientHolds {
  const of = (written: WrittenCondition | undefined, place: string): Condition =>
    condition(written ?? {}, `/holds/${place}`, types, faults);
  const names = new Set<string>();
  const custom = settings.custom.map((written, index): CustomHold => {
    if (names.has(written.name)) {
      faults.push({ pointer: `/holds/custom/${index}/name`, detail: "is another hold's name" });
    }
    names.add(written.name);
    return {
      written,
      applies: of(written.when, `custom/${index}/when`),
      isOver: written.until === undefined ? null : of(written.until, `custom/${index}/until`),
    };
  });
  return {
    settings,
    activeCardNumber: of(settings.activeCardNumber?.when, "activeCardNumber/when"),
    fraudCardStatus: of(settings.fraudCardStatus?.when, "fraudCardStatus/when"),
    newAccountDelay: of(settings.newAccountDelay?.when, "newAccountDelay/when"),
    custom,
  };
}

function condition(
  written: WrittenCondition,
  pointer: string,
  types: FactTypes,
  faults: FieldFault[],
): Condition {
  if (Object.keys(written).length === 0) return () => true;
  const problems: Problem[] = [];
  const place = { file: pointer, line: 1, column: 1 };
  const table = compileTable<boolean, boolean>(
    { hit: "first", rows: [{ id: "holds", when: { ...written }, then: true }], default: false },
    {
      name: pointer,
      types,
      from: { value: null, at: () => place, atKey: () => place },
      path: [],
      problems,
      outcome: (outcome) => outcome,
    },
  );
  for (const { reason } of problems) faults.push({ pointer, detail: reason });
  return (facts) => table?.evaluate(facts).outcome ?? false;
}
