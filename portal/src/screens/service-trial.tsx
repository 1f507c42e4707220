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

interface Wanted {
  readonly call: string;
  /** Empty: made-up facts. */
  readonly adjustment: string;
  readonly amount: string;
}

export function ServiceTrial({ service }: { readonly service: OneService }) {
  const { adjustment: first = "" } = route.useSearch();
  const [wanted, want] = useState<Wanted>({ call: "post", adjustment: first, amount: "" });
  const send = useSend<Trial>();
  const mayTest = useRight("service:test");
  const mayAsk = mayTest && !send.isPending;
  const ask = (really: boolean): void =>
    send.mutate({
      path: `/clients/${service.client}/services/${service.name}/trial`,
      body: bodyOf(wanted, really),
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
        <Fields
          service={service}
          wanted={wanted}
          change={(part) => {
            send.reset();
            want({ ...wanted, ...part });
          }}
        />
        <div className={ui["row"]}>
          <Button
            type="submit"
            disabled={!mayAsk}
            title={mayTest ? undefined : "Your role does not allow this"}
          >
            {send.isPending ? "Writing…" : "Show the request"}
          </Button>
          {wanted.call === "validate" ? (
            <Button variant="default" disabled={!mayAsk} onClick={() => ask(true)}>
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

function bodyOf({ call, adjustment, amount }: Wanted, really: boolean) {
  const id = adjustment.trim();
  return {
    call,
    ...(id === "" ? {} : { adjustment: id }),
    ...(id === "" && amount !== "" ? { facts: amountFacts(amount) } : {}),
    ...(really ? { send: true } : {}),
  };
}

function Fields(props: {
  readonly service: OneService;
  readonly wanted: Wanted;
  readonly change: (part: Partial<Wanted>) => void;
}) {
  const { wanted, change } = props;
  const { settings = {} } = useQuery(settingsQuery(props.service)).data ?? {};
  const has = (call: string): boolean => (settings[call] ?? null) !== null;
  return (
    <div className={css["form"]}>
      <NativeSelect
        label="Call"
        value={wanted.call}
        data={CALLS.filter(([id]) => id === "post" || has(id)).map(([value, label]) => ({
          value,
          label,
        }))}
        onChange={(event) => change({ call: event.currentTarget.value })}
      />
      <TextInput
        label="Adjustment"
        placeholder="Made-up facts, if empty"
        value={wanted.adjustment}
        onChange={(event) => change({ adjustment: event.currentTarget.value })}
      />
      {wanted.adjustment.trim() === "" ? (
        <TextInput
          label="Amount"
          placeholder="1.00"
          value={wanted.amount}
          onChange={(event) => change({ amount: event.currentTarget.value })}
        />
      ) : null}
    </div>
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
