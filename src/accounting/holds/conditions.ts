/**
 * Conditions of holds, compiled once against the facts that the client's rule book declares: the
 * cells of a decision table, so that what is no fact or no fitting value is refused when saved.
 */
import { compileTable } from "../../rulebook/decision-table.ts";
import type { Cell } from "../../rulebook/cell.ts";
import type { Facts, FactTypes } from "../../rulebook/facts.ts";
import { factTypes } from "../../rulebook/facts.ts";
import type { RuleBook } from "../../rulebook/load.ts";
import type { Problem } from "../../rulebook/source.ts";
import type { FieldFault } from "../../kernel/failure.ts";
import { refused } from "../../kernel/field-faults.ts";

import type { HoldSettings, WrittenCondition } from "./hold-settings.ts";
import { HOLD_FACTS } from "./supplied-facts.ts";

export interface Condition {
  fits(facts: Facts): boolean;
  /** What it asks for and nobody knows: until then its word is no answer. */
  unknown(facts: Facts): readonly string[];
}

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

const ALWAYS: Condition = { fits: () => true, unknown: () => [] };

const known = new WeakMap<HoldSettings, { rulebook: RuleBook; holds: ClientHolds }>();

/** Throws `configuration-invalid` naming each condition that does not fit the facts. */
export function clientHolds(settings: HoldSettings, rulebook: RuleBook): ClientHolds {
  const before = known.get(settings);
  if (before?.rulebook === rulebook) return before.holds;
  const faults: FieldFault[] = [];
  const holds = compiled(settings, factTypes(rulebook.facts.values(), HOLD_FACTS), faults);
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
  if (Object.keys(written).length === 0) return ALWAYS;
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
  const cells = [...(table?.rows[0]?.cells ?? [])];
  const asked = cells.flatMap(([name, cell]) => (asksForValue(cell) ? [name] : []));
  return {
    fits: (facts) => table?.evaluate(facts).outcome ?? false,
    unknown: (facts) => asked.filter((name) => (facts.values[name] ?? null) === null),
  };
}

/** A cell that names `absent` takes not knowing for an answer; every other one does not. */
function asksForValue(cell: Cell): boolean {
  return cell.kind === "items" && cell.items.every((item) => item.kind !== "absent");
}
