/**
 * The operations as data: inputs, the rules they fire with their amounts, limits, and the group
 * that the table of dispute states allows. Refuses an operation, network and stage that fires more
 * than one principal rule, or none without saying so.
 */
import { z } from "zod";

import type { CompiledAmount } from "./amount-expression.ts";
import { compileAmount } from "./amount-expression.ts";
import type { Book, Located } from "./book.ts";
import { records, section } from "./book.ts";
import { missingRules } from "./procedure-rules.ts";
import { nameShape } from "./shape.ts";
import type { Path, Problem } from "./source.ts";

export const OPERATIONS_FILE = "operations.yaml";
export const STATES_FILE = "states.yaml";

export const OPERATION_GROUPS = [
  "credits",
  "takings",
  "denials",
  "plannedDenial",
  "settling",
  "record",
  "resolve",
  "reopen",
  "always",
  "manual",
  "history",
] as const;

export type OperationGroup = (typeof OPERATION_GROUPS)[number];

/** Positions that amount expressions may name (domain §2), beside the operation's own amounts. */
export const POSITION_NAMES = [
  "disputed",
  "denied",
  "uncredited",
  "surplus",
  "holderCredit",
  "merchantCredit",
  "committedAccountHolder",
  "bookedSuspense",
  "merchant",
  "otherInstitution",
  "loss",
  "recovered",
  "writtenOff",
  "remaining",
  "coreSuspense",
  "checksPayable",
  "checksCleared",
  "receivables",
  "customerReceivable",
  "atmOverShort",
] as const;

export const NETWORKS = ["visa", "mastercard", "other"] as const;
export const STAGES = ["first", "second", "arbitration"] as const;
export const PROCEDURES = [
  "writeOff",
  "reverseWriteOff",
  "denyDispute",
  "withdrawDispute",
  "recordNoticeSent",
  "cancelDenial",
  "performDebit",
  "takeBackDuplicateCredit",
  "bookCustomerReceivable",
  "recordCoreSuspensePosting",
  "amountInDispute",
  "adjustManually",
  "reverseAdjustment",
  "importHistory",
  "resolve",
  "reopen",
  "recordRegulatoryFact",
] as const;

export type Procedure = (typeof PROCEDURES)[number];

const inputShape = z.strictObject({
  type: z.enum(["amount", "date", "text", "choice", "boolean", "list"]),
  default: z.union([z.string(), z.int()]).optional().describe("Of an amount: an expression"),
  required: z.boolean().optional(),
  optional: z.boolean().optional().describe("An amount without a default that may be left out"),
  values: z.array(z.string()).optional(),
  tick: z.boolean().optional().describe("Of a text: true is accepted as well, as from a tick"),
});

const amountText = z.union([z.string(), z.int()]).transform((value) => String(value));

const firesShape = z.strictObject({
  rule: nameShape.optional(),
  principal: z.boolean().optional().describe("The one rule that `principal` picks"),
  amount: amountText,
  when: z.array(nameShape).optional().describe("Facts and settings that have to be true"),
  network: z.enum(NETWORKS).optional(),
  stage: z.enum(STAGES).optional(),
  follows: z.boolean().optional().describe("Waits for the principal"),
});

const principalShape = z.strictObject({
  network: z.enum(NETWORKS).optional(),
  stage: z.enum(STAGES).optional(),
  kind: z.string().optional(),
  rule: nameShape.optional(),
  noEntry: z.boolean().optional(),
});

const operationShape = z.strictObject({
  label: z.string().min(1),
  group: z.enum(OPERATION_GROUPS),
  procedure: z.enum(PROCEDURES).optional(),
  inputs: z.record(nameShape, inputShape).default({}),
  limit: amountText.optional().describe("Of the amount"),
  principal: z.array(principalShape).min(1).optional(),
  fires: z.array(firesShape).default([]),
  settles: z.enum(["inward", "outward"]).optional(),
  referenceInput: nameShape.optional(),
  wholeInput: nameShape
    .optional()
    .describe("The amount of what the reference names; several disputes may use it, part by part"),
  notBeforeInput: nameShape.optional(),
  raisesDisputed: z.boolean().optional(),
  movesTo: z.enum(["provisionallyCredited", "finalCredit"]).optional(),
});

export interface OperationInput {
  readonly name: string;
  readonly type: "amount" | "date" | "text" | "choice" | "boolean" | "list";
  readonly default: CompiledAmount | null;
  readonly required: boolean;
  readonly optional: boolean;
  readonly values: readonly string[] | null;
  /** Of a text: `true` is accepted as well. */
  readonly tick: boolean;
}

