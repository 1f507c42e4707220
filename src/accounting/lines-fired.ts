/** Which rules an operation fires with which amounts: network, stage, kind, settings, exchange. */
import { Failure } from "../kernel/failure.ts";
import type { Firing, Operation, PrincipalChoice } from "../rulebook/operations.ts";

import type { Applied } from "./decide-context.ts";
import { factsOf } from "./decide-context.ts";
import type { Line } from "./open-adjustments.ts";

/** The lines in the order of the book; those of amount 0 are left out. */
export function linesFired(applied: Applied, operation: Operation, amount: bigint | null): Line[] {
  const values = { ...applied.values };
  for (const declared of operation.inputs.values()) {
    if (declared.type !== "amount") continue;
    const given = applied.input[declared.name];
    values[declared.name] = typeof given === "bigint" ? given : 0n;
  }
  values["amount"] = amount ?? 0n;
  const network = networkOf(applied);
  const principal = principalOf(applied, operation);
  const lines: Line[] = [];
  for (const firing of operation.fires) {
    const rule = firing.rule ?? principal;
    if (rule === null || !applies(applied, firing, network)) continue;
    const amountMinor = firing.amount.evaluate(values);
    if (amountMinor <= 0n) continue;
    lines.push({ rule, amountMinor, follows: firing.follows });
    if (firing.rule === null || !firing.follows) {
      lines.push(...exchangeOf(applied, operation, amountMinor));
    }
  }
  return lines;
}

export function networkOf({ book, context }: Applied): "visa" | "mastercard" | "other" {
  const network = factsOf(book, context).values["network"];
  return network === "visa" || network === "mastercard" ? network : "other";
}

/** Null: the book says that no entry is made. Throws `stage-not-applicable`. */
export function principalOf(applied: Applied, operation: Operation): string | null {
  if (operation.principal.length === 0) return null;
  const network = networkOf(applied);
  const stage = applied.input["stage"] ?? "first";
  const matches = (choice: PrincipalChoice): boolean =>
    (choice.network === null || choice.network === network) &&
    (choice.stage === null || choice.stage === stage) &&
    (choice.kind === null || choice.kind === applied.input["kind"]);
  const choice = operation.principal.find(matches);
  if (choice !== undefined) return choice.rule;
  throw new Failure(
    "stage-not-applicable",
    `${operation.id}: network ${network} has no stage ${String(stage)}`,
    { network, stage: String(stage) },
    [{ pointer: "/stage", detail: `is no stage of ${network}` }],
  );
}

function applies(applied: Applied, firing: Firing, network: string): boolean {
  if (firing.network !== null && firing.network !== network) return false;
  const stage = applied.input["stage"] ?? "first";
  if (firing.stage !== null && firing.stage !== stage) return false;
  return firing.when.every((name) => isTrue(applied, name));
}

export function isTrue({ book, context }: Applied, name: string): boolean {
  if (name === "secondOperations") return context.settings.secondOperations;
  return factsOf(book, context).values[name] === true;
}

/** What settled differs from what was booked: the difference is the exchange's. */
function exchangeOf(applied: Applied, operation: Operation, booked: bigint): Line[] {
  const settled = applied.input["settledAmount"];
  if (operation.settles === null || typeof settled !== "bigint" || settled === booked) return [];
  const lessMoved = settled < booked;
  const isLoss = operation.settles === "inward" ? lessMoved : !lessMoved;
  const difference = lessMoved ? booked - settled : settled - booked;
  const rule = isLoss ? "ExchangeLoss" : "ExchangeGain";
  return [{ rule, amountMinor: difference, follows: false }];
}
