/** Who sees to an ageing item; a supervisor gives it to somebody else, with a reason. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { AgeingItem } from "../api/resolution-types.ts";
import { useRight } from "../parts/rights.ts";
import { ProblemNote } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";

export function AgeingOwner({ item }: { readonly item: AgeingItem }) {
  const mayGive = useRight("assignment:assign");
  const [isGiving, setGiving] = useState(false);
  const before = item.owners.at(-1);
  return (
    <div className={ui["stack"]}>
      <div>
        {item.owner}
        {before === undefined ? null : <div className={ui["soft"]}>given by {before.by}</div>}
      </div>
      {isGiving ? <Giving item={item} done={() => setGiving(false)} /> : null}
      {mayGive && !isGiving ? (
        <Button
          size="xs"
          variant="default"
          aria-label={`Give ${item.dispute} to somebody else`}
          onClick={() => setGiving(true)}
        >
          Give to…
        </Button>
      ) : null}
    </div>
  );
}

function Giving({ item, done }: { readonly item: AgeingItem; readonly done: () => void }) {
  const [owner, setOwner] = useState("");
  const [reason, setReason] = useState("");
  const [key] = useState(newKey);
  const send = useSend<AgeingItem>();
  const isFilled = owner.trim() !== "" && reason.trim() !== "";
  return (
    <form
      className={ui["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isFilled) return;
        const path = `/ageing-items/${item.id}/owner`;
        const body = { owner, reason };
        send.mutate({ path, body, key, version: item.version }, { onSuccess: done });
      }}
    >
      <TextInput
        label="New owner"
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
      />
      <TextInput
        label="Reason"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {send.error === null ? null : <ProblemNote error={send.error} />}
      <div className={ui["row"]}>
        <Button size="xs" type="submit" disabled={!isFilled || send.isPending}>
          Give
        </Button>
        <Button size="xs" variant="default" onClick={done}>
          Keep
        </Button>
      </div>
    </form>
  );
}
