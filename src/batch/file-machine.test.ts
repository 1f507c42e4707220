import { expect, test } from "vitest";

import { Failure } from "../kernel/failure.ts";
import type { FileEvent, FileState } from "./file-machine.ts";
import { FILE_EVENTS, FILE_STATES, nextFileState, possibleFileEvents } from "./file-machine.ts";

/** Written down a second time, in another shape: a change of the table has to be meant. */
const EXPECTED = [
  "generated sent sending",
  "generated placed handedOver",
  "generated acknowledged acknowledged",
  "generated voided void",
  "sending sent sending",
  "sending placed handedOver",
  "sending notPlaced transmissionFailed",
  "sending couldNotTell deliveryUnknown",
  "sending acknowledged acknowledged",
  "deliveryUnknown sent sending",
  "deliveryUnknown placed handedOver",
  "deliveryUnknown resendAsked sending",
  "deliveryUnknown acknowledged acknowledged",
  "deliveryUnknown voided void",
  "handedOver resendAsked sending",
  "handedOver acknowledged acknowledged",
  "handedOver voided void",
  "transmissionFailed resendAsked sending",
  "transmissionFailed acknowledged acknowledged",
  "transmissionFailed voided void",
];

function outcome(state: FileState, event: FileEvent): FileState | null {
  try {
    return nextFileState(state, event);
  } catch (error) {
    if (error instanceof Failure && error.code === "transition-refused") return null;
    throw error;
  }
}

test("every state and event: the table's target, or refused", () => {
  const found = FILE_STATES.flatMap((state) =>
    FILE_EVENTS.flatMap((event) => {
      const target = outcome(state, event);
      return target === null ? [] : [`${state} ${event} ${target}`];
    }),
  );

  expect(found.toSorted()).toEqual(EXPECTED.toSorted());
});

test("void and acknowledged are the end", () => {
  expect(possibleFileEvents("void")).toEqual([]);
  expect(possibleFileEvents("acknowledged")).toEqual([]);
});
