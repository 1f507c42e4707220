/** What happened to every adjustment of a dispute, in one timeline. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { adjustmentQuery, entriesQuery, rollupQuery } from "../api/queries.ts";
import type { Numbered } from "../api/queries.ts";
import { Timeline } from "../parts/timeline.tsx";
import type { TimelineItem } from "../parts/timeline.tsx";
import { Loading, ProblemNote } from "../ui/answers.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const route = getRouteApi("/inside/cases/$client/$claim");
const SHOWN_AT_MOST = 50;

export function DisputeHistory({ dispute }: { readonly dispute: Numbered }) {
  const { client, claim } = route.useParams();
  const entries = useQuery(entriesQuery(dispute));
  const rollup = useQuery(rollupQuery({ client, id: claim }));
  const booked = entries.data?.map((entry) => entry.adjustment.id) ?? [];
  const shown = (rollup.data?.stages ?? [])
    .flatMap((stage) => stage.steps.flatMap((step) => step.assignments))
    .filter((one) => one.dispute === dispute.id)
    .flatMap((one) => (one.adjustment === null ? [] : [one.adjustment]));
  const ids = [...new Set([...booked, ...shown])].slice(-SHOWN_AT_MOST);
  const adjustments = useQueries({ queries: ids.map((id) => adjustmentQuery(id)) });
  const failed = [entries, rollup, ...adjustments].find((query) => query.error !== null);
  if (failed !== undefined) return <ProblemNote error={failed.error} />;
  if (entries.isPending || adjustments.some((query) => query.isPending)) {
    return <Loading what="the timeline" />;
  }
  const items = adjustments.flatMap(({ data }): readonly TimelineItem[] =>
    data === undefined
      ? []
      : data.transitions.map((transition) => ({
          ...transition,
          of: `${inWords(data.operation)}, ${data.amount.amount} ${data.amount.currency}`,
        })),
  );
  return (
    <div className={ui["panelBody"]}>
      <Timeline items={items} />
    </div>
  );
}
