/** A holder's number: masked, and whole only for a person with the right, for a recorded reason. */
import { Button, TextInput } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { sessionQuery } from "../api/queries.ts";
import type { PostingSide } from "../api/types.ts";
import { ProblemNote } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";

import css from "./parts.module.css";

export function AccountNumber(props: { readonly client: string; readonly side: PostingSide }) {
  const { client, side } = props;
  const [isAsking, ask] = useState(false);
  const send = useSend<{ readonly number: string }>();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const mayReveal = session?.user.permissions.includes("account:reveal") === true;
  const number = send.data?.number ?? side.accountNumber ?? side.account;
  return (
    <div>
      <span className={ui["mono"]}>{number}</span>
      {side.revealable && send.data === undefined && mayReveal && !isAsking ? (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<Eye size={13} aria-hidden />}
          onClick={() => ask(true)}
        >
          Show the number
        </Button>
      ) : null}
      {isAsking && send.data === undefined ? (
        <ReasonForm
          isSending={send.isPending}
          close={() => ask(false)}
          give={(reason) =>
            send.mutate({ path: `/accounts/${side.account}/reveal`, body: { client, reason } })
          }
        />
      ) : null}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </div>
  );
}

const SHORTEST_REASON = 3;

function ReasonForm(props: {
  readonly isSending: boolean;
  readonly close: () => void;
  readonly give: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  return (
    <form
      className={css["reason"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim().length >= SHORTEST_REASON) props.give(reason.trim());
      }}
    >
      <TextInput
        size="xs"
        label="Why do you need the whole number?"
        description="Recorded with your name."
        autoFocus
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={ui["row"]}>
        <Button type="submit" size="compact-xs" disabled={props.isSending}>
          {props.isSending ? "Asking…" : "Show"}
        </Button>
        <Button size="compact-xs" variant="default" onClick={props.close}>
          Close
        </Button>
      </div>
    </form>
  );
}
