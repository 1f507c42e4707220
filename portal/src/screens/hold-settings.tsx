/** Administration of holds: what each client has switched on, the services asked, their change. */
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Hourglass } from "lucide-react";
import { useState } from "react";

import { holdSettingsQuery } from "../api/hold-queries.ts";
import type { HoldSettings as Settings } from "../api/hold-types.ts";
import { useClient, useClientName, useClients } from "../parts/clients.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";

import { SettingsPanel } from "./settings-panel.tsx";

export function HoldSettings() {
  const inView = useClient();
  const clients = useClients();
  const nameOf = useClientName();
  const [chosen, choose] = useState<string | null>(null);
  const client = inView ?? chosen ?? clients[0]?.id;
  if (client === undefined) return null;
  return (
    <div className={ui["stack"]}>
      {inView === undefined && clients.length > 1 ? (
        <NativeSelect
          label="Client"
          value={client}
          data={clients.map(({ id }) => ({ value: id, label: nameOf(id) }))}
          onChange={(event) => choose(event.currentTarget.value)}
        />
      ) : null}
      <OfClient key={client} client={client} />
    </div>
  );
}

function OfClient({ client }: { readonly client: string }) {
  const query = useQuery(holdSettingsQuery(client));
  return (
    <Answer query={query} what="the holds">
      {(settings) => <Shown settings={settings} />}
    </Answer>
  );
}

function Shown({ settings }: { readonly settings: Settings }) {
  const isOff = Object.keys(settings.settings["holds"] ?? {}).length === 0;
  return (
    <SettingsPanel
      title="Holds"
      note="what waits before it is booked, and for what"
      path={`/clients/${settings.client}/holds`}
      settings={settings}
      name="holds and lookUps"
      empty={isOff ? <NoHold /> : undefined}
      consequence="New movements are held by them. What is held already keeps its dates."
    />
  );
}

function NoHold() {
  return (
    <Empty title="No hold is switched on" icon={Hourglass}>
      <p>
        Switched on here: <code>activeCardNumber</code>, <code>fraudCardStatus</code>,{" "}
        <code>newAccountDelay</code> and the institution&apos;s own in <code>custom</code>. A debit
        on notice always waits for its day.
      </p>
    </Empty>
  );
}
