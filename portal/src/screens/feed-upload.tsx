/** Brings in a feed of the system of record; the answer says at once what became of its lines. */
import { NativeSelect } from "@mantine/core";
import { useState } from "react";

import type { Reconciliation } from "../api/resolution-types.ts";
import { useClient, useClients } from "../parts/clients.ts";
import { useRight } from "../parts/rights.ts";
import { Done } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";

import { FileUpload } from "./file-upload.tsx";

const FORMATS = [
  { value: "csv", label: "CSV" },
  { value: "bai2", label: "BAI2" },
  { value: "camt.053", label: "camt.053" },
];

export function FeedUpload() {
  const mayRun = useRight("reconcile:run");
  const inView = useClient();
  const clients = useClients();
  const [chosen, setChosen] = useState("");
  const [format, setFormat] = useState("csv");
  if (!mayRun) return null;
  const client = inView ?? (chosen === "" && clients.length === 1 ? clients[0]?.id : chosen);
  return (
    <Panel title="Bring in a feed" note="compared at once; twice changes nothing">
      <FileUpload<Reconciliation>
        path="/reconciliations"
        query={client === undefined || client === "" ? null : { client, format }}
        verb="Compare"
        doing="Comparing…"
        fields={(changed) => (
          <>
            {inView === undefined ? (
              <ClientField
                value={client ?? ""}
                choose={(id) => {
                  setChosen(id);
                  changed();
                }}
              />
            ) : null}
            <NativeSelect
              label="Format"
              value={format}
              data={FORMATS}
              onChange={(event) => {
                setFormat(event.currentTarget.value);
                changed();
              }}
            />
          </>
        )}
        taken={(feed) => <Compared feed={feed} />}
      />
    </Panel>
  );
}

function ClientField(props: { readonly value: string; readonly choose: (client: string) => void }) {
  const clients = useClients();
  return (
    <NativeSelect
      label="Whose movements"
      value={props.value}
      data={[
        { value: "", label: "Choose a client…" },
        ...clients.map((one) => ({ value: one.id, label: one.name })),
      ]}
      onChange={(event) => props.choose(event.currentTarget.value)}
    />
  );
}

function Compared({ feed }: { readonly feed: Reconciliation }) {
  return (
    <Done title={`${feed.lines} lines compared`}>
      <p>
        {feed.matched} matched, {feed.different} different, {feed.missingHere} missing here,{" "}
        {feed.missingThere} missing there.
      </p>
    </Done>
  );
}
