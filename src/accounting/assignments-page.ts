/**
 * The reference page of the work: every state and event of an adjustment, every assignment with its
 * actions and rights, written from the tables that the server runs by.
 */
import type { Permission } from "../access/roles.ts";
import { PERMISSIONS, ROLES, rolesWith } from "../access/roles.ts";
import type { ActionRow } from "../work/actions.ts";
import { ACTION_NAMES, ACTION_ROWS } from "../work/actions.ts";
import { ASSIGNMENT_EVENTS } from "../work/assignment-history.ts";
import type { AssignmentTypeRow, Span } from "../work/assignment-types.ts";
import { ASSIGNMENT_TYPE_ROWS } from "../work/assignment-types.ts";

import {
  ADJUSTMENT_EVENTS,
  ADJUSTMENT_STATES,
  assignmentTypeOf,
  CREATION,
  TRANSITIONS,
} from "./adjustment-machine.ts";
import type { AdjustmentState } from "./adjustment-machine.ts";

/** Where the page stands in the project. */
export const ASSIGNMENTS_PAGE = "docs/reference/assignments.md";

const NONE = "·";

export function assignmentsPage(): string {
  return [
    "# States, assignments, actions and rights",
    "",
    "<!-- Written by tools/write-assignments-page.ts from the tables in use; do not edit. -->",
    "",
    "What is not in a table is refused: `transition-refused`. A test tries every cell of the",
    "product against a real database (`test/whole-product.test.ts`).",
    "",
    "## States and events of an adjustment",
    "",
    `In this state (column) this event (row) leads there; ${NONE} is refused. _new_ is what an`,
    "operation may create.",
    "",
    ...statesTable(),
    "",
    "## What an open state shows",
    "",
    "Exactly one open assignment while it is open, none when it is closed.",
    "",
    ...table(
      ["State", "Assignment"],
      ADJUSTMENT_STATES.map((state) => [`\`${state}\``, typesOf(state).join(", or ") || "none"]),
    ),
    "",
    ...assignmentParts(),
    ...rightParts(),
  ].join("\n");
}

function assignmentParts(): string[] {
  return [
    "## Assignments",
    "",
    "The shipped SLA; a client's `slas` setting takes its place part by part ([work](work.md)).",
    "",
    ...table(
      ["Assignment", "Queue", "Worked by", "Work group", "Goal", "Deadline", "Urgency"],
      ASSIGNMENT_TYPE_ROWS.map(typeRow),
    ),
    "",
    "## Assignments and actions",
    "",
    `Which right an action needs there; ${NONE}: there is no such action.`,
    "",
    ...table(
      ["Assignment", ...ACTION_NAMES],
      ASSIGNMENT_TYPE_ROWS.map(({ type }) => [
        type,
        ...ACTION_NAMES.map((name) => rightOf(type, name)),
      ]),
    ),
    "",
    "## Actions",
    "",
    ...table(
      ["Action", "Address", "Of", "While", "Right", "Also needs"],
      ACTION_ROWS.map((row) => [
        row.label,
        `\`${row.name}\``,
        ofText(row),
        row.states?.map((state) => `\`${state}\``).join(", ") ?? "any state",
        `\`${row.right}\``,
        needsText(row),
      ]),
    ),
    "",
    "Whoever has the assignment does what is _theirs to do_; another person's is refused:",
    "`assignment-taken`. While somebody else has the claim open all but _Note_ and _Release_ is",
    "refused: `claim-locked`. What is marked unworkable can only be restored, assigned to a group",
    "or noted. A closed assignment offers nothing: `assignment-closed`.",
    "",
  ];
}

function rightParts(): string[] {
  return [
    "## Rights and roles",
    "",
    "Checked by name, never by role. A person may have several roles.",
    "",
    ...table(
      ["Right", "To", ...ROLES],
      (Object.keys(PERMISSIONS) as Permission[]).map((right) => [
        `\`${right}\``,
        PERMISSIONS[right],
        ...ROLES.map((role) => (rolesWith(right).includes(role) ? "yes" : NONE)),
      ]),
    ),
    "",
    "## What the history keeps",
    "",
    ...table(
      ["Kind", "In words"],
      Object.entries(ASSIGNMENT_EVENTS).map(([kind, words]) => [`\`${kind}\``, words]),
    ),
    "",
  ];
}

function statesTable(): string[] {
  const columns = [
    { name: "_new_", row: CREATION },
    ...ADJUSTMENT_STATES.map((state) => ({ name: state, row: TRANSITIONS[state] })),
  ];
  return table(
    ["Event", ...columns.map(({ name }) => name)],
    ADJUSTMENT_EVENTS.map((event) => [
      `\`${event}\``,
      ...columns.map(({ row }) => row[event] ?? NONE),
    ]),
  );
}

const FACTS = [
  { hold: null, machineMayAct: true, failedRoute: "service" as const },
  { hold: "denyDebitDate", machineMayAct: true, failedRoute: "service" as const },
  { hold: null, machineMayAct: false, failedRoute: "batch" as const },
];

/** What a state may show: a deny debit or another hold, a machine that may act or not. */
export function typesOf(state: AdjustmentState): string[] {
  const shown = FACTS.map((facts) => assignmentTypeOf(state, facts));
  return [...new Set(shown)].filter((type) => type !== null);
}

function typeRow(row: AssignmentTypeRow): string[] {
  const { urgency } = row;
  const rises = `${urgency.base}, +${urgency.atGoal}, +${urgency.atDeadline}`;
  const later = `+${urgency.afterDeadline} each ${urgency.afterDeadlineHours} h`;
  return [
    row.type,
    `\`${row.queue}\``,
    { user: "a person", system: "a machine", pending: "time" }[row.kind],
    row.workGroup,
    spanText(row.goal),
    spanText(row.deadline),
    `${rises}, ${later}`,
  ];
}

function spanText(span: Span | null): string {
  if (span === null) return "none";
  const from = { opening: "", departure: " after its file leaves", postingDate: " after posting" };
  const amount =
    "minutes" in span
      ? `${span.minutes} min`
      : "businessDays" in span
        ? `${span.businessDays} business days`
        : `${span.calendarDays} days`;
  return `${amount}${from[span.from]}`;
}

function rightOf(type: string, name: string): string {
  const row = ACTION_ROWS.find((one) => one.name === name && one.types.includes(type));
  return row === undefined ? NONE : `\`${row.right}\``;
}

function ofText({ types }: ActionRow): string {
  const users = ASSIGNMENT_TYPE_ROWS.filter((row) => row.kind === "user").map((row) => row.type);
  if (types.length === ASSIGNMENT_TYPE_ROWS.length) return "all";
  if (types.length === users.length && users.every((type) => types.includes(type))) {
    return "all of a person's";
  }
  return types.join(", ");
}

function needsText({ needs, exclusive }: ActionRow): string {
  return [exclusive ? "theirs to do" : null, needs === null ? null : `\`${needs}\``]
    .filter((one) => one !== null)
    .join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
