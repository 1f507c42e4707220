/**
 * How each state looks and what it is called: one exhaustive map, tone never without word and
 * icon. A state that the server knows and this page does not is a type error.
 */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePlay,
  CircleX,
  ClockAlert,
  FastForward,
  FileClock,
  FileX,
  Hand,
  Hourglass,
  Radio,
  Send,
  Split,
  UserCheck,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";

import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";
import type { FileState } from "../../../src/batch/file-machine.ts";
import type { StepIcon } from "../api/types.ts";

export type Tone = "good" | "bad" | "warn" | "info" | "accent" | "calm";

export interface Look {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: string;
}

function look(tone: Tone, icon: LucideIcon, word: string): Look {
  return { tone, icon, word };
}

export const ADJUSTMENT_LOOKS: Readonly<Record<AdjustmentState, Look>> = {
  planned: look("calm", Hourglass, "Planned"),
  awaitingApproval: look("accent", UserCheck, "Awaiting approval"),
  pendingService: look("info", Radio, "Pending service"),
  sending: look("info", Send, "Sending"),
  unknown: look("warn", CircleHelp, "Unknown"),
  serviceFailed: look("bad", CircleX, "Service failed"),
  partlyExecuted: look("warn", Split, "Partly executed"),
  pendingBatch: look("info", FileClock, "Pending batch"),
  inFile: look("info", FileClock, "In file"),
  batchFailed: look("bad", FileX, "Batch failed"),
  pendingManual: look("accent", Hand, "Pending manual"),
  executed: look("good", CircleCheck, "Executed"),
  tracked: look("good", CircleCheck, "Tracked"),
  cancelled: look("calm", Ban, "Cancelled"),
};

export const FILE_LOOKS: Readonly<Record<FileState, Look>> = {
  generated: look("info", FileClock, "Generated"),
  sending: look("info", Send, "Sending"),
  deliveryUnknown: look("warn", CircleHelp, "Delivery unknown"),
  handedOver: look("good", CircleCheck, "Handed over"),
  acknowledged: look("good", UserCheck, "Acknowledged"),
  transmissionFailed: look("bad", CircleX, "Transmission failed"),
  void: look("calm", Ban, "Void"),
};

/** The icons of the Case Rollup, each with its word. */
export const STEP_LOOKS: Readonly<Record<StepIcon, Look>> = {
  done: look("good", CircleCheck, "Done"),
  pending: look("info", Hourglass, "Pending"),
  ready: look("accent", CirclePlay, "Ready"),
  overdue: look("bad", ClockAlert, "Overdue"),
  next: look("warn", FastForward, "Next"),
  ahead: look("calm", CircleDashed, "Ahead"),
};

const DISPUTE_TONES: Readonly<Record<string, Tone>> = {
  open: "accent",
  provisionallyCredited: "info",
  denialPlanned: "warn",
  finalCredit: "good",
  denied: "calm",
  withdrawn: "calm",
  resolved: "good",
};

export function disputeTone(state: string): Tone {
  return DISPUTE_TONES[state] ?? "calm";
}

export const ROUTE_WORDS: Readonly<Record<string, string>> = {
  AUTO: "Real-time service",
  BATCH: "Batch file",
  MANUAL: "By hand",
};

/** `ExecuteAccounting.Card` as `Execute Accounting · Card`. */
export function queueWords(queue: string): string {
  return queue.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replace(".", " · ");
}

/** Words of the server in which names of operations or roles stand, as people say them. */
export function spoken(text: string): string {
  return text.replaceAll(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (name, at: number) =>
    at === 0 ? inWords(name) : inWords(name).toLowerCase(),
  );
}

/** The same where rules and routes stand in it: `(ProvisionalCredit pendingManual)`. */
export function spokenWork(text: string): string {
  return spoken(text)
    .replaceAll(/\b[A-Z][a-z]+(?:\d*[A-Z][a-z]+|\d+[a-z]+)+\b/g, (name) =>
      inWords(name).toLowerCase(),
    )
    .replaceAll(
      /\bby (AUTO|BATCH|MANUAL)\b/g,
      (_, route: string) =>
        `by ${route === "MANUAL" ? "hand" : (ROUTE_WORDS[route] ?? route).toLowerCase()}`,
    );
}

/** An account's name in the settings as words; masked digits stay as they are. */
export function accountWords(account: string): string {
  return /\d/.test(account) ? account : inWords(account);
}

/** Words of the server's as a sentence: what is in them stays, dates and amounts too. */
export function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** `provisionallyCredited` as `Provisionally credited`. */
export function inWords(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([a-z])(\d+[a-z])/g, "$1 $2")
    .replaceAll(/[-_.]/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