export interface Firing {
  /** Null: the principal that network, stage or kind picks. */
  readonly rule: string | null;
  readonly amount: CompiledAmount;
  readonly when: readonly string[];
  readonly network: (typeof NETWORKS)[number] | null;
  readonly stage: (typeof STAGES)[number] | null;
  readonly follows: boolean;
}

export interface PrincipalChoice {
  readonly network: (typeof NETWORKS)[number] | null;
  readonly stage: (typeof STAGES)[number] | null;
  readonly kind: string | null;
  /** Null: no entry, and the book says so. */
  readonly rule: string | null;
}

export interface Operation {
  readonly id: string;
  readonly label: string;
  readonly group: OperationGroup;
  readonly procedure: Procedure | null;
  readonly inputs: ReadonlyMap<string, OperationInput>;
  readonly limit: CompiledAmount | null;
  readonly principal: readonly PrincipalChoice[];
  readonly fires: readonly Firing[];
  readonly settles: "inward" | "outward" | null;
  readonly referenceInput: string | null;
  /** The input that says how much there is of what the reference names. */
  readonly wholeInput: string | null;
  readonly notBeforeInput: string | null;
  readonly raisesDisputed: boolean;
  readonly movesTo: "provisionallyCredited" | "finalCredit" | null;
}

export const operationSection = section({
  file: OPERATIONS_FILE,
  key: "operations",
  record: operationShape,
  id: nameShape,
  meaning: "Operations by name",
});

/** What a dispute has come to; a book says what each of them allows. */
export const DISPUTE_STATES = [
  "open",
  "provisionallyCredited",
  "denialPlanned",
  "finalCredit",
  "denied",
  "withdrawn",
  "resolved",
] as const;

export type DisputeState = (typeof DISPUTE_STATES)[number];

const stateShape = z.strictObject({ allows: z.array(z.enum(OPERATION_GROUPS)) });

export const stateSection = section({
  file: STATES_FILE,
  key: "states",
  record: stateShape,
  id: z.enum(DISPUTE_STATES),
  meaning: "Which groups of operations a state of a dispute allows",
});

/** Which groups each state allows. */
export function loadStates(
  book: Book,
  problems: Problem[],
): ReadonlyMap<string, ReadonlySet<OperationGroup>> {
  const states = new Map<string, ReadonlySet<OperationGroup>>();
  for (const [id, { data }] of records(book, stateSection, problems)) {
    states.set(id, new Set(data.allows));
  }
  return states;
}

export function loadOperations(
  book: Book,
  rules: ReadonlySet<string>,
  problems: Problem[],
): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const [id, located] of records(book, operationSection, problems)) {
    const before = problems.length;
    const operation = operationOf(id, located, rules, problems);
    if (problems.length === before) checkPrincipals(operation, located, problems);
    for (const rule of missingRules(operation, rules)) {
      const path = operation.procedure === null ? ["settles"] : ["procedure"];
      problems.push({ ...located.at(path), reason: `${id} needs the rule "${rule}"` });
    }
    operations.set(id, operation);
  }
  return operations;
}

type Written = z.infer<typeof operationShape>;

function operationOf(
  id: string,
  located: Located<Written>,
  rules: ReadonlySet<string>,
  problems: Problem[],
): Operation {
  const { data } = located;
  const own = Object.entries(data.inputs).filter(([, input]) => input.type === "amount");
  const names = new Set<string>([...POSITION_NAMES, ...own.map(([name]) => name)]);
  const compile = (text: string, path: Path, allowed = names): CompiledAmount => {
    const compiled = compileAmount(text, allowed);
    if (!("reason" in compiled)) return compiled;
    problems.push({ ...located.at(path), reason: `amount "${text}": ${compiled.reason}` });
    return { text, reads: [], evaluate: () => 0n };
  };
  const known = (rule: string | undefined, path: Path): string | null => {
    if (rule === undefined) return null;
    if (!rules.has(rule)) problems.push({ ...located.at(path), reason: `unknown rule "${rule}"` });
    return rule;
  };
  const positions = new Set<string>(POSITION_NAMES);
  for (const [name, path] of [
    [data.referenceInput, ["referenceInput"]],
    [data.wholeInput, ["wholeInput"]],
    [data.notBeforeInput, ["notBeforeInput"]],
  ] as const) {
    if (name !== undefined && data.inputs[name] === undefined) {
      problems.push({ ...located.at(path), reason: `unknown input "${name}"` });
    }
  }
  return {
    id,
    label: data.label,
    group: data.group,
    procedure: data.procedure ?? null,
    inputs: inputsOf(data, (text, name) => compile(text, ["inputs", name, "default"], positions)),
    limit: data.limit === undefined ? null : compile(data.limit, ["limit"], positions),
    principal: (data.principal ?? []).map((choice, index) => ({
      network: choice.network ?? null,
      stage: choice.stage ?? null,
      kind: choice.kind ?? null,
      rule: known(choice.rule, ["principal", index, "rule"]),
    })),
    fires: data.fires.map((firing, index) => {
      if ((firing.rule === undefined) === (firing.principal !== true)) {
        problems.push({ ...located.at(["fires", index]), reason: "name a rule, or the principal" });
      }
      return {
        rule: known(firing.rule, ["fires", index, "rule"]),
        amount: compile(firing.amount, ["fires", index, "amount"]),
        when: firing.when ?? [],
        network: firing.network ?? null,
        stage: firing.stage ?? null,
        follows: firing.follows ?? false,
      };
    }),
    settles: data.settles ?? null,
    referenceInput: data.referenceInput ?? null,
    wholeInput: data.wholeInput ?? null,
    notBeforeInput: data.notBeforeInput ?? null,
    raisesDisputed: data.raisesDisputed ?? false,
    movesTo: data.movesTo ?? null,
  };
}

