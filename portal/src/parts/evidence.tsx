/** What shows a posting made by hand: attached before the attestation, which then rests on it. */
import { Button, FileInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { evidenceQuery } from "../api/resolution-queries.ts";
import type { Evidence } from "../api/resolution-types.ts";
import { Answer, ProblemNote } from "../ui/answers.tsx";
import { When } from "../ui/badge.tsx";
import ui from "../ui/ui.module.css";

import { useRight } from "./rights.ts";

export function EvidencePanel(props: { readonly assignment: string; readonly isOpen: boolean }) {
  const { assignment, isOpen } = props;
  const query = useQuery(evidenceQuery(assignment));
  const mayAttach = useRight("assignment:work");
  return (
    <section className={ui["stack"]} aria-label="Evidence">
      <h3>Evidence</h3>
      <Answer query={query} what="the evidence">
        {({ items }) => <Pieces items={items} />}
      </Answer>
      {isOpen && mayAttach ? <Attach assignment={assignment} /> : null}
    </section>
  );
}

function Pieces({ items }: { readonly items: readonly Evidence[] }) {
  const mayRead = useRight("evidence:read");
  if (items.length === 0) {
    return (
      <p className={ui["soft"]}>Nothing is attached. A print or a screen shows the posting.</p>
    );
  }
  return (
    <ul className={ui["itemList"]}>
      {items.map((one) => (
        <li key={one.id}>
          <div className={ui["item"]}>
            {mayRead ? (
              <a className={ui["link"]} href={`/v1/evidence/${one.id}`} download={one.name}>
                {one.name}
              </a>
            ) : (
              <span title="Your role does not allow reading it">{one.name}</span>
            )}
            <span className={ui["soft"]}>
              {one.mediaType}, {one.sizeBytes.toLocaleString("en-US")} bytes · {one.actor}{" "}
              <When at={one.recordedAt} />
              {one.attestations.length === 0 ? "" : " · the attestation rests on it"}
            </span>
            <code className={ui["soft"]} title={one.sha256}>
              sha-256 {one.sha256.slice(0, 16)}…
            </code>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Attach({ assignment }: { readonly assignment: string }) {
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const send = useSend<Evidence>();
  return (
    <form
      className={ui["stack"]}
      aria-label="Attach evidence"
      onSubmit={(event) => {
        event.preventDefault();
        if (file === null) return;
        const path = `/assignments/${assignment}/evidence`;
        send.mutate(
          { path, query: { name: file.name }, bytes: file, key },
          { onSuccess: () => setFile(null) },
        );
      }}
    >
      <FileInput
        label="Attach a file"
        description="PDF, PNG, JPEG, TIFF or plain text; it is kept sealed and never changed"
        placeholder="Choose a file…"
        clearable
        value={file}
        onChange={(chosen) => {
          setFile(chosen);
          setKey(newKey());
          send.reset();
        }}
      />
      <div>
        <Button type="submit" variant="default" disabled={file === null || send.isPending}>
          {send.isPending ? "Attaching…" : "Attach"}
        </Button>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}
