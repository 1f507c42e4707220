/**
 * What can be done with an assignment: type and state of its adjustment → actions, each with the
 * right it needs. The server decides; pages show a refused action with its reason.
 *
 * The verbs themselves belong to rooms below; `main.ts` registers them, so that work calls down
 * the list without importing down.
 */
import type { Permission } from "../access/roles.ts";

import { ASSIGNMENT_TYPE_ROWS } from "./assignment-types.ts";
import { otherHolder } from "./claim-lock.ts";
import type { AssignmentRow } from "./views.ts";

export const ACTION_NAMES = [
  "take",
  "release",
  "completion",
  "failure",
  "retry",
  "run",
  "supply",
  "postable",
  "notPostable",
  "finding",
  "override",
  "account",
  "receivable",
  "resolved",
  "disbursement",
  "approval",
  "manual",
  "cancellation",
  "assignment",
  "pending",
  "resumption",
  "unworkable",
  "restoration",
  "note",
] as const;

export type ActionName = (typeof ACTION_NAMES)[number];

/** Rights that actions need, by the names of the access room's table. */
export const RIGHTS = {
  work: "assignment:work",
  service: "service:retry",
  override: "service:override",
  account: "service:account",
  operate: "operation:run",
  cancel: "adjustment:cancel",
  approve: "assignment:approve",
  supervise: "assignment:assign",
} as const satisfies Record<string, Permission>;

/** What an action needs beside type and state, with why it is refused without. */
const NEEDS = {
  isOverridable: "The refusal is not one that may be overridden",
  isAccountChangeable: "The service does not allow another account after this answer",
  isHolderDebit: "Only a debit of the holder becomes a receivable",
  isHoldJudgeable: "What no longer fits is not for a person to judge",
} as const;

type ActionNeed = keyof typeof NEEDS;

/** What concerns all of an adjustment is over once a part of it is posted. */
const OF_THE_WHOLE: ReadonlySet<ActionName> = new Set([
  "manual",
  "cancellation",
  "account",
  "receivable",
]);

export interface ActionRow {
  readonly name: ActionName;
  readonly label: string;
  readonly right: Permission;
  readonly types: readonly string[];
  /** States of the adjustment in which it makes sense; null: all. */
  readonly states: readonly string[] | null;
  /** Shown only where this holds of the adjustment; null: always. */
  readonly needs: ActionNeed | null;
  /** Done by whoever has the assignment: not while somebody else has it. */
  readonly exclusive: boolean;
}

const USER_TYPES = ASSIGNMENT_TYPE_ROWS.filter((row) => row.kind === "user").map((row) => row.type);
const ALL_TYPES = ASSIGNMENT_TYPE_ROWS.map((row) => row.type);
const SERVICE_FAILED = "Execute Accounting Service Failed";
const BATCH_FAILED = "Execute Batch Accounting Failed";
const BY_HAND = "Execute Accounting Assignment";

const REVIEW_CARD = "Review Active Card Number";
const REVIEW_STATUS = "Review Fraud Card Status";
const REVIEW_HOLD = "Review Accounting Hold";
const REVIEWS = [REVIEW_CARD, REVIEW_STATUS, REVIEW_HOLD];

export const ACTION_ROWS: readonly ActionRow[] = [
  row("take", "Take", RIGHTS.work, USER_TYPES, null, false),
  row("release", "Release", RIGHTS.work, USER_TYPES, null, false),
  row("completion", "Complete", RIGHTS.work, [BY_HAND], ["pendingManual"]),
  row("resolved", "Accounting Exception Resolved", RIGHTS.work, ["Accounting Exception"], null),
  row(
    "disbursement",
    "Attest the disbursement",
    RIGHTS.work,
    ["Merchant Funds Disbursement"],
    null,
  ),
  row("failure", "Could not post", RIGHTS.work, [BY_HAND], ["pendingManual"]),
  row(
    "retry",
    "Retry the call",
    RIGHTS.service,
    [SERVICE_FAILED],
    ["serviceFailed", "partlyExecuted"],
  ),
  row(
    "retry",
    "Put into the next file",
    RIGHTS.work,
    [BATCH_FAILED],
    ["batchFailed", "partlyExecuted"],
  ),
  row(
    "completion",
    "Complete by hand",
    RIGHTS.work,
    [SERVICE_FAILED, BATCH_FAILED],
    ["serviceFailed", "batchFailed", "partlyExecuted"],
  ),
  row("supply", "Supply the card number", RIGHTS.work, [REVIEW_CARD], ["planned"]),
  row("supply", "Supply the status", RIGHTS.work, [REVIEW_STATUS], ["planned"]),
  {
    ...row("postable", "Mark postable", RIGHTS.work, REVIEWS, ["planned"]),
    needs: "isHoldJudgeable",
  },
  {
    ...row("notPostable", "Mark not postable", RIGHTS.work, REVIEWS, ["planned"]),
    needs: "isHoldJudgeable",
  },
  row("retry", "Look again", RIGHTS.work, REVIEWS, ["planned"]),
  row("finding", "Record a finding", RIGHTS.service, [SERVICE_FAILED], ["unknown"]),
  {
    ...row(
      "override",
      "Override the refusal",
      RIGHTS.override,
      [SERVICE_FAILED],
      ["serviceFailed", "partlyExecuted"],
    ),
    needs: "isOverridable",
  },
  {
    ...row("account", "Change the account", RIGHTS.account, [SERVICE_FAILED], ["serviceFailed"]),
    needs: "isAccountChangeable",
  },
  {
    ...row(
      "receivable",
      "Convert to receivable",
      RIGHTS.operate,
      [SERVICE_FAILED, BATCH_FAILED],
      ["serviceFailed", "batchFailed"],
    ),
    needs: "isHolderDebit",
  },
  row(
    "run",
    "Run now",
    RIGHTS.service,
    ["Pending Accounting Service"],
    ["pendingService", "unknown"],
    false,
  ),
  row(
    "approval",
    "Approve or decline",
    RIGHTS.approve,
    ["Approve Accounting"],
    ["awaitingApproval"],
  ),
  row(
    "manual",
    "Move to manual",
    RIGHTS.service,
    ["Pending Accounting Service", SERVICE_FAILED, "Pending Batch Accounting", BATCH_FAILED],
    ["pendingService", "serviceFailed", "pendingBatch", "batchFailed"],
  ),
  row(
    "cancellation",
    "Cancel",
    RIGHTS.cancel,
    [
      "Pending Accounting Hold",
      REVIEW_CARD,
      REVIEW_STATUS,
      REVIEW_HOLD,
      "Pending Accounting Service",
      SERVICE_FAILED,
      "Pending Batch Accounting",
      BATCH_FAILED,
      BY_HAND,
    ],
    ["planned", "pendingService", "serviceFailed", "pendingBatch", "batchFailed", "pendingManual"],
  ),
  row("pending", "Pend until", RIGHTS.work, USER_TYPES, null),
  row("resumption", "Bring back", RIGHTS.work, USER_TYPES, null),
  row("unworkable", "Mark unworkable", RIGHTS.work, USER_TYPES, null),
  row("restoration", "Restore", RIGHTS.supervise, USER_TYPES, null, false),
  row("assignment", "Assign", RIGHTS.supervise, USER_TYPES, null, false),
  row("note", "Note", RIGHTS.work, ALL_TYPES, null, false),
];

