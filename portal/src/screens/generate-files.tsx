/**
 * Accounts › Generate Accounting File(s): writes what is pending into files now, instead of at the
 * cut-off. *Apply* shows what would leave; *Process Actions* makes the files.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { profilesQuery } from "../api/queries.ts";
import type { GenerationAnswer } from "../api/batch-types.ts";
import parts from "../parts/parts.module.css";
import { RunningGenerations } from "../parts/running-generations.tsx";
import { useBatchClients, useClient, useClientName } from "../parts/clients.ts";
import { Done, ProblemNote } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import ui from "../ui/ui.module.css";

import { GenerationFaults, GenerationTable } from "./generation-table.tsx";

const route = getRouteApi("/inside/administration");

export function GenerateFiles() {
  const [key, setKey] = useState("");
  const body = useScope();
  const preview = useSend<GenerationAnswer>();
  const send = useSend<GenerationAnswer>();
  const clear = (): void => {
    preview.reset();
    send.reset();
  };
  const leaves = preview.data?.previews.some((one) => one.files > 0) === true;
  return (
    <Panel
      title="Generate Accounting File(s)"
      note="takes what is pending for batch, and nothing that is planned or awaits approval"
    >
      <div className={ui["stack"]}>
        <Choice changed={clear} />
        {send.data === undefined ? (
          <div>
            <Button
              variant={preview.data === undefined ? "filled" : "default"}
              disabled={preview.isPending}
              onClick={() => {
                clear();
                setKey(newKey());
                preview.mutate({ path: "/batches", body: { ...body, dryRun: true } });
              }}
            >
              {preview.isPending ? "Looking…" : "Apply"}
            </Button>
          </div>
        ) : null}
        {preview.error === null ? null : <ProblemNote error={preview.error} />}
        {preview.data === undefined || send.data !== undefined ? null : (
          <div className={parts["review"]} role="status">
            <h3>{leaves ? "This would leave now" : "Nothing would leave now"}</h3>
            <GenerationTable previews={preview.data.previews} />
            <GenerationFaults faults={preview.data.faults} />
            <div>
              <ProcessActions
                process={() => send.mutate({ path: "/batches", body, key })}
                isSending={send.isPending}
                doing="Generating…"
                disabled={!leaves}
              />
            </div>
          </div>
        )}
        {send.isPending ? <RunningGenerations /> : null}
        {send.error === null ? null : <ProblemNote error={send.error} />}
        {send.data === undefined ? null : <Generated answer={send.data} again={clear} />}
      </div>
    </Panel>
  );
}

function useScope(): { readonly client?: string; readonly profile?: string } {
  const client = useClient();
  const { profile } = route.useSearch();
  return {
    ...(client === undefined ? {} : { client }),
    ...(profile === undefined ? {} : { profile }),
  };
}

function Choice({ changed }: { readonly changed: () => void }) {
  const navigate = useNavigate({ from: "/administration" });
  const client = useClient();
  const { profile } = route.useSearch();
  const clients = useBatchClients();
  const profiles = useQuery(profilesQuery(client)).data ?? [];
  const choose = (part: { readonly client?: string; readonly profile?: string }): void => {
    changed();
    void navigate({ search: (before) => ({ ...before, profile: undefined, ...part }) });
  };
  const names = [...new Set(profiles.map((one) => one.name))];
  return (
    <div className={parts["fields"]}>
      <NativeSelect
        label="Client"
        value={client ?? ""}
        data={[
          { value: "", label: "All clients with batch" },
          ...clients.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(event) => choose({ client: event.currentTarget.value })}
      />
      <NativeSelect
        label="Profile"
        value={profile ?? ""}
        data={[
          { value: "", label: "All profiles" },
          ...names.map((name) => ({ value: name, label: name })),
        ]}
        onChange={(event) => choose({ profile: event.currentTarget.value })}
      />
    </div>
  );
}

function Generated(props: { readonly answer: GenerationAnswer; readonly again: () => void }) {
  const nameOf = useClientName();
  const generated = props.answer.generated;
  const files = generated.flatMap((one) => one.files.map((file) => ({ ...file, of: one })));
  return (
    <Done title={files.length === 1 ? "One file is made" : `${files.length} files are made`}>
      <ul>
        {files.map((file) => (
          <li key={file.id}>
            <Link className={ui["link"]} to="/batches/$batch" params={{ batch: file.id }}>
              {file.fileName}
            </Link>{" "}
            for {nameOf(file.of.client)}, posting {file.of.postingDate}
            {file.of.refused === 0 ? "" : `; ${file.of.refused} did not fit the layout`}
          </li>
        ))}
      </ul>
      <p>Where a destination is configured, each is being sent: its page shows every step.</p>
      <GenerationFaults faults={props.answer.faults} />
      <div>
        <Button variant="default" onClick={props.again}>
          Generate again
        </Button>
      </div>
    </Done>
  );
}
