/**
 * The life of a batch file, as a table: in this state, this event leads there. Only proof is
 * success and only proof is failure; what is neither is `deliveryUnknown`, settled by looking or
 * by a person's statement.
 */
import { Failure } from "../kernel/failure.ts";

export const FILE_STATES = [
  "generated",
  "sending",
  "deliveryUnknown",
  "handedOver",
  "acknowledged",
  "transmissionFailed",
  "void",
] as const;

export type FileState = (typeof FILE_STATES)[number];

export const FILE_EVENTS = [
  "sent",
  "placed",
  "notPlaced",
  "couldNotTell",
  "resendAsked",
  "acknowledged",
  "voided",
] as const;

export type FileEvent = (typeof FILE_EVENTS)[number];

export const FILE_TRANSITIONS: Readonly<
  Record<FileState, Readonly<Partial<Record<FileEvent, FileState>>>>
> = {
  // A file that a person carries is acknowledged or handed over without our sending it.
  generated: {
    sent: "sending",
    placed: "handedOver",
    acknowledged: "acknowledged",
    voided: "void",
  },
  sending: {
    // The same state: a process took over what another left half way.
    sent: "sending",
    placed: "handedOver",
    notPlaced: "transmissionFailed",
    couldNotTell: "deliveryUnknown",
    // An answer is proof that it arrived, whatever our own try still says.
    acknowledged: "acknowledged",
  },
  deliveryUnknown: {
    // Looking again: what is found settles it.
    sent: "sending",
    resendAsked: "sending",
    placed: "handedOver",
    acknowledged: "acknowledged",
    voided: "void",
  },
  handedOver: { resendAsked: "sending", acknowledged: "acknowledged", voided: "void" },
  acknowledged: {},
  transmissionFailed: { resendAsked: "sending", acknowledged: "acknowledged", voided: "void" },
  void: {},
};

/** Throws `transition-refused` where the table has no such pair. */
export function nextFileState(state: FileState, event: FileEvent): FileState {
  const target = FILE_TRANSITIONS[state][event];
  if (target === undefined) {
    throw new Failure("transition-refused", `${event} is not possible while the file is ${state}`, {
      state,
      event,
    });
  }
  return target;
}

export function possibleFileEvents(state: FileState): FileEvent[] {
  return FILE_EVENTS.filter((event) => FILE_TRANSITIONS[state][event] !== undefined);
}
