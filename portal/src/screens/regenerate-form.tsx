/** What became of the old file, the difference that regenerating would make, and the deed. */
import { Button, Radio, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { BatchDetails, RegenerationPreview } from "../api/batch-types.ts";
import parts from "../parts/parts.module.css";
import { Done, ProblemNote } from "../ui/answers.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import ui from "../ui/ui.module.css";

import { BatchStatements } from "./batch-statements.tsx";
import type { Fate } from "./fates.ts";
import { FATE_IS_SEALED, possibleFates } from "./fates.ts";
import { RegenerationDifference } from "./regeneration-difference.tsx";

/** With one word too few, what comes back is the statement that waits. */
interface Answer {
  readonly state?: string;
  readonly files?: readonly { readonly id: string; readonly fileName: string }[];
}

export function RegenerateForm({ file }: { readonly file: BatchDetails }) {
  const [fate, setFate] = useState<Fate | null>(null);
  const [reason, setReason] = useState("");
  const [key, setKey] = useState("");
  const preview = useSend<RegenerationPreview>();
  const send = useSend<Answer>();
  const isResend = fate?.verb === "resend";
  const path = `/batches/${file.id}/${isResend ? "transmissions" : "regenerations"}`;
  const statement = isResend ? {} : { statement: fate?.value };
  const body = { ...statement, reason: reason.trim() };
  const isFilled = fate !== null && reason.trim() !== "";
  const apply = (): void => {
    send.reset();
    setKey(newKey());
    if (!isResend) preview.mutate({ path, body, query: { dryRun: true }, version: file.version });
  };
  if (send.data !== undefined) return <Finished isResend={isResend} answer={send.data} />;
  if (isStated(file)) return <BatchStatements file={file} />;
  const fates = possibleFates(file.state);
  if (fates.length === 0) return <p className={ui["quiet"]}>{FATE_IS_SEALED[file.state]}</p>;
  const isReady = key !== "" && (isResend || preview.data !== undefined);
  return (
    <form
      className={parts["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isFilled) apply();
      }}
    >
      <FateChoice
        fates={fates}
        fate={fate}
        choose={(chosen) => {
          setFate(chosen);
          setKey("");
          preview.reset();
        }}
      />
      <Textarea
        label="How do you know?"
        description="Kept with the file for ever."
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={ui["row"]}>
        <Button type="submit" variant="default" disabled={!isFilled || preview.isPending}>
          {preview.isPending ? "Looking…" : "Apply"}
        </Button>
        {isFilled ? null : (
          <span className={ui["soft"]}>Say what became of the file and how you know.</span>
        )}
      </div>
      {preview.error === null ? null : <ProblemNote error={preview.error} />}
      {isReady ? (
        <Confirm
          fate={fate}
          preview={isResend ? undefined : preview.data}
          isSending={send.isPending}
          process={() => send.mutate({ path, body, key, version: file.version })}
        />
      ) : null}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}

function FateChoice(props: {
  readonly fates: readonly Fate[];
  readonly fate: Fate | null;
  readonly choose: (fate: Fate | null) => void;
}) {
  const { fates, fate, choose } = props;
  return (
    <Radio.Group
      label="What became of the old file?"
      value={fate?.value ?? ""}
      onChange={(value) => choose(fates.find((one) => one.value === value) ?? null)}
    >
      <div className={ui["stack"]}>
        {fates.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} />
        ))}
      </div>
    </Radio.Group>
  );
}

/** One person's word waits: what is wanted now is another's. */
const isStated = ({ statements }: BatchDetails): boolean =>
  statements.some((one) => one.state === "waiting");

function Confirm(props: {
  readonly fate: Fate | null;
  readonly preview: RegenerationPreview | undefined;
  readonly isSending: boolean;
  readonly process: () => void;
}) {
  const { fate, preview, isSending } = props;
  const verb = fate?.verb === "resend" ? "Resend" : "Regenerate";
  return (
    <div className={parts["review"]} role="status">
      <h3>{verb}</h3>
      <p>{fate?.then}</p>
      {preview === undefined ? null : <RegenerationDifference preview={preview} />}
      <div>
        <ProcessActions
          process={props.process}
          isSending={isSending}
          verb={verb}
          color={verb === "Regenerate" ? "red" : undefined}
        />
      </div>
    </div>
  );
}

function Finished(props: { readonly isResend: boolean; readonly answer: Answer }) {
  const files = props.answer.files ?? [];
  if (props.isResend) {
    return <Done title="The same file is being sent again; its page shows every step" />;
  }
  if (props.answer.state === "waiting") {
    return (
      <Done title="Your word is kept; a second person has to say the same">
        <p>
          Nothing was done yet. Whoever opens the file next sees it and can second or decline it.
        </p>
      </Done>
    );
  }
  return (
    <Done title="The old file is void; a new one takes its place">
      <ul>
        {files.map((file) => (
          <li key={file.id}>
            <Link className={ui["link"]} to="/batches/$batch" params={{ batch: file.id }}>
              {file.fileName}
            </Link>
          </li>
        ))}
      </ul>
    </Done>
  );
}
