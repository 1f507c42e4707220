/** A short list of assignments, each leading to its work. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Assignment } from "../api/types.ts";
import { Due } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import ui from "../ui/ui.module.css";

import { useClientName } from "./clients.ts";

export function WorkList(props: {
  readonly items: readonly Assignment[];
  readonly empty: ReactNode;
}) {
  const nameOf = useClientName();
  if (props.items.length === 0) return props.empty;
  return (
    <ul className={ui["itemList"]}>
      {props.items.map((one) => (
        <li key={one.id}>
          <div className={ui["item"]}>
            <Link
              className={ui["link"]}
              to="/queues"
              search={{ queue: one.queue, assignment: one.id }}
            >
              {one.type}
            </Link>
            <span className={ui["soft"]}>
              {one.dispute ?? one.claim} · {nameOf(one.client)}
              {one.reason === null ? "" : ` · ${one.reason}`}
            </span>
          </div>
          <div>
            <div>
              <Amount money={one.amount} />
            </div>
            <Due at={one.goalAt} />
          </div>
        </li>
      ))}
    </ul>
  );
}
