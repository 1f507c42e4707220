/** The faces of batch accounting: what leaves, when, where to, and what comes back. */
import { Link } from "@tanstack/react-router";

import css from "./service.module.css";

const TABS = [
  { to: "/batches", label: "Files" },
  { to: "/batches/calendar", label: "Calendar" },
  { to: "/batches/returns", label: "Return files" },
  { to: "/batches/profiles", label: "Profiles" },
] as const;

export function BatchTabs() {
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
        </Link>
      ))}
    </nav>
  );
}
