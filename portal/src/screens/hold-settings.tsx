/**
 * Administration of holds: what each client has switched on, the services that are asked, and their
 * change: *Apply* shows the difference, *Process Actions* saves it.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Hourglass, Pencil } from "lucide-react";
import { useState } from "react";

import { holdSettingsQuery } from "../api/hold-queries.ts";
import type { HoldSettings as Settings } from "../api/hold-types.ts";
import { useClient, useClientName, useClients } from "../parts/clients.ts";
import { useRight } from "../parts/rights.ts";
import { Answer, Done, Empty } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import { PayloadView } from "../ui/payload.tsx";
import ui from "../ui/ui.module.css";

import { SettingsForm } from "./settings-form.tsx";

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
  const [isEditing, setEditing] = useState(false);
  const [saved, setSaved] = useState(false);
  const mayConfigure = useRight("service:configure");
  const isOff = Object.keys(settings.settings["holds"] ?? {}).length === 0;
  return (
    <Panel
      title="Holds"
      note="what waits before it is booked, and for what"
      actions={
        isEditing ? undefined : (
          <Button
            variant="default"
            leftSection={<Pencil size={14} aria-hidden />}
            disabled={!mayConfigure}
            title={mayConfigure ? undefined : "Your role does not allow this"}
            onClick={() => {
              setSaved(false);
              setEditing(true);
            }}
          >
            Change
          </Button>
        )
      }
    >
      <div className={ui["stack"]}>
        {settings.problem === null ? null : (
          <p className={ui["problem"]} role="alert">
            They do not load: {settings.problem}
          </p>
        )}
        {saved ? (
          <Done title="Saved">
            <p>New movements are held by them. What is held already keeps its dates.</p>
          </Done>
        ) : null}
        {isEditing ? (
          <SettingsForm
            path={`/clients/${settings.client}/holds`}
            settings={settings}
            close={() => setEditing(false)}
            done={() => {
              setEditing(false);
              setSaved(true);
            }}
          />
        ) : isOff ? (
          <Empty title="No hold is switched on" icon={Hourglass}>
            <p>
              Switched on here: <code>activeCardNumber</code>, <code>fraudCardStatus</code>,{" "}
              <code>newAccountDelay</code> and the institution&apos;s own in <code>custom</code>. A
              debit on notice always waits for its day.
            </p>
          </Empty>
        ) : (
          <PayloadView title="holds and lookUps" value={settings.settings} empty="Nothing." />
        )}
      </div>
    </Panel>
  );
}
