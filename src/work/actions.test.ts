import { Temporal } from "temporal-polyfill";
import { describe, expect, test, vi } from "vitest";

import { aDispute, NOW } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment, aPerson } from "../../test/support/work.ts";
import {
  ADJUSTMENT_STATES,
  assignmentTypeOf,
  TRANSITIONS,
} from "../accounting/adjustment-machine.ts";
import type { AdjustmentEvent } from "../accounting/adjustment-machine.ts";

import { manualClock } from "../kernel/clock.ts";

import type { ActionName } from "./actions.ts";
import type { ActionVerb } from "./perform-action.ts";
import { ACTION_NAMES, ACTION_ROWS, offeredActions, RIGHTS, workableTypes } from "./actions.ts";
import { assignmentActions } from "./perform-action.ts";
import { ASSIGNMENT_TYPE_ROWS } from "./assignment-types.ts";
import { assignmentView } from "./assignment-view.ts";
import { takeAssignments } from "./take.ts";
import { assignmentsById } from "./views.ts";

/** What an action does to the adjustment; one of these has to be in the machine's row. */
const EVENTS: Readonly<Record<ActionName, readonly AdjustmentEvent[]>> = {
  take: [],
  release: [],
  completion: ["attested"],
  failure: ["couldNotPost"],
  retry: ["retried", "nextFileAsked", "routedToService"],
  run: ["sent", "resent"],
  supply: ["routedToService"],
  postable: ["routedToService"],
  notPostable: ["routedToManual"],
  finding: ["foundPosted", "foundNotPosted"],
  override: ["retried"],
  account: ["cancelled"],
  receivable: ["cancelled"],
  resolved: [],
  disbursement: [],
  approval: ["declined"],
  manual: ["reroutedToManual"],
  cancellation: ["cancelled"],
  assignment: [],
  pending: [],
  resumption: [],
  unworkable: [],
  restoration: [],
  note: [],
};

const nameOf = (action: { readonly name: string }): string => action.name;

const FACTS = [
  { hold: null, machineMayAct: true, failedRoute: "service" as const },
  { hold: null, machineMayAct: false, failedRoute: "batch" as const },
  { hold: "custom", machineMayAct: true, failedRoute: null },
  { hold: "activeCardNumber", asksPerson: true, machineMayAct: true, failedRoute: null },
  { hold: "fraudCardStatus", asksPerson: true, machineMayAct: true, failedRoute: null },
  { hold: "clientHold", asksPerson: true, machineMayAct: true, failedRoute: null },
];

describe("the table of actions", () => {
  test.each(ACTION_ROWS.filter((row) => row.states !== null))(
    "$name of $types: the machine knows what follows in every state named",
    ({ name, types, states }) => {
      for (const state of ADJUSTMENT_STATES.filter((one) => states?.includes(one))) {
        const shown = FACTS.map((facts) => assignmentTypeOf(state, facts));
        const possible = Object.keys(TRANSITIONS[state]);

        expect(shown.some((type) => type !== null && types.includes(type))).toBe(true);
        expect(EVENTS[name].some((event) => possible.includes(event))).toBe(true);
      }
      expect(states?.every((state) => ADJUSTMENT_STATES.some((one) => one === state))).toBe(true);
    },
  );

  test("unknown is never completed by hand, cancelled or rerouted", () => {
    const names = ACTION_ROWS.filter((row) => row.states?.includes("unknown")).map(
      (row) => row.name,
    );

    expect(names.sort()).toEqual(["finding", "run"]);
  });

  test("what was partly executed is never cancelled whole", () => {
    const names = ACTION_ROWS.filter((row) => row.states?.includes("partlyExecuted")).map(
      (row) => row.name,
    );

    expect(new Set(names)).toEqual(new Set(["retry", "completion", "override"]));
  });

  test("every type named exists, every action is used, one row per type, state and name", () => {
    const types = ASSIGNMENT_TYPE_ROWS.map((row) => row.type);

    expect(ACTION_ROWS.flatMap((row) => row.types).filter((one) => !types.includes(one))).toEqual(
      [],
    );
    expect(new Set(ACTION_ROWS.map((row) => row.name))).toEqual(new Set(ACTION_NAMES));
    const cells = ACTION_ROWS.flatMap((row) => row.types.map((type) => `${type} ${row.name}`));
    expect(new Set(cells).size).toBe(cells.length);
  });

  test("work a person has no right to finish is not theirs to get", () => {
    expect(workableTypes(new Set([RIGHTS.approve]))).toEqual(["Approve Accounting"]);
    expect(workableTypes(new Set([RIGHTS.work]))).not.toContain("Approve Accounting");
    expect(workableTypes(new Set())).toEqual([]);
  });
});

