/** Brings in a feed of the system of record; the answer says at once what became of its lines. */
import { Button, FileInput, NativeSelect } from "@mantine/core";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { Reconciliation } from "../api/resolution-types.ts";
import { useClient, useClients } from "../parts/clients.ts";
import { useRight } from "../parts/rights.ts";
import css from "../parts/service.module.css";
import { Done, ProblemNote } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

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
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const send = useSend<Reconciliation>();
  if (!mayRun) return null;
  const client = inView ?? (chosen === "" && clients.length === 1 ? clients[0]?.id : chosen);
  const isFilled = file !== null && client !== undefined && client !== "";
  const renew = (): void => {
    setKey(newKey());
    send.reset();
  };
  return (
    <Panel title="Bring in a feed" note="compared at once; twice changes nothing">
      <form
        className={ui["stack"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isFilled) return;
          const query = { client, format, name: file.name };
          send.mutate({ path: "/reconciliations", query, bytes: file, key });
        }}
      >
        <div className={css["form"]}>
          {inView === undefined ? (
            <ClientField
              value={client ?? ""}
              choose={(id) => {
                setChosen(id);
                renew();
              }}
            />
          ) : null}
          <NativeSelect
            label="Format"
            value={format}
            data={FORMATS}
            onChange={(event) => {
              setFormat(event.currentTarget.value);
              renew();
            }}
          />
          <FileInput
            label="File"
            placeholder="Choose a file…"
            clearable
            value={file}
            onChange={(one) => {
              setFile(one);
              renew();
            }}
          />
          <div>
            <Button type="submit" disabled={!isFilled || send.isPending}>
              {send.isPending ? "Comparing…" : "Compare"}
            </Button>
          </div>
        </div>
        {send.error === null ? null : <ProblemNote error={send.error} />}
        {send.data === undefined ? null : <Compared feed={send.data} />}
      </form>
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