function row(
  name: ActionName,
  label: string,
  right: Permission,
  types: readonly string[],
  states: readonly string[] | null,
  exclusive = true,
): ActionRow {
  return { name, label, right, types, states, needs: null, exclusive };
}

/** The types of user work that somebody with these rights can finish. */
export function workableTypes(rights: ReadonlySet<Permission>): string[] {
  return USER_TYPES.filter((type) => {
    const own = ACTION_ROWS.filter((one) => one.types.includes(type) && one.states !== null);
    return own.length === 0 ? rights.has(RIGHTS.work) : own.some((one) => rights.has(one.right));
  });
}

export interface Person {
  readonly name: string;
  readonly rights: ReadonlySet<Permission>;
}

export interface OfferedAction {
  readonly name: ActionName;
  readonly label: string;
  readonly allowed: boolean;
  /** Why not, in words. */
  readonly why?: string;
}

/**
 * Every action of the assignment's type, allowed or with the reason why not; none when closed.
 * What undoes pending or unworkable is there only where there is something to undo.
 * With `now`, an ISO instant, a claim lock that nobody renewed counts no more.
 */
export function offeredActions(
  assignment: AssignmentRow,
  person: Person,
  now?: string,
): OfferedAction[] {
  if (!assignment.isOpen) return [];
  const own = ACTION_ROWS.filter(
    (one) =>
      one.types.includes(assignment.type) &&
      (one.needs === null || assignment[one.needs] === true) &&
      (one.name !== "resumption" || assignment.pendedUntil !== null) &&
      (one.name !== "restoration" || assignment.unworkableReason !== null),
  );
  return own.map((action) => {
    const why = refusal(action, assignment, person, now);
    const { name, label } = action;
    return why === null ? { name, label, allowed: true } : { name, label, allowed: false, why };
  });
}

export function refusal(
  action: ActionRow,
  assignment: AssignmentRow,
  person: Person,
  now?: string,
): string | null {
  const { adjustmentState: state } = assignment;
  if (!person.rights.has(action.right)) return "Your role does not allow this";
  if (action.states !== null && !action.states.includes(state ?? "")) {
    return state === "unknown"
      ? "Nobody knows yet whether it was posted: find out first"
      : state === null
        ? "Not possible while there is no adjustment"
        : `Not possible in the state ${inWords(state)}`;
  }
  if (action.needs !== null && assignment[action.needs] !== true) return NEEDS[action.needs];
  if (OF_THE_WHOLE.has(action.name) && assignment.isPartlyProcessed === true) {
    return "Part of it was posted: retry or complete the rest";
  }
  return standingRefusal(action, assignment, person, now);
}

/** Possible also while somebody else has the claim open. */
export const DESPITE_LOCK: ReadonlySet<ActionName> = new Set(["note", "release"]);

/** What stands against it beside type and state: who has it, and whether it can be worked. */
function standingRefusal(
  action: ActionRow,
  assignment: AssignmentRow,
  person: Person,
  now?: string,
): string | null {
  const { name } = action;
  const { assignee, unworkableReason } = assignment;
  if (name === "note") return null;
  const holder = otherHolder(assignment, person.name, now);
  if (!DESPITE_LOCK.has(name) && holder !== null) return `${holder} has the claim open`;
  if (name === "restoration") {
    return unworkableReason === null ? "It is not marked unworkable" : null;
  }
  const isWorked = action.exclusive || name === "take";
  if (isWorked && unworkableReason !== null) return `Marked unworkable: ${unworkableReason}`;
  if (name === "resumption" && assignment.pendedUntil === null) {
    return "It does not wait for a date";
  }
  if (name === "take" && assignee === person.name) return "You have it";
  if (name === "release" && assignee === null) return "Nobody has it";
  const isOthers = assignee !== null && assignee !== person.name;
  if (name === "release") {
    return isOthers && !person.rights.has(RIGHTS.supervise) ? `${assignee} has it` : null;
  }
  return isWorked && isOthers ? `${assignee} has it` : null;
}

/** `serviceFailed` as `service failed`. */
function inWords(state: string): string {
  return state.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
