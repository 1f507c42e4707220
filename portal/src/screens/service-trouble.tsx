/** What stands in the way: the circuit in words, the oldest unknown, the last call that failed. */
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleHelp } from "lucide-react";

import type { ServiceMonitor } from "../api/service-types.ts";
import { OUTCOME_TONES } from "../parts/attempts.tsx";
import css from "../parts/service.module.css";
import { circuitLook, circuitWords } from "../parts/service-looks.ts";
import { Badge, When, WordBadge } from "../ui/badge.tsx";
import { useNow } from "../ui/clock.ts";
import { Panel } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function ServiceTrouble({ monitor }: { readonly monitor: ServiceMonitor }) {
  const now = useNow();
  const { circuit, lastError } = monitor;
  return (
    <div className={css["pair"]}>
      <Panel title="Circuit" actions={<Badge look={circuitLook(circuit.state)} />}>
        <div className={ui["stack"]}>
          <p>{circuitWords(monitor, now)}</p>
          {lastError === null ? null : (
            <p className={ui["soft"]}>
              <WordBadge tone={OUTCOME_TONES[lastError.outcome] ?? "calm"}>
                {inWords(lastError.outcome)}
              </WordBadge>{" "}
              {[lastError.code, lastError.reason].filter((one) => one !== null).join(": ")}, the
              last call that did not go well, <When at={lastError.at} />.
            </p>
          )}
        </div>
      </Panel>
      <Panel title="Oldest unknown">
        <OldestUnknown monitor={monitor} />
      </Panel>
    </div>
  );
}

function OldestUnknown({ monitor }: { readonly monitor: ServiceMonitor }) {
  const { oldestUnknown: oldest, client } = monitor;
  if (oldest === null) {
    return (
      <p className={css["circuit"]}>
        <CircleCheck size={17} className={ui["tone"]} data-tone="good" aria-hidden />
        <span>Of every call it is known whether it was posted.</span>
      </p>
    );
  }
  return (
    <div className={css["circuit"]}>
      <CircleHelp size={17} className={ui["tone"]} data-tone="warn" aria-hidden />
      <div className={ui["stack"]}>
        <p>
          Dispute{" "}
          <Link
            className={ui["link"]}
            to="/cases/$client/$claim"
            params={{ client, claim: oldest.claim }}
            search={{ dispute: oldest.dispute }}
          >
            {oldest.dispute}
          </Link>
          : whether it was posted is not known. Last called <When at={oldest.since} />.
        </p>
        <p className={ui["soft"]}>
          {oldest.machineMayAct
            ? "The machine goes on looking it up, or sends it again with the same key."
            : "The machine can do no more. A person finds out in the core and says so."}{" "}
          <Link to="/queues" search={{ assignment: oldest.assignment }}>
            Open its assignment
          </Link>
        </p>
      </div>
    </div>
  );
}
