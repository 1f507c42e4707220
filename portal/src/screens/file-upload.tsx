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
  /** More are not sent; null while it is not known. */
  readonly mostBytes?: number | null;
  /** The fields above the file. They call `changed`: what was sent before is another request. */
  readonly fields: (changed: () => void) => ReactNode;
  readonly taken: (answer: Taken) => ReactNode;
}) {
  const { path, query, verb, doing, fields, taken, mostBytes = null } = props;
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const send = useSend<Taken>();
  const isTooLarge = file !== null && mostBytes !== null && file.size > mostBytes;
  const isFilled = query !== null && file !== null && !isTooLarge;
  const changed = (): void => {
    setKey(newKey());
    send.reset();
  };
  return (
    <form
      className={ui["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isFilled) return;
        send.mutate({ path, query: { ...query, name: file.name }, bytes: file, key });
      }}
    >
      <div className={css["form"]}>
        {fields(changed)}
        <FileInput
          label="File"
          placeholder="Choose a file…"
          description={mostBytes === null ? null : `at most ${inMebibytes(mostBytes)}, unpacked`}
          error={isTooLarge ? `It has ${inMebibytes(file.size)}. Ask for it in parts.` : null}
          clearable
          value={file}
          onChange={(one) => {
            setFile(one);
            changed();
          }}
        />
        <div>
          <Button type="submit" disabled={!isFilled || send.isPending}>
            {send.isPending ? doing : verb}
          </Button>
        </div>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
      {send.data === undefined ? null : taken(send.data)}
    </form>
  );
}

function inMebibytes(bytes: number): string {
  const size = bytes / 1024 ** 2;
  return `${size.toLocaleString("en-US", { maximumFractionDigits: 1 })} MiB`;
}
