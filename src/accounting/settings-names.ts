/**
 * Names in a client's settings that stand for something elsewhere: an operation, a rule, a service,
 * a profile. Asked when settings are saved, not when they are loaded: a later rule book may know
 * fewer of them, and a client that does not load moves no money at all.
 *
 * The rule it protects: a name that is misspelt asks nobody and tracks nothing, so it is refused.
 */
import type { FieldFault } from "../kernel/failure.ts";
import type { RuleBook } from "../rulebook/load.ts";
import { unknownRules } from "../rulebook/rule-names.ts";
import { TIER_KEYS } from "../work/approvals/subjects.ts";

import type { ClientSettings } from "./client-settings.ts";

/** One fault for each name that stands for nothing. Pure. */
export function unknownNames(settings: ClientSettings, rulebook: RuleBook): FieldFault[] {
  const { approvals, tracked, perEntry, services, batchProfiles } = settings;
  const destinations = new Set([...Object.keys(services), ...Object.keys(batchProfiles)]);
  return [
    ...Object.keys(approvals)
      .filter((key) => !rulebook.operations.has(key) && !TIER_KEYS.has(key))
      .map((key) => ({
        pointer: `/approvals/${key}`,
        detail: `${key} is no operation, and none of ${[...TIER_KEYS].join(", ")}`,
      })),
    ...unknownRules(
      rulebook,
      tracked.map((rule, index) => ({ pointer: `/tracked/${index}`, rule })),
    ),
    ...perEntry.flatMap((name, index) =>
      destinations.has(name)
        ? []
        : [{ pointer: `/perEntry/${index}`, detail: `${name} is no service and no batchProfile` }],
    ),
    ...unknownRoute("service", settings.service, services),
    ...unknownRoute("batchProfile", settings.batchProfile, batchProfiles),
  ];
}

function unknownRoute(setting: string, name: string | undefined, written: object): FieldFault[] {
  if (name === undefined || Object.hasOwn(written, name)) return [];
  return [{ pointer: `/${setting}`, detail: `${name} is not one of the ${setting}s` }];
}
