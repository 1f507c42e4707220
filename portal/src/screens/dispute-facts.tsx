/** The facts of a dispute that rules read, as the institution's case system gave them. */
import { useQuery } from "@tanstack/react-query";

import { showAmount } from "../api/money.ts";
import { disputeQuery } from "../api/queries.ts";
import type { Numbered } from "../api/queries.ts";
import { Answer } from "../ui/answers.tsx";
import { Facts } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function DisputeFacts({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(disputeQuery(dispute));
  return (
    <div className={ui["panelBody"]}>
      <Answer query={query} what="the dispute">
        {(found) => (
          <Facts
            items={[
              ["Dispute", found.id],
              ["State", inWords(found.state)],
              ["As first disputed", `${showAmount(found.amount.amount)} ${found.currency}`],
              ["In dispute now", `${showAmount(found.disputed.amount)} ${found.currency}`],
              ["Account", found.account.masked],
              ...Object.entries(found.facts).map(
                ([name, value]) => [inWords(name), factWords(value)] as const,
              ),
            ]}
          />
        )}
      </Answer>
    </div>
  );
}

function factWords(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}
