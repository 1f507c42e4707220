/** Administration, with the menu *Accounts*: its actions are there only for clients with batch. */
import type { ComponentType } from "react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Landmark } from "lucide-react";

import { useBatchClients, useClient, useClientName } from "../parts/clients.ts";
import { Empty } from "../ui/answers.tsx";
import { Page, Panel } from "../ui/panel.tsx";

import { DenyDebits } from "./deny-debits.tsx";
import { GenerateFiles } from "./generate-files.tsx";
import { AssignmentGroups, WorkGroups } from "./groups.tsx";
import { HoldSettings } from "./hold-settings.tsx";
import { RegenerateBatch } from "./regenerate-batch.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/administration");

/** The menus; *Accounts* has actions only where a client has accounting by batch file. */
const MENUS = [
  {
    title: "Accounts",
    needsBatch: true,
    actions: [
      { id: "generate", label: "Generate Accounting File(s)", screen: GenerateFiles },
      { id: "regenerate", label: "Regenerate Accounting Batch", screen: RegenerateBatch },
    ],
  },
  {
    title: "Work",
    needsBatch: false,
    actions: [
      { id: "work-groups", label: "Work Groups", screen: WorkGroups },
      { id: "assignment-groups", label: "Assignment Groups", screen: AssignmentGroups },
    ],
  },
  {
    title: "Accounting",
    needsBatch: false,
    actions: [
      { id: "holds", label: "Holds", screen: HoldSettings },
      { id: "denyDebits", label: "Deny debits", screen: DenyDebits },
    ],
  },
] as const;

export function Administration() {
  const search = route.useSearch();
  const hasBatch = useBatchClients().length > 0;
  const menus = MENUS.filter((menu) => hasBatch || !menu.needsBatch);
  const actions = menus.flatMap((menu): readonly Action[] => menu.actions);
  const chosen =
    actions.find((action) => action.id === search.do) ?? (hasBatch ? actions[0] : null);
  return (
    <Page title="Administration">
      <div className={css["admin"]}>
        <nav aria-label="Administration">
          {menus.map((menu) => (
            <div key={menu.title} role="group" aria-label={menu.title}>
              <h2>{menu.title}</h2>
              {menu.actions.map(({ id, label }) => (
                <Link
                  key={id}
                  to="/administration"
                  search={{ do: id }}
                  aria-current={id === chosen?.id ? "page" : undefined}
                >
                  {label}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        {chosen === null || chosen === undefined ? <NoBatch /> : <chosen.screen />}
      </div>
    </Page>
  );
}

interface Action {
  readonly id: string;
  readonly label: string;
  readonly screen: ComponentType;
}

function NoBatch() {
  const client = useClient();
  const nameOf = useClientName();
  return (
    <Panel flush>
      <Empty title="Nothing to administer here" icon={Landmark}>
        <p>
          {client === undefined ? "None of your clients" : nameOf(client)} has accounting by batch
          file. Where a batch profile is configured, <em>Accounts</em> appears here, with the
          actions that make files and make them again.
        </p>
      </Empty>
    </Panel>
  );
}
