/** What one person said became of a file, and the word of a second one where two are asked for. */
import { Button, TextInput } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { BatchDetails, BatchStatement } from "../api/batch-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { sessionQuery } from "../api/queries.ts";
import parts from "../parts/parts.module.css";
import { useRight } from "../parts/rights.ts";
import { actorWords } from "../ui/actors.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { When, WordBadge } from "../ui/badge.tsx";
import { inWords } from "../ui/states.ts";
import type { Tone } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { FateTable } from "./regeneration-difference.tsx";

const TONES: Readonly<Record<BatchStatement["state"], Tone>> = {
  waiting: "accent",
  seconded: "good",
  declined: "calm",
};

const WORDS: Readonly<Record<BatchStatement["state"], string>> = {
  waiting: "Waits for a second person",
  seconded: "Seconded",
  declined: "Declined",
};

export function BatchStatements({ file }: { readonly file: BatchDetails }) {
  return (
    <ul className={ui["stack"]}>
      {file.statements.map((one) => (
        <li key={one.id} className={ui["stack"]}>
          <div>
            <WordBadge tone={TONES[one.state]}>{WORDS[one.state]}</WordBadge>{" "}
            <strong>{inWords(one.statement)}</strong>, says {actorWords(one.by)},{" "}
            <When at={one.recordedAt} />
            {one.settledBy === null ? null : (
              <>
                ; {one.state} by {actorWords(one.settledBy)}
              </>
            )}
            <p>{one.reason}</p>
          </div>
          {one.state === "waiting" ? <Waiting statement={one} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Waiting({ statement }: { readonly statement: BatchStatement }) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const mayDecide = useRight("batch:regenerate");
  const [reason, setReason] = useState("");
  const [key] = useState(newKey);
  const send = useSend();
  const isOwn = session?.user.actor === statement.by;
  const isReady = mayDecide && reason.trim() !== "" && !send.isPending;
  const say = (word: "seconding" | "declining"): void => {
    const body = { reason: reason.trim() };
    send.mutate({ path: `/batch-statements/${statement.id}/${word}`, body, key: `${key}-${word}` });
  };
  return (
    <div className={parts["form"]}>
      <FateTable sums={statement.difference} />
      <TextInput
        label={isOwn ? "Why is it withdrawn?" : "How do you know?"}
        description="Kept with the file for ever."
        required
        disabled={!mayDecide}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={ui["row"]}>
        <Button color="red" disabled={!isReady || isOwn} onClick={() => say("seconding")}>
          Second it: void the file and regenerate
        </Button>
        <Button variant="default" disabled={!isReady} onClick={() => say("declining")}>
          {isOwn ? "Withdraw it" : "Decline it"}
        </Button>
        <span className={ui["soft"]}>
          {mayDecide ? null : "Your role does not allow this."}
          {mayDecide && isOwn ? "It is your own word: somebody else has to second it." : null}
        </span>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </div>
  );
}
