/** The faces of batch accounting: what leaves, when, where to, and what comes back. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { alarmsQuery } from "../api/return-queries.ts";
import { WordBadge } from "../ui/badge.tsx";

import { useClient } from "./clients.ts";
import css from "./service.module.css";

const TABS = [
  { to: "/batches", label: "Files" },
  { to: "/batches/calendar", label: "Calendar" },
  { to: "/batches/returns", label: "Return files" },
  { to: "/batches/profiles", label: "Profiles" },
] as const;

export function BatchTabs() {
  const alarms = useQuery(alarmsQuery(useClient())).data?.items.length ?? 0;
  return (
    <nav className={css["tabs"]} aria-label="Batch accounting">
      {TABS.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ "aria-current": "page" }}
        >
          {label}
          {to === "/batches/returns" && alarms > 0 ? <Alarms count={alarms} /> : null}
        </Link>
      ))}
    </nav>
  );
}

/** Seen from each tab: an alarm must not wait until somebody happens to look. */
function Alarms({ count }: { readonly count: number }) {
  return (
    <>
      {" "}
      <WordBadge tone="bad">{count === 1 ? "1 alarm" : `${count} alarms`}</WordBadge>
    </>
  );
}
