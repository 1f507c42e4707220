/** Administration, with the menu *Accounts*: its actions are there only for clients with batch. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { Landmark } from "lucide-react";

import { useBatchClients, useClient, useClientName } from "../parts/clients.ts";
import { Empty } from "../ui/answers.tsx";
import { Page, Panel } from "../ui/panel.tsx";

import { GenerateFiles } from "./generate-files.tsx";
import { RegenerateBatch } from "./regenerate-batch.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/administration");

const ACTIONS = [
  { id: "generate", label: "Generate Accounting File(s)", screen: GenerateFiles },
  { id: "regenerate", label: "Regenerate Accounting Batch", screen: RegenerateBatch },
] as const;

export function Administration() {
  const search = route.useSearch();
  const clients = useBatchClients();
  const chosen = ACTIONS.find((action) => action.id === search.do) ?? ACTIONS[0];
  if (clients.length === 0) return <NoBatch />;
  return (
    <Page title="Administration">
      <div className={css["admin"]}>
        <nav aria-label="Administration">
          <h2>Accounts</h2>
          {ACTIONS.map(({ id, label }) => (
            <Link
              key={id}
              to="/administration"
              search={{ do: id }}
              aria-current={id === chosen.id ? "page" : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
        <chosen.screen />
      </div>
    </Page>
  );
}

function NoBatch() {
  const client = useClient();
  const nameOf = useClientName();
  return (
    <Page title="Administration">
      <Panel flush>
        <Empty title="Nothing to administer here" icon={Landmark}>
          <p>
            {client === undefined ? "None of your clients" : nameOf(client)} has accounting by batch
            file. Where a batch profile is configured, <em>Accounts</em> appears here, with the
            actions that make files and make them again.
          </p>
        </Empty>
      </Panel>
    </Page>
  );
}
