/** Lends one's own right to approve to another person, for a time and up to an amount. */
import { Button, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useState } from "react";

import type { Delegation } from "../api/approval-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { useRight } from "../parts/rights.ts";
import { Done, ProblemNote } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

type Changed = { readonly currentTarget: { readonly value: string } };

const EMPTY = { delegate: "", from: "", until: "", amount: "", currency: "USD", reason: "" };

export function LendRight({ onRecord }: { readonly onRecord: readonly Delegation[] }) {
  const mayApprove = useRight("assignment:approve");
  const [given, setGiven] = useState(EMPTY);
  const [key, setKey] = useState(newKey);
  const send = useSend<Delegation>();
  const lent = onRecord.find((one) => one.id === send.data?.id);
  const hasEnded = lent?.state === "revoked" || lent?.state === "over";
  const set = (name: keyof typeof EMPTY) => (event: Changed) =>
    setGiven({ ...given, [name]: event.currentTarget.value });
  const isReady =
    mayApprove && given.delegate !== "" && given.until !== "" && given.reason.trim() !== "";
  const lend = (event: FormEvent): void => {
    event.preventDefault();
    const { delegate, from, until, amount, currency, reason } = given;
    const body = {
      delegate: delegate.trim(),
      ...(from === "" ? {} : { validFrom: instantOf(from) }),
      validUntil: instantOf(until),
      reason: reason.trim(),
      ...(amount === "" ? {} : { maximum: { amount, currency: currency.trim() } }),
    };
    const done = {
      onSuccess: () => {
        setGiven(EMPTY);
        setKey(newKey());
      },
    };
    if (isReady) send.mutate({ path: "/delegations", body, key }, done);
  };
  return (
    <Panel title="Lend my right" note="at most 92 days; it goes on to no third">
      <form className={ui["stack"]} onSubmit={lend} aria-label="Lend my right">
        <LendFields given={given} set={set} disabled={!mayApprove} />
        <div className={ui["row"]}>
          <Button type="submit" disabled={!isReady || send.isPending}>
            {send.isPending ? "Lending…" : "Lend it"}
          </Button>
          <span className={ui["soft"]}>
            {mayApprove ? null : "Your role has no right to approve that you could lend."}
          </span>
        </div>
        {send.data === undefined || hasEnded ? null : (
          <Done title={`${send.data.delegate} may approve`} />
        )}
        {send.error === null ? null : <ProblemNote error={send.error} />}
      </form>
    </Panel>
  );
}

function LendFields(props: {
  readonly given: typeof EMPTY;
  readonly set: (name: keyof typeof EMPTY) => (event: Changed) => void;
  readonly disabled: boolean;
}) {
  const { given, set, disabled } = props;
  return (
    <>
      <TextInput
        label="To"
        description="The name they sign in with."
        required
        disabled={disabled}
        value={given.delegate}
        onChange={set("delegate")}
      />
      <div className={ui["row"]}>
        <TextInput
          label="From"
          description="Now if left out."
          type="datetime-local"
          disabled={disabled}
          value={given.from}
          onChange={set("from")}
        />
        <TextInput
          label="Until"
          description="It ends by itself."
          type="datetime-local"
          required
          disabled={disabled}
          value={given.until}
          onChange={set("until")}
        />
        <TextInput
          label="Up to"
          description="Any amount if left out."
          inputMode="decimal"
          disabled={disabled}
          value={given.amount}
          onChange={set("amount")}
        />
        <TextInput
          label="Currency"
          description="Of that amount."
          disabled={disabled}
          value={given.currency}
          onChange={set("currency")}
        />
      </div>
      <TextInput
        label="Reason"
        required
        disabled={disabled}
        value={given.reason}
        onChange={set("reason")}
      />
    </>
  );
}

/** The field has no zone: it is the browser's. */
function instantOf(local: string): string {
  return new Date(local).toISOString();
}
