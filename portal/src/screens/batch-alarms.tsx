/** Alarms about files: each names its cause and leads to where it is put right. */
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { alarmsQuery } from "../api/return-queries.ts";
import type { BatchAlarm } from "../api/return-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { ALARM_WORDS } from "../parts/return-looks.ts";
import { useRight } from "../parts/rights.ts";
import { Answer, ProblemNote } from "../ui/answers.tsx";
import { When } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { withInstants } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function BatchAlarms() {
  const query = useQuery(alarmsQuery(useClient()));
  return (
    <Answer query={query} what="the alarms">
      {({ items }) =>
        items.length === 0 ? null : (
          <Panel title="Alarms" note="close by themselves when their cause is gone" flush>
            <Alarms items={items} />
          </Panel>
        )
      }
    </Answer>
  );
}

/** What a person has to settle comes before what only waits for somebody else. */
const FEW = 4;

function Alarms({ items }: { readonly items: readonly BatchAlarm[] }) {
  const [isOpen, setOpen] = useState(false);
  const isOurs = (alarm: BatchAlarm): boolean => alarm.kind !== "acknowledgementOverdue";
  const sorted = items.toSorted((one, other) => Number(isOurs(other)) - Number(isOurs(one)));
  const shown = isOpen ? sorted : sorted.slice(0, FEW);
  return (
    <>
      <ul className={ui["itemList"]}>
        {shown.map((alarm) => (
          <Alarm key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {items.length <= FEW ? null : (
        <div className={ui["panelBody"]}>
          <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Show fewer" : `Show all ${items.length}`}
          </Button>
        </div>
      )}
    </>
  );
}

function Alarm({ alarm }: { readonly alarm: BatchAlarm }) {
  const nameOf = useClientName();
  const mayClose = useRight("batch:answer");
  const [isClosing, setClosing] = useState(false);
  return (
    <li>
      <div className={ui["item"]}>
        <strong>{ALARM_WORDS[alarm.kind]}</strong>
        <span>{withInstants(alarm.text)}</span>
        <span className={ui["soft"]}>
          {nameOf(alarm.client)}, {alarm.profile} · for {alarm.owner} · <When at={alarm.raisedAt} />
        </span>
        {isClosing ? <Closing alarm={alarm} /> : null}
      </div>
      <div className={ui["row"]}>
        <Subject alarm={alarm} />
        {isClosing ? null : (
          <Button
            variant="default"
            size="xs"
            disabled={!mayClose}
            title={mayClose ? undefined : "Your role does not allow this"}
            onClick={() => setClosing(true)}
          >
            Close…
          </Button>
        )}
      </div>
    </li>
  );
}

function Subject({ alarm }: { readonly alarm: BatchAlarm }) {
  if (alarm.kind === "pickUpFailed") return null;
  if (alarm.kind === "acknowledgementOverdue") {
    return (
      <Link to="/batches/$batch" params={{ batch: alarm.subject }}>
        Open the file
      </Link>
    );
  }
  return (
    <Link to="/batches/returns/$return" params={{ return: alarm.subject }}>
      Open the return file
    </Link>
  );
}

function Closing({ alarm }: { readonly alarm: BatchAlarm }) {
  const [reason, setReason] = useState("");
  const [key] = useState(newKey);
  const send = useSend();
  const isFilled = reason.trim() !== "";
  return (
    <form
      className={ui["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        const body = { reason: reason.trim() };
        if (isFilled) send.mutate({ path: `/batch-alarms/${alarm.id}/closing`, body, key });
      }}
    >
      <TextInput
        label="Why is it seen to?"
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" size="xs" disabled={!isFilled || send.isPending}>
          {send.isPending ? "Closing…" : "Close the alarm"}
        </Button>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}
