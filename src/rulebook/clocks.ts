/**
 * Regulatory clocks as data: what starts one, how long it runs, what meets it, what stops it, and
 * the paragraph it comes from. What a test reads and nobody gave is unknown, never false.
 */
import { z } from "zod";

import type { Book, Located } from "./book.ts";
import { records, section } from "./book.ts";
import type { FactDeclaration, FactTypes } from "./facts.ts";
import { nameShape } from "./shape.ts";
import type { Path, Problem } from "./source.ts";

export const CLOCKS_FILE = "clocks.yaml";

/** What the books and operations of a dispute show by themselves. */
export const CLOCK_EVENTS = [
  "caseOpened",
  "provisionalCreditPosted",
  "creditedInFull",
  "decided",
  "paid",
  "withdrawn",
  "returnRecorded",
] as const;

export type ClockEvent = (typeof CLOCK_EVENTS)[number];

const isShape = z.strictObject({
  fact: nameShape,
  is: z.union([z.string(), z.boolean(), z.int()]),
});
const withinShape = z.strictObject({
  fact: nameShape,
  withinDays: z.int().min(0).describe("Calendar days, both ends included"),
  after: nameShape.describe("The date fact that the days are counted from"),
});
const plainShape = z.union([isShape, withinShape]);
const agreeShape = z.strictObject({
  agree: z
    .array(plainShape)
    .min(2)
    .describe("One thing said in several ways: where those that are known differ, it is unknown"),
});
const anyShape = z.strictObject({ anyOf: z.array(z.union([plainShape, agreeShape])).min(2) });
const testShape = z.union([plainShape, agreeShape, anyShape]);
const testsShape = z.array(testShape).min(1);

const momentShape = z.union([
  z.strictObject({ fact: nameShape.describe("A date that somebody gives or records") }),
  z.strictObject({ event: z.enum(CLOCK_EVENTS) }),
]);

const lengthShape = z.strictObject({
  when: testsShape.optional().describe("All have to hold; the last length has none"),
  businessDays: z.int().min(1).optional().describe("Of the client's own calendar"),
  calendarDays: z.int().min(1).optional(),
  thenBusinessDay: z.boolean().optional().describe("Ends on the first business day after those"),
  notAfter: nameShape.optional().describe("A date fact; the clock ends on it if it comes first"),
  citation: z.string().min(1).optional(),
});

const exemptionShape = z.strictObject({
  when: testsShape,
  because: z.string().min(1),
  citation: z.string().min(1),
  onceDue: z.boolean().optional().describe("Known only when the time is up: until then it runs"),
  unlessBy: nameShape
    .optional()
    .describe("A date fact: no exemption where it is not after the end"),
});

const leadShape = z.union([
  z.strictObject({ businessDays: z.int().min(0) }),
  z.strictObject({ calendarDays: z.int().min(0) }),
]);

const clockShape = z.strictObject({
  title: z.string().min(1),
  regulation: z.string().min(1).describe("As people name it, e.g. Reg E"),
  citation: z.string().min(1),
  paragraph: z.string().min(1).describe("What the paragraph asks, in a sentence"),
  when: testsShape.optional().describe("Disputes that it is for"),
  starts: z.array(momentShape).min(1).describe("The first that is known"),
  lengths: z.array(lengthShape).min(1).describe("The first whose tests hold"),
  metBy: z.array(momentShape).min(1).describe("The earliest"),
  stoppedBy: z.array(z.enum(CLOCK_EVENTS)).default([]),
  exempt: z.array(exemptionShape).default([]),
  mayWithhold: z
    .strictObject({ upTo: z.string().regex(/^[0-9]+(\.[0-9]+)?$/), when: testsShape })
    .optional()
    .describe("Of creditedInFull: what may be held back, in the dispute's currency"),
  warn: leadShape.describe("How long before its end it is warned of"),
  automatic: z
    .enum(["provisionalCredit", "finalCredit"])
    .optional()
    .describe("What meets it; a client may let the machine do it"),
});

export type ClockTest = z.infer<typeof testShape>;
export type PlainTest = z.infer<typeof plainShape>;
export type ClockMoment = z.infer<typeof momentShape>;
export type ClockLength = z.infer<typeof lengthShape>;
export type ClockExemption = z.infer<typeof exemptionShape>;
export type ClockLead = z.infer<typeof leadShape>;

export interface RegulatoryClock extends z.infer<typeof clockShape> {
  readonly id: string;
}

