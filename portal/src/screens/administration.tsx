/** Administration, with the menu *Accounts*: its actions are there only for clients with batch. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { Landmark } from "lucide-react";

import { useBatchClients, useClient, useClientName } from "../parts/clients.ts";
import { Empty } from "../ui/answers.tsx";
import { Page, Panel } from "../ui/panel.tsx";

import { DenyDebits } from "./deny-debits.tsx";
import { GenerateFiles } from "./generate-files.tsx";
import { HoldSettings } from "./hold-settings.tsx";
import { RegenerateBatch } from "./regenerate-batch.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/administration");

/** `Accounts` are there only for clients with batch; the others for all. */
const ACTIONS = [
  { id: "generate", label: "Generate Accounting File(s)", menu: "Accounts", screen: GenerateFiles },
  {
    id: "regenerate",
    label: "Regenerate Accounting Batch",
    menu: "Accounts",
    screen: RegenerateBatch,
  },
  { id: "holds", label: "Holds", menu: "Accounting", screen: HoldSettings },
  { id: "denyDebits", label: "Deny debits", menu: "Accounting", screen: DenyDebits },
] as const;

const MENUS = ["Accounts", "Accounting"] as const;

export function Administration() {
  const search = route.useSearch();
  const clients = useBatchClients();
  const hasBatch = clients.length > 0;
  const chosen = ACTIONS.find((action) => action.id === search.do) ?? ACTIONS[0];
  return (
    <Page title="Administration">
      <div className={css["admin"]}>
        <nav aria-label="Administration">
          {MENUS.filter((menu) => hasBatch || menu !== "Accounts").map((menu) => (
            <div key={menu}>
              <h2>{menu}</h2>
              {ACTIONS.filter((action) => action.menu === menu).map(({ id, label }) => (
                <Link
                  key={id}
                  to="/administration"
                  search={{ do: id }}
                  aria-current={id === chosen.id ? "page" : undefined}
                >
                  {label}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        {chosen.menu === "Accounts" && !hasBatch ? <NoBatch /> : <chosen.screen />}
      </div>
    </Page>
  );
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
