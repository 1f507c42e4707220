/** Brings a return file in by hand; the answer says at once what became of its lines. */
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { BatchProfile } from "../api/batch-types.ts";
import { profilesQuery } from "../api/queries.ts";
import type { ReturnDetails } from "../api/return-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { RETURN_LOOKS } from "../parts/return-looks.ts";
import { plural } from "../parts/service-looks.ts";
import { useRight } from "../parts/rights.ts";
import { Answer, Done } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

import { FileUpload } from "./file-upload.tsx";

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

const idOf = ({ client, name }: BatchProfile): string => `${client} ${name}`;

function Upload({ profiles }: { readonly profiles: readonly BatchProfile[] }) {
  const nameOf = useClientName();
  const [chosen, setChosen] = useState(profiles.length === 1 ? profiles.map(idOf).join("") : "");
  const profile = profiles.find((one) => idOf(one) === chosen);
  return (
    <FileUpload<ReturnDetails>
      path="/inbound-files"
      query={profile === undefined ? null : { client: profile.client, profile: profile.name }}
      verb="Take it in"
      doing="Taking it in…"
      mostBytes={profile?.returnMostBytes ?? null}
      fields={(changed) => (
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
            changed();
          }}
        />
      )}
      taken={(file) => <TakenIn file={file} />}
    />
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
          What became of its {plural(file.lines, "line")}
        </Link>
      </p>
    </Done>
  );
}