describe("on an assignment", () => {
  const database = useDatabase();

  async function serviceFailure(state: "serviceFailed" | "unknown" = "serviceFailed") {
    const placed = await aDispute(database);
    const one = await anOpenAdjustment(database, placed, {
      state,
      route: "AUTO",
      assignment: { type: "Execute Accounting Service Failed" },
    });
    const key = { clientId: "harbor", id: one.assignmentId };
    return { ...one, key, read: async () => (await assignmentsById(database, [key]))[0] };
  }

  test("each action says whether it is allowed, and why not", async () => {
    const { read } = await serviceFailure();
    const row = await read();

    const all = row && offeredActions(row, aPerson());
    const viewer = row && offeredActions(row, aPerson("vic", []));

    expect(all?.filter((one) => one.allowed).map((one) => one.name)).toEqual([
      "take",
      "retry",
      "completion",
      "manual",
      "cancellation",
      "pending",
      "unworkable",
      "assignment",
      "note",
    ]);
    expect(all?.find((one) => one.name === "finding")).toMatchObject({
      allowed: false,
      why: "Not possible in the state service failed",
    });
    expect(viewer?.filter((one) => one.allowed)).toEqual([]);
  });

  test("while unknown only a finding is possible", async () => {
    const { read } = await serviceFailure("unknown");
    const row = await read();

    const offered = row && offeredActions(row, aPerson());

    expect(offered?.filter((one) => one.allowed).map((one) => one.name)).toEqual([
      "take",
      "finding",
      "pending",
      "unworkable",
      "assignment",
      "note",
    ]);
    expect(offered?.find((one) => one.name === "completion")?.why).toMatch(/find out first/);
  });

  test("what somebody else has can only be looked at", async () => {
    const { key, read } = await serviceFailure();
    await takeAssignments({ database, clock: manualClock(Temporal.Instant.from(NOW)) }, "ben", [
      { ...key, version: 1 },
    ]);
    const row = await read();

    const { supervise: _, ...ordinary } = RIGHTS;
    const offered = row && assignmentView(row, aPerson("amy", Object.values(ordinary))).actions;
    const supervisor = row && assignmentView(row, aPerson("amy")).actions;

    const allowed = (all: typeof offered) => all?.filter((one) => one.allowed).map(nameOf);
    expect(allowed(offered)).toEqual(["note"]);
    expect(allowed(supervisor)).toEqual(["release", "assignment", "note"]);
    expect(offered?.find((one) => one.name === "retry")?.why).toBe("ben has it");
  });

  test("the view carries numbers, money and no inside ids", async () => {
    const { assignmentId, adjustmentId, read } = await serviceFailure();
    const row = await read();

    const view = row && assignmentView(row, aPerson());

    expect(view).toMatchObject({
      id: assignmentId,
      adjustment: adjustmentId,
      amount: { amount: "100.00", currency: "USD" },
      claim: expect.stringMatching(/^[0-9]{12}C$/),
      dispute: expect.stringMatching(/^[0-9]{12}D$/),
      dailyCritical: true,
      leavesAt: null,
    });
  });

  test("a batch assignment shows when its window is expected to leave", async () => {
    const placed = await aDispute(database);
    const one = await anOpenAdjustment(database, placed, { state: "pendingBatch" });

    const [row] = await assignmentsById(database, [{ clientId: "harbor", id: one.assignmentId }]);

    expect(row && assignmentView(row, aPerson()).leavesAt).toBe("2026-11-17T05:00:00Z");
  });

  test("performing calls the verb registered, with what it has to check again", async () => {
    const { key, adjustmentId } = await serviceFailure();
    const retry = vi.fn<ActionVerb>(() => Promise.resolve("done"));
    const { perform } = assignmentActions(database, { retry });

    const result = await perform({
      clientIds: ["harbor"],
      assignmentId: key.id,
      action: "retry",
      version: 1,
      person: aPerson(),
      input: { note: "core is back" },
    });

    expect(result).toBe("done");
    expect(retry).toHaveBeenCalledExactlyOnceWith({
      clientId: "harbor",
      assignmentId: key.id,
      adjustmentId,
      version: 1,
      actor: "amy",
      rights: aPerson().rights,
      input: { note: "core is back" },
    });
  });

  test.each([
    ["a stale version", { version: 7 }, "stale-version"],
    ["a missing right", { person: aPerson("vic", []) }, "forbidden"],
    ["another client's", { clientIds: ["other"] }, "not-found"],
    ["a state that does not fit", { action: "finding" as const }, "transition-refused"],
    ["a type without it", { action: "approval" as const }, "transition-refused"],
    ["a verb nobody registered", { action: "cancellation" as const }, "transition-refused"],
  ])("%s is refused before the verb runs", async (_, changes, code) => {
    const { key } = await serviceFailure();
    const verb = vi.fn<ActionVerb>(() => Promise.resolve());
    const { perform } = assignmentActions(database, { retry: verb, finding: verb, approval: verb });

    const request = {
      clientIds: ["harbor"],
      assignmentId: key.id,
      action: "retry" as const,
      version: 1,
      person: aPerson(),
      input: {},
      ...changes,
    };

    await expect(perform(request)).rejects.toMatchObject({ code });
    expect(verb).not.toHaveBeenCalled();
  });
});
