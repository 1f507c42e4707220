/** A person's word that a whole file was processed at its destination: first said, then done. */
import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { BatchDetails, BatchFile } from "../api/batch-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import parts from "../parts/parts.module.css";
import { useRight } from "../parts/rights.ts";
import { Done, ProblemNote } from "../ui/answers.tsx";
import { Amount } from "../ui/money.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import ui from "../ui/ui.module.css";
import { useFocusInside } from "../ui/use-focus-inside.ts";

interface Acknowledged {
  readonly batch: BatchFile;
  readonly settled: number;
  readonly waits: string | null;
}

export function BatchAttestation({ file }: { readonly file: BatchDetails }) {
  const mayAnswer = useRight("batch:answer");
  const [isOpen, setOpen] = useState(false);
  const send = useSend<Acknowledged>();
  if (send.data !== undefined) return <Said answer={send.data} />;
  if (isOpen) return <Saying file={file} send={send} close={() => setOpen(false)} />;
  return (
    <div>
      <Button
        variant="default"
        disabled={!mayAnswer}
        title={mayAnswer ? undefined : "Your role does not allow this"}
        onClick={() => setOpen(true)}
      >
        It was processed…
      </Button>
    </div>
  );
}

function Saying(props: {
  readonly file: BatchDetails;
  readonly send: ReturnType<typeof useSend<Acknowledged>>;
  readonly close: () => void;
}) {
  const { file, send, close } = props;
  const [reference, setReference] = useState("");
  const [key, setKey] = useState("");
  const place = useFocusInside<HTMLFormElement>();
  const isFilled = reference.trim() !== "";
  const path = `/batches/${file.id}/acknowledgements`;
  const body = { answer: "accepted", reference: reference.trim() };
  return (
    <form
      ref={place}
      className={parts["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isFilled) setKey(newKey());
      }}
    >
      <TextInput
        label="Their reference, or how you know"
        description="Kept with each line for ever."
        required
        maxLength={200}
        value={reference}
        onChange={(event) => {
          setReference(event.currentTarget.value);
          setKey("");
        }}
      />
      <div className={ui["row"]}>
        <Button type="submit" variant="default" disabled={!isFilled}>
          Apply
        </Button>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
      </div>
      {key === "" ? null : (
        <div className={parts["review"]} role="status">
          <p>
            Each line that has no answer yet counts as executed: of debits{" "}
            <Amount money={file.totals.debits.amount} /> and of credits{" "}
            <Amount money={file.totals.credits.amount} /> at most. It cannot be taken back but by a
            reversal.
          </p>
          <div>
            <ProcessActions
              process={() => send.mutate({ path, body, key, version: file.version })}
              isSending={send.isPending}
            />
          </div>
        </div>
      )}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}

function Said({ answer }: { readonly answer: Acknowledged }) {
  if (answer.waits !== null) {
    return (
      <Done title="Your word is kept; another person has to agree">
        <p>
          Nothing was done yet. <Link to="/approvals">Approvals</Link> says who may.
        </p>
      </Done>
    );
  }
  const lines = answer.settled === 1 ? "1 line has" : `${answer.settled} lines have`;
  return <Done title={`${lines} an answer now`} />;
}
