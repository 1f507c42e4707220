import { describe, expect, it } from "vitest";

import type { Failure } from "../kernel/failure.ts";

import type { AdjustmentEvent, AdjustmentState } from "./adjustment-machine.ts";
import {
  ADJUSTMENT_EVENTS,
  ADJUSTMENT_STATES,
  assignmentTypeOf,
  CLOSED_STATES,
  GATE_BLOCKING_STATES,
  NEVER_SENT_STATES,
  nextState,
  possibleEvents,
} from "./adjustment-machine.ts";

/** Domain §4, "Leaves by", written down a second time: state, then event → state. */
const SAID: Readonly<Record<AdjustmentState | "new", string>> = {
  new: `
    held planned, approvalAsked awaitingApproval, routedToService pendingService,
    routedToBatch pendingBatch, routedToManual pendingManual, tracked tracked`,
  planned: `
    routedToService pendingService, routedToBatch pendingBatch, routedToManual pendingManual,
    tracked tracked, approvalAsked awaitingApproval, cancelled cancelled`,
  awaitingApproval: `
    routedToService pendingService, routedToBatch pendingBatch, routedToManual pendingManual,
    tracked tracked, held planned, declined cancelled, cancelled cancelled`,
  pendingService: `
    sent sending, retriesUsedUp serviceFailed, partlyPosted partlyExecuted,
    reroutedToBatch pendingBatch, reroutedToManual pendingManual, cancelled cancelled`,
  sending: `
    posted executed, partPosted pendingService, partlyPosted partlyExecuted,
    refused serviceFailed, parked cancelled, parkingAsked pendingService,
    notProcessed pendingService, retriesUsedUp serviceFailed, outcomeUnknown unknown`,
  unknown: `
    outcomeUnknown unknown, resent sending, posted executed, partPosted pendingService,
    partlyPosted partlyExecuted,
    foundPosted executed, foundNotPosted serviceFailed, refused serviceFailed,
    parked cancelled, parkingAsked pendingService`,
  serviceFailed: `
    leftToPerson serviceFailed, retried pendingService, reroutedToBatch pendingBatch,
    reroutedToManual pendingManual,
    attested executed, cancelled cancelled`,
  partlyExecuted: "retried pendingService, nextFileAsked pendingBatch, attested executed",
  pendingBatch: `
    takenIntoFile inFile, unrenderable batchFailed, reroutedToManual pendingManual,
    cancelled cancelled`,
  inFile: `
    handedOver executed, acknowledged executed, matched executed, partlyPosted partlyExecuted,
    lineRefused batchFailed, fileVoided pendingBatch, fileNotDelivered inFile,
    fileResent inFile`,
  batchFailed: `
    nextFileAsked pendingBatch, reroutedToManual pendingManual, attested executed,
    cancelled cancelled`,
  pendingManual: "attested executed, couldNotPost serviceFailed, cancelled cancelled",
  executed: `
    returned batchFailed, partlyReturned partlyExecuted, handOverDisproved pendingBatch`,
  tracked: "",
  cancelled: "",
};

const product = [...ADJUSTMENT_STATES, "new" as const].flatMap((state) =>
  ADJUSTMENT_EVENTS.map((event) => ({ state, event, to: saidOf(state, event) })),
);

function saidOf(state: AdjustmentState | "new", event: AdjustmentEvent): string | null {
  const pair = SAID[state]
    .trim()
    .split(/,\s+/)
    .find((one) => one.startsWith(`${event} `));
  return pair?.split(" ")[1] ?? null;
}

describe("the life of an adjustment", () => {
  it.each(product)("$state and $event leads to $to", ({ state, event, to }) => {
    const from = state === "new" ? null : state;

    if (to !== null) expect(nextState(from, event)).toBe(to);
    else {
      expect(() => nextState(from, event)).toThrow(
        expect.objectContaining({ code: "transition-refused" }) as Failure,
      );
    }
  });

  it("is never left from its closed ends but by what the outside takes back", () => {
    expect(possibleEvents("tracked")).toEqual([]);
    expect(possibleEvents("cancelled")).toEqual([]);
    expect(possibleEvents("executed")).toEqual(["returned", "partlyReturned", "handOverDisproved"]);
  });

  it("is cancelled only where nothing can have reached the system of record, or it said no", () => {
    const cancellable = ADJUSTMENT_STATES.filter((one) => saidOf(one, "cancelled") !== null);

    expect(new Set(cancellable)).toEqual(
      new Set([...NEVER_SENT_STATES, "serviceFailed", "batchFailed"]),
    );
  });

  it("never goes by hand, back or elsewhere from what is unknown or on its way", () => {
    for (const state of ["sending", "unknown", "inFile"] as const) {
      for (const event of ["attested", "cancelled", "reroutedToManual", "retried"] as const) {
        expect(saidOf(state, event)).toBeNull();
      }
    }
  });
});

describe("the assignment that an adjustment shows", () => {
  const facts = [null, "denyDebitDate", "creditNotPosted"].flatMap((hold) =>
    [true, false].flatMap((machineMayAct) =>
      ([null, "service", "batch"] as const).map((failedRoute) => ({
        hold,
        machineMayAct,
        failedRoute,
      })),
    ),
  );

  it.each(ADJUSTMENT_STATES)("is exactly one while %s is open, none once closed", (state) => {
    for (const one of facts) {
      expect(assignmentTypeOf(state, one) === null).toBe(CLOSED_STATES.has(state));
    }
  });

  it("names the denial's date, the machine's and the person's part of an unknown outcome", () => {
    const base = { hold: null, machineMayAct: true, failedRoute: null };

    expect(assignmentTypeOf("planned", { ...base, hold: "denyDebitDate" })).toBe(
      "Pending Deny Debit",
    );
    expect(assignmentTypeOf("planned", { ...base, hold: "creditNotPosted" })).toBe(
      "Pending Accounting Hold",
    );
    expect(assignmentTypeOf("unknown", base)).toBe("Pending Accounting Service");
    expect(assignmentTypeOf("unknown", { ...base, machineMayAct: false })).toBe(
      "Execute Accounting Service Failed",
    );
  });

  it("keeps the gate shut for every open state that domain §7 names", () => {
    const open = ADJUSTMENT_STATES.filter((state) => !CLOSED_STATES.has(state));
    const waitsForFile = ["pendingBatch", "inFile"];

    expect(new Set(GATE_BLOCKING_STATES)).toEqual(
      new Set(open.filter((state) => !waitsForFile.includes(state))),
    );
  });
});
