/** The books of one dispute, by tab; the tab is part of the address. */
import { Link } from "@tanstack/react-router";
import { getRouteApi } from "@tanstack/react-router";

import type { Numbered } from "../api/queries.ts";

import css from "./screens.module.css";
import { DisputeBalances } from "./dispute-balances.tsx";
import { DisputeClocks } from "./dispute-clocks.tsx";
import { DisputeDenial } from "./dispute-denial.tsx";
import { DisputeEntries } from "./dispute-entries.tsx";
import { DisputeFacts } from "./dispute-facts.tsx";
import { DisputeHistory } from "./dispute-history.tsx";
import { DisputePositions } from "./dispute-positions.tsx";
import { OperationForm } from "./operation-form.tsx";
import ui from "../ui/ui.module.css";

const route = getRouteApi("/inside/cases/$client/$claim");

const TABS = [
  { id: "entries", label: "Entries" },
  { id: "balances", label: "Balances" },
  { id: "positions", label: "Positions and gate" },
  { id: "clocks", label: "Clocks" },
  { id: "denial", label: "Denial and letters" },
  { id: "timeline", label: "Timeline" },
  { id: "facts", label: "Facts" },
  { id: "operation", label: "Run an operation" },
] as const;

export function DisputeBooks(props: { readonly dispute: Numbered }) {
  const { client, claim } = route.useParams();
  const { tab: asked } = route.useSearch();
  const tab = TABS.find((one) => one.id === asked)?.id ?? "entries";
  return (
    <section className={ui["panel"]} aria-label={`Books of dispute ${props.dispute.id}`}>
      <nav className={css["tabs"]} aria-label="Books of the dispute">
        {TABS.map(({ id, label }) => (
          <Link
            key={id}
            to="/cases/$client/$claim"
            params={{ client, claim }}
            search={(before) => ({ ...before, dispute: props.dispute.id, tab: id })}
            resetScroll={false}
            aria-current={id === tab ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Shown tab={tab} dispute={props.dispute} />
    </section>
  );
}

function Shown(props: { readonly tab: (typeof TABS)[number]["id"]; readonly dispute: Numbered }) {
  const { tab, dispute } = props;
  switch (tab) {
    case "entries":
      return <DisputeEntries dispute={dispute} />;
    case "balances":
      return <DisputeBalances dispute={dispute} />;
    case "positions":
      return <DisputePositions dispute={dispute} />;
    case "clocks":
      return <DisputeClocks dispute={dispute} />;
    case "denial":
      return <DisputeDenial dispute={dispute} />;
    case "timeline":
      return <DisputeHistory dispute={dispute} />;
    case "facts":
      return <DisputeFacts dispute={dispute} />;
    case "operation":
      return <OperationForm dispute={dispute} />;
  }
}
