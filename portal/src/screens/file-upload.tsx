/** Brings a file in by hand: what it belongs to, the file, and the server's answer below. */
import { Button, FileInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import css from "../parts/service.module.css";
import { ProblemNote } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";

// What the server answers at this path is known to whoever names the path.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function FileUpload<Taken>(props: {
  readonly path: string;
  /** What is sent beside the file; null while something is not chosen. */
  readonly query: Readonly<Record<string, string>> | null;
  readonly verb: string;
  /** The verb while the server does it. */
  readonly doing: string;
  /** The fields above the file. They call `changed`: what was sent before is another request. */
  readonly fields: (changed: () => void) => ReactNode;
  readonly taken: (answer: Taken) => ReactNode;
}) {
  const { path, query, verb, doing, fields, taken } = props;
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const send = useSend<Taken>();
  const changed = (): void => {
    setKey(newKey());
    send.reset();
  };
  return (
    <form
      className={ui["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (query === null || file === null) return;
        send.mutate({ path, query: { ...query, name: file.name }, bytes: file, key });
      }}
    >
      <div className={css["form"]}>
        {fields(changed)}
        <FileInput
          label="File"
          placeholder="Choose a file…"
          clearable
          value={file}
          onChange={(one) => {
            setFile(one);
            changed();
          }}
        />
        <div>
          <Button type="submit" disabled={query === null || file === null || send.isPending}>
            {send.isPending ? doing : verb}
          </Button>
        </div>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
      {send.data === undefined ? null : taken(send.data)}
    </form>
  );
}
