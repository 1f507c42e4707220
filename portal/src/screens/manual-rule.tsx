/** A manual adjustment is the choice of a rule: each with its two sides in words. */
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { manualRulesQuery } from "../api/resolution-queries.ts";
import type { ManualRule } from "../api/resolution-types.ts";
import type { Dispute } from "../api/types.ts";
import { Answer } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";

export function ManualRuleChoice(props: {
  readonly dispute: Dispute;
  readonly value: unknown;
  readonly choose: (rule: ManualRule | undefined) => void;
}) {
  const { dispute, value, choose } = props;
  const query = useQuery(manualRulesQuery(dispute));
  return (
    <Answer query={query} what="the rules">
      {({ items }) => {
        const chosen = items.find((one) => one.rule === value);
        const [clearing, others] = [true, false].map((clears) =>
          items.filter((one) => (one.clears !== null) === clears),
        );
        const option = (one: ManualRule) => ({
          value: one.rule,
          label: one.clears === null ? one.label : `${one.label} (${one.clears.amount} stands)`,
        });
        return (
          <div className={ui["stack"]}>
            <NativeSelect
              label="Rule"
              name="rule"
              required
              value={typeof value === "string" ? value : ""}
              data={[
                { value: "", label: "Choose…" },
                { group: "Lower what stands on both sides", items: (clearing ?? []).map(option) },
                { group: "Other rules", items: (others ?? []).map(option) },
              ]}
              onChange={(event) =>
                choose(items.find((one) => one.rule === event.currentTarget.value))
              }
            />
            {chosen === undefined ? null : <p className={ui["soft"]}>{chosen.words}</p>}
          </div>
        );
      }}
    </Answer>
  );
}