function inputsOf(
  { inputs }: Written,
  compile: (text: string, name: string) => CompiledAmount,
): ReadonlyMap<string, OperationInput> {
  return new Map(
    Object.entries(inputs).map(([name, input]) => [
      name,
      {
        name,
        type: input.type,
        default: input.default === undefined ? null : compile(String(input.default), name),
        required: input.required ?? false,
        optional: input.optional ?? false,
        values: input.values ?? null,
        tick: input.tick ?? false,
      },
    ]),
  );
}

/**
 * One principal rule per operation, network and stage. Rules fired beside it that neither follow
 * it nor carry an own input would be a second principal.
 */
function checkPrincipals(
  operation: Operation,
  located: Located<Written>,
  problems: Problem[],
): void {
  const complain = (path: Path, reason: string): void => {
    problems.push({ ...located.at(path), reason });
  };
  operation.principal.forEach((choice, index) => {
    const written = located.data.principal?.[index];
    const path = ["principal", index] as const;
    if ((choice.rule === null) !== (written?.noEntry === true)) {
      complain(path, `${wordsOf(choice)}: name a rule, or say noEntry: true`);
    }
    const other = operation.principal.findIndex((one) => overlaps(one, choice));
    if (other < index) {
      complain(path, `${operation.id}: ${wordsOf(choice)} fires more than one principal rule`);
    }
  });
  const principals = operation.fires
    .map((firing, index) => ({ firing, index }))
    .filter(({ firing }) => !firing.follows && carries(firing));
  for (const { firing, index } of principals.slice(1)) {
    const first = principals[0]?.firing;
    if (first !== undefined && !together(first, firing)) continue;
    complain(["fires", index], `${operation.id} fires more than one principal rule`);
  }
  if (operation.principal.length > 0 && !operation.fires.some((firing) => firing.rule === null)) {
    complain(["principal"], `${operation.id} picks a principal rule and does not fire it`);
  }
  for (const network of missingNetworks(operation)) {
    complain(
      ["principal"],
      `${operation.id}: network ${network} fires no rule and does not say so`,
    );
  }
}

/** A rule that carries the operation's own amount, not an extra beside it. */
function carries(firing: Firing): boolean {
  return firing.rule === null || firing.amount.reads.includes("amount");
}

function together(one: Firing, other: Firing): boolean {
  const apart = (a: string | null, b: string | null): boolean =>
    a !== null && b !== null && a !== b;
  return !apart(one.network, other.network) && !apart(one.stage, other.stage);
}

function overlaps(one: PrincipalChoice, other: PrincipalChoice): boolean {
  const meets = (a: string | null, b: string | null): boolean =>
    a === null || b === null || a === b;
  return (
    meets(one.network, other.network) &&
    meets(one.stage, other.stage) &&
    meets(one.kind, other.kind)
  );
}

function missingNetworks(operation: Operation): string[] {
  if (!operation.principal.some((choice) => choice.network !== null)) return [];
  return NETWORKS.filter((network) => !operation.principal.some((one) => one.network === network));
}

function wordsOf(choice: PrincipalChoice): string {
  return [choice.network, choice.stage, choice.kind].filter((part) => part !== null).join(" ");
}
