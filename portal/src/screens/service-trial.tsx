/** Try a request: what the core would get, for a real movement or for made-up facts. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import type { OneService } from "../api/service-queries.ts";
import { settingsQuery } from "../api/service-queries.ts";
import type { Trial } from "../api/service-types.ts";
import { OUTCOME_TONES } from "../parts/attempts.tsx";
import { useRight } from "../parts/rights.ts";
import css from "../parts/service.module.css";
import { ProblemNote } from "../ui/answers.tsx";
import { WordBadge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { PayloadView } from "../ui/payload.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const route = getRouteApi("/inside/services/$of/$service");

const CALLS = [
  ["post", "The posting"],
  ["lookUp", "The look-up"],
  ["validate", "The call that validates"],
] as const;

export function ServiceTrial({ service }: { readonly service: OneService }) {
  const { adjustment: first = "" } = route.useSearch();
  const { settings = {} } = useQuery(settingsQuery(service)).data ?? {};
  const [call, setCall] = useState<string>("post");
  const [adjustment, setAdjustment] = useState(first);
  const [amount, setAmount] = useState("");
  const send = useSend<Trial>();
  const mayTest = useRight("service:test");
  const isSample = adjustment.trim() === "";
  const ask = (really: boolean): void =>
    send.mutate({
      path: `/clients/${service.client}/services/${service.name}/trial`,
      body: {
        call,
        ...(isSample ? {} : { adjustment: adjustment.trim() }),
        ...(isSample && amount !== "" ? { facts: amountFacts(amount) } : {}),
        ...(really ? { send: true } : {}),
      },
    });
  return (
    <Panel title="Try a request" note="a posting is never sent from here">
      <form
        className={ui["stack"]}
        onSubmit={(event) => {
          event.preventDefault();
          ask(false);
        }}
      >
        <div className={css["form"]}>
          <NativeSelect
            label="Call"
            value={call}
            data={CALLS.filter(([id]) => id === "post" || settings[id] != null).map(
              ([value, label]) => ({ value, label }),
            )}
            onChange={(event) => {
              send.reset();
              setCall(event.currentTarget.value);
            }}
          />
          <TextInput
            label="Adjustment"
            placeholder="Made-up facts, if empty"
            value={adjustment}
            onChange={(event) => setAdjustment(event.currentTarget.value)}
          />
          {isSample ? (
            <TextInput
              label="Amount"
              placeholder="1.00"
              value={amount}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
          ) : null}
        </div>
        <div className={ui["row"]}>
          <Button
            type="submit"
            disabled={!mayTest || send.isPending}
            title={mayTest ? undefined : "Your role does not allow this"}
          >
            {send.isPending ? "Writing…" : "Show the request"}
          </Button>
          {call === "validate" ? (
            <Button
              variant="default"
              disabled={!mayTest || send.isPending}
              onClick={() => ask(true)}
            >
              Send it: it only validates
            </Button>
          ) : null}
        </div>
        {send.error === null ? null : <ProblemNote error={send.error} />}
        {send.data === undefined ? null : <Shown trial={send.data} />}
      </form>
    </Panel>
  );
}

function amountFacts(amount: string): Readonly<Record<string, string>> {
  return { amount, "entry.amount": amount };
}

function Shown({ trial }: { readonly trial: Trial }) {
  const { sent } = trial;
  return (
    <div className={ui["stack"]} role="status">
      <div>
        <h3>
          {trial.method} <code>{trial.url}</code>
        </h3>
        <p className={ui["soft"]}>
          {sent === null ? "Not sent." : "Sent; the core wrote nothing."} Numbers are masked,
          secrets are shown by where they stand.
        </p>
      </div>
      <dl className={css["headers"]}>
        {trial.headers.map((header) => (
          <Header key={header.name} {...header} />
        ))}
      </dl>
      <PayloadView title="Body" value={trial.body} empty="This call has no body." />
      {sent === null ? null : (
        <>
          <p className={ui["row"]}>
            <WordBadge tone={OUTCOME_TONES[sent.outcome] ?? "calm"}>
              {inWords(sent.outcome)}
            </WordBadge>
            <span>{[sent.code, sent.reason].filter((one) => one !== null).join(": ")}</span>
          </p>
          <PayloadView
            title="Answer"
            note={`${sent.status === null ? "" : `HTTP ${sent.status}, `}${sent.milliseconds} ms`}
            value={sent.answer}
            empty={sent.reason}
          />
        </>
      )}
    </div>
  );
}

function Header({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
