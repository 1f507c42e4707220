/** When the next files leave, with what: one line for each profile of the clients in view. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileClock } from "lucide-react";

import { profilesQuery } from "../api/queries.ts";
import type { BatchProfile } from "../api/batch-types.ts";
import { useBatchClients, useClient, useClientName } from "../parts/clients.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { useNow } from "../ui/clock.ts";
import { Amount } from "../ui/money.tsx";
import { Panel } from "../ui/panel.tsx";
import { countdown, showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function BatchClock() {
  const query = useQuery(profilesQuery(useClient()));
  const clients = useBatchClients();
  return (
    <Panel title="Next files" note="leave by themselves at the cut-off" flush>
      <Answer query={query} what="the batch profiles">
        {(profiles) =>
          profiles.length === 0 ? (
            <Empty title="No batch files here" icon={FileClock}>
              <p>
                None of the clients in view sends its accounting by file. A batch profile in the
                client's settings makes one.
              </p>
            </Empty>
          ) : (
            <ul className={ui["itemList"]}>
              {profiles.map((profile) => (
                <Clock key={profile.client + profile.name} profile={profile} />
              ))}
            </ul>
          )
        }
      </Answer>
      {clients.length === 0 ? null : (
        <p className={ui["panelBody"]}>
          <Link to="/administration" search={{ do: "generate" }}>
            Generate Accounting File(s) now
          </Link>
        </p>
      )}
    </Panel>
  );
}

function Clock({ profile }: { readonly profile: BatchProfile }) {
  const now = useNow();
  const nameOf = useClientName();
  const { nextCutOffAt, pending } = profile;
  return (
    <li>
      <div className={ui["item"]}>
        <Link className={ui["link"]} to="/batches" search={{ profile: profile.name }}>
          {profile.name}
        </Link>
        <span className={ui["soft"]}>
          {nameOf(profile.client)}
          {nextCutOffAt === null ? "" : ` · cut-off ${showInstant(nextCutOffAt)}`}
        </span>
      </div>
      <div>
        <strong>{nextCutOffAt === null ? "by hand" : countdown(nextCutOffAt, now)}</strong>
        {pending.length === 0 ? <div className={ui["soft"]}>nothing pending</div> : null}
        {pending.map(({ count, amount }) => (
          <div key={amount.currency} className={ui["soft"]}>
            {count} pending, <Amount money={amount} />
          </div>
        ))}
      </div>
    </li>
  );
}
