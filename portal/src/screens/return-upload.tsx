/** Brings a return file in by hand; the answer says at once what became of its lines. */
import { Button, FileInput, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { BatchProfile } from "../api/batch-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { profilesQuery } from "../api/queries.ts";
import type { ReturnDetails } from "../api/return-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { RETURN_LOOKS } from "../parts/return-looks.ts";
import { useRight } from "../parts/rights.ts";
import css from "../parts/service.module.css";
import { Answer, Done, ProblemNote } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

export function ReturnUpload() {
  const query = useQuery(profilesQuery(useClient()));
  const mayAnswer = useRight("batch:answer");
  if (!mayAnswer) return null;
  return (
    <Panel title="Bring in a file" note="stored first, then matched; twice changes nothing">
      <Answer query={query} what="the profiles">
        {(profiles) => {
          const reading = profiles.filter((profile) => profile.returnFormat !== null);
          return reading.length === 0 ? <NoneReads /> : <Upload profiles={reading} />;
        }}
      </Answer>
    </Panel>
  );
}

function NoneReads() {
  return (
    <p className={ui["soft"]}>
      No profile of the clients in view reads answers yet. Give it a <code>returnFile</code>, for
      instance <code>{'{ "format": "csv" }'}</code>: bai2, camt.053, camt.054, pain.002, Nacha
      returns and acknowledgements, CSV, fixed width and JSON Lines are read.
    </p>
  );
}

function inMebibytes(bytes: number): string {
  const size = bytes / 1024 ** 2;
  return `${size.toLocaleString("en-US", { maximumFractionDigits: 1 })} MiB`;
}

const idOf = ({ client, name }: BatchProfile): string => `${client} ${name}`;

function Upload({ profiles }: { readonly profiles: readonly BatchProfile[] }) {
  const nameOf = useClientName();
  const [chosen, setChosen] = useState(profiles.length === 1 ? profiles.map(idOf).join("") : "");
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const send = useSend<ReturnDetails>();
  const profile = profiles.find((one) => idOf(one) === chosen);
  const mostBytes = profile?.returnMostBytes ?? null;
  const isTooLarge = file !== null && mostBytes !== null && file.size > mostBytes;
  const isFilled = profile !== undefined && file !== null && !isTooLarge;
  const renew = (): void => {
    setKey(newKey());
    send.reset();
  };
  return (
    <form
      className={ui["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isFilled) return;
        const query = { client: profile.client, profile: profile.name, name: file.name };
        send.mutate({ path: "/inbound-files", query, bytes: file, key });
      }}
    >
      <div className={css["form"]}>
        <NativeSelect
          label="Answers to"
          value={chosen}
          data={[
            { value: "", label: "Choose a profile…" },
            ...profiles.map((one) => ({
              value: idOf(one),
              label: `${one.name} · ${nameOf(one.client)} · ${one.returnFormat}`,
            })),
          ]}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
            renew();
          }}
        />
        <FileInput
          label="File"
          placeholder="Choose a file…"
          description={
            mostBytes === null ? undefined : `at most ${inMebibytes(mostBytes)}, unpacked`
          }
          error={
            isTooLarge
              ? `It has ${inMebibytes(file.size)}; at most ${inMebibytes(mostBytes)} are read. Ask for it in parts.`
              : null
          }
          clearable
          value={file}
          onChange={(one) => {
            setFile(one);
            renew();
          }}
        />
        <div>
          <Button type="submit" disabled={!isFilled || send.isPending}>
            {send.isPending ? "Taking it in…" : "Take it in"}
          </Button>
        </div>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
      {send.data === undefined ? null : <TakenIn file={send.data} />}
    </form>
  );
}

function TakenIn({ file }: { readonly file: ReturnDetails }) {
  const { word } = RETURN_LOOKS[file.state];
  const title =
    file.repeats.length === 0
      ? `${file.name} is stored: ${word.toLowerCase()}`
      : "The same bytes were here before: nothing changed";
  return (
    <Done title={title}>
      {file.problem === null ? null : <p>{file.problem}</p>}
      <p>
        <Link className={ui["link"]} to="/batches/returns/$return" params={{ return: file.id }}>
          What became of its {file.lines.toLocaleString("en-US")} lines
        </Link>
      </p>
    </Done>
  );
}
