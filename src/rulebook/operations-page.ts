/**
 * The reference page of operations, rules, states and gates: written from the standard book, so
 * that the page cannot say anything else than what runs.
 */
import type { RuleBook } from "./load.ts";
import type { Firing, Operation, OperationInput, PrincipalChoice } from "./operations.ts";

/** Where the page stands in the project. */
export const OPERATIONS_PAGE = "docs/reference/operations.md";

export function operationsPage(rulebook: RuleBook): string {
  return [
    "# Operations, rules, states and gates",
    "",
    "<!-- Written by tools/write-operations-page.ts from the standard rule book; do not edit. -->",
    "",
    `What the rule book \`${rulebook.edition}\` says. ` +
      "A client's own book may add to it or take away.",
    "",
    "## Operations",
    "",
    "Amounts are decimal strings in the dispute's currency. An amount without a default is",
    "required: `amount-required`; beyond the limit: `amount-exceeds-limit`.",
    "",
    ...table(
      ["Operation", "Group", "Inputs (default)", "Entries, in this order", "Limit"],
      [...rulebook.operations.values()].map((one) => [
        `\`${one.id}\``,
        one.group,
        [...one.inputs.values()].map(inputText).join(", "),
        entriesText(one),
        one.limit === null ? "" : `\`${one.limit.text}\``,
      ]),
    ),
    "",
    "## States",
    "",
    ...table(
      ["State of the dispute", "Groups of operations allowed"],
      [...rulebook.states].map(([state, groups]) => [`\`${state}\``, [...groups].join(", ")]),
    ),
    "",
    "## Gates",
    "",
    ...table(
      ["Decision", "Must be 0", "Not positive", "Refused because"],
      [...rulebook.gates].map(([decision, gate]) => [
        `resolve as ${decision}`,
        gate.zero.join(", "),
        gate.notPositive.join(", "),
        gate.conditions.map((one) => one.words).join("; "),
      ]),
    ),
    "",
    "## Rules",
    "",
    ...table(
      ["Rule", "Debit", "Credit", "Processing", "When"],
      [...rulebook.rules.values()].map((one) => [
        `\`${one.id}\``,
        one.debit,
        one.credit,
        one.processing,
        one.meaning,
      ]),
    ),
    "",
  ].join("\n");
}

function inputText({ name, type, default: given, values, required }: OperationInput): string {
  const kind = values === null ? type : values.join(" / ");
  const shown = given === null ? "" : `: \`${given.text}\``;
  return `${name} (${kind}${shown}${required ? ", required" : ""})`;
}

function entriesText(operation: Operation): string {
  const { fires, principal, procedure } = operation;
  if (procedure !== null) return `by the procedure *${procedure}*`;
  if (fires.length === 0) return "none";
  return fires.map((firing) => firingText(firing, principal)).join("; ");
}

function firingText(firing: Firing, principal: readonly PrincipalChoice[]): string {
  const amount = firing.amount.text === "amount" ? "" : ` for \`${firing.amount.text}\``;
  if (firing.rule === null) return `${principal.map(choiceText).join(", ")}${amount}`;
  const when = [...firing.when, firing.network, firing.stage].filter((one) => one !== null);
  return `${firing.rule}${amount}${when.length === 0 ? "" : ` (${when.join(", ")})`}`;
}

function choiceText({ network, stage, kind, rule }: PrincipalChoice): string {
  const when = [network, stage, kind].filter((one) => one !== null).join(" ");
  return `${when}: ${rule ?? "no entry"}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
