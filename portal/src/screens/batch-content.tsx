/** The stored bytes, shown only when asked for: they may hold account numbers. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { contentQuery } from "../api/queries.ts";
import type { BatchDetails } from "../api/batch-types.ts";
import { Answer } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";

import css from "./screens.module.css";

const SHOWN_CHARACTERS = 20_000;

export function BatchContent({ file }: { readonly file: BatchDetails }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      title="Content"
      note="the bytes as they leave"
      actions={
        <Button variant="default" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? "Hide" : "Show the content"}
        </Button>
      }
      flush
    >
      {isOpen ? <Content id={file.id} /> : null}
    </Panel>
  );
}

function Content({ id }: { readonly id: string }) {
  const query = useQuery(contentQuery(id));
  return (
    <Answer query={query} what="the content">
      {(text) => (
        <pre className={css["preview"]} tabIndex={0} aria-label="Content of the file">
          {text.slice(0, SHOWN_CHARACTERS)}
          {text.length > SHOWN_CHARACTERS ? "\n… the rest is not shown" : ""}
        </pre>
      )}
    </Answer>
  );
}
