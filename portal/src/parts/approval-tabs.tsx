/** The faces of approvals: what waits for me, everything, what I asked for, and lent rights. */
import { Link } from "@tanstack/react-router";

import css from "./service.module.css";

export const APPROVAL_VIEWS = [
  { show: undefined, label: "Waiting for me" },
  { show: "all", label: "All that wait" },
  { show: "asked", label: "I asked for" },
  { show: "settled", label: "Approved" },
  { show: "declined", label: "Declined" },
] as const;

export function ApprovalTabs({ current }: { readonly current: string }) {
  return (
    <nav className={css["tabs"]} aria-label="Approvals">
      {APPROVAL_VIEWS.map(({ show, label }) => (
        <Link
          key={label}
          to="/approvals"
          search={show === undefined ? {} : { show }}
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={current === (show ?? "mine") ? "page" : undefined}
        >
          {label}
        </Link>
      ))}
      <Link
        to="/approvals/delegations"
        aria-current={current === "delegations" ? "page" : undefined}
      >
        Delegations
      </Link>
    </nav>
  );
}
