/** Generations of files under way: how far each is, while somebody looks. */
import { useQuery } from "@tanstack/react-query";

import { runningQuery } from "../api/queries.ts";
import type { RunningGeneration } from "../api/batch-types.ts";
import { actorWords } from "../ui/actors.ts";
import { Panel } from "../ui/panel.tsx";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { useClient, useClientName } from "./clients.ts";
import css from "./service.module.css";

export function RunningGenerations() {
  const running = useQuery(runningQuery(useClient())).data ?? [];
  if (running.length === 0) return null;
  return (
    <Panel title="Being written" note="nothing leaves before a file is whole">
      <div className={ui["stack"]}>
        {running.map((one) => (
          <Running key={`${one.client} ${one.profile}`} running={one} />
        ))}
      </div>
    </Panel>
  );
}

function Running({ running }: { readonly running: RunningGeneration }) {
  const nameOf = useClientName();
  const { client, profile, rendered, total, startedAt, actor } = running;
  const shown = rendered.toLocaleString("en-US");
  const of = total === null ? "" : ` of ${total.toLocaleString("en-US")}`;
  const label = `${profile} of ${nameOf(client)}`;
  return (
    <div className={css["progress"]}>
      <div
        className={css["bar"]}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        {...(total === null ? {} : { "aria-valuemax": total, "aria-valuenow": rendered })}
        aria-valuetext={`${shown}${of} rendered`}
      >
        <span
          data-tone="good"
          style={{ width: `${total ? Math.min(100, (rendered / total) * 100) : 0}%` }}
        />
      </div>
      <p>
        {label}: {shown}
        {of} rendered{" "}
        <span className={ui["soft"]}>
          since {showInstant(startedAt)}, by {actorWords(actor)}
        </span>
      </p>
    </div>
  );
}
