/** The accounting rules that a service's settings name, against the rule book of its client. */
import type { FieldFault } from "../kernel/failure.ts";
import type { RuleBook } from "../rulebook/load.ts";
import { textsOf, unknownRules } from "../rulebook/rule-names.ts";

import type { Service } from "./service-configuration.ts";

/** One fault for each name that the book has no rule of, its place below `pointer`. */
export function unknownRulesOf(
  service: Service,
  rulebook: RuleBook,
  pointer: string,
): FieldFault[] {
  const memos = service.memoPost.rules.map((rule, index) => ({
    pointer: `${pointer}/memoPost/rules/${index}`,
    rule,
  }));
  return unknownRules(rulebook, [...memos, ...textsOf(service, pointer)]);
}