export const clockSection = section({
  file: CLOCKS_FILE,
  key: "clocks",
  record: clockShape,
  id: nameShape,
  meaning: "Regulatory clocks by name",
});

export function loadClocks(
  book: Book,
  facts: FactTypes,
  problems: Problem[],
): ReadonlyMap<string, RegulatoryClock> {
  const clocks = new Map<string, RegulatoryClock>();
  for (const [id, located] of records(book, clockSection, problems)) {
    checkClock(located, facts, problems);
    clocks.set(id, { ...located.data, id });
  }
  return clocks;
}

type Written = Omit<RegulatoryClock, "id">;

function checkClock({ data, at }: Located<Written>, facts: FactTypes, problems: Problem[]): void {
  const complain = (path: Path, reason: string): void => {
    problems.push({ ...at(path), reason });
  };
  const expect = (name: string, type: FactDeclaration["type"] | null, path: Path): void => {
    const fact = facts.get(name);
    if (fact === undefined) complain(path, `unknown fact "${name}"`);
    else if (type !== null && fact.type !== type) complain(path, `"${name}" is no ${type}`);
  };
  const tests = (list: readonly ClockTest[] | undefined, path: Path): void => {
    for (const test of list ?? []) {
      for (const plain of plainTests(test)) {
        if ("is" in plain)
          checkIs(plain, facts.get(plain.fact), (reason) => complain(path, reason));
        else for (const name of [plain.fact, plain.after]) expect(name, "date", path);
      }
    }
  };
  tests(data.when, ["when"]);
  tests(data.mayWithhold?.when, ["mayWithhold"]);
  for (const key of ["starts", "metBy"] as const) {
    data[key].forEach((moment, index) => {
      if ("fact" in moment) expect(moment.fact, "date", [key, index, "fact"]);
    });
  }
  data.exempt.forEach((one, index) => {
    tests(one.when, ["exempt", index, "when"]);
    if (one.unlessBy !== undefined) expect(one.unlessBy, "date", ["exempt", index, "unlessBy"]);
  });
  data.lengths.forEach((length, index) => {
    tests(length.when, ["lengths", index, "when"]);
    if ((length.businessDays === undefined) === (length.calendarDays === undefined)) {
      complain(["lengths", index], "say business days or calendar days");
    }
    if (length.notAfter !== undefined) expect(length.notAfter, "date", ["lengths", index]);
    const last = index === data.lengths.length - 1;
    if (last && length.when !== undefined) {
      complain(["lengths", index, "when"], "the last length has to hold always");
    }
    if (!last && length.when === undefined) {
      complain(["lengths", index], "the lengths after one that always holds are never reached");
    }
  });
}

function checkIs(
  { fact: name, is }: z.infer<typeof isShape>,
  fact: FactDeclaration | undefined,
  complain: (reason: string) => void,
): void {
  if (fact === undefined) return complain(`unknown fact "${name}"`);
  const type = { string: "string", boolean: "boolean", number: "integer" }[typeof is as "string"];
  if (fact.type !== type) return complain(`"${name}" is ${fact.type}, not ${type}`);
  if (fact.values !== null && !fact.values.includes(String(is))) {
    complain(`"${String(is)}" is not one of ${fact.values.join(", ")}`);
  }
}

/** The plain tests inside a test. */
export function plainTests(test: ClockTest): readonly PlainTest[] {
  if ("agree" in test) return test.agree;
  return "anyOf" in test ? test.anyOf.flatMap(plainTests) : [test];
}

/** Every fact that a clock reads: what may be recorded of a dispute after it was opened. */
export function factsRead(clock: RegulatoryClock): ReadonlySet<string> {
  const tests = [
    ...(clock.when ?? []),
    ...clock.lengths.flatMap((length) => length.when ?? []),
    ...clock.exempt.flatMap((one) => one.when),
    ...(clock.mayWithhold?.when ?? []),
  ].flatMap(plainTests);
  return new Set([
    ...tests.flatMap((test) => ("is" in test ? [test.fact] : [test.fact, test.after])),
    ...momentFacts(clock),
    ...clock.lengths.flatMap((length) => length.notAfter ?? []),
    ...clock.exempt.flatMap((one) => one.unlessBy ?? []),
  ]);
}

/** Date facts that start or meet the clock: things that happened. */
export function momentFacts(clock: RegulatoryClock): readonly string[] {
  return [...clock.starts, ...clock.metBy].flatMap((one) => ("fact" in one ? [one.fact] : []));
}
