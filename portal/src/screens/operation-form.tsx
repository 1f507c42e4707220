/**
 * Run an operation: what the dispute's state allows, with the inputs that the rule book asks for.
 * *Apply* asks the server what it would do and shows it; *Process Actions* does it.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { disputeQuery } from "../api/queries.ts";
import type { Numbered } from "../api/queries.ts";
import type { AllowedOperation, Dispute, OperationResult } from "../api/types.ts";
import { Answer, Done, Empty, ProblemNote } from "../ui/answers.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { PreviewedBalances } from "./balances-preview.tsx";
import { ManualRuleChoice } from "./manual-rule.tsx";
import { OperationInputs, withInput } from "./operation-inputs.tsx";
import { OperationPreview } from "./operation-preview.tsx";
import css from "../parts/parts.module.css";

const route = getRouteApi("/inside/cases/$client/$claim");

export function OperationForm({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(disputeQuery(dispute));
  return (
    <div className={ui["panelBody"]}>
      <Answer query={query} what="the allowed operations">
        {(found) => <Choice dispute={found} />}
      </Answer>
    </div>
  );
}

function Choice({ dispute }: { readonly dispute: Dispute }) {
  const { operation: asked } = route.useSearch();
  const navigate = useNavigate({ from: "/cases/$client/$claim" });
  const [finished, setFinished] = useState<OperationResult | null>(null);
  const operations = dispute.allowedOperations;
  const chosen = operations.find((one) => one.operation === asked);
  if (operations.length === 0) {
    return (
      <Empty title="No operation is possible now">
        <p>The dispute's state, or your role, allows none.</p>
      </Empty>
    );
  }
  return (
    <div className={ui["stack"]}>
      <div className={css["fields"]}>
        <NativeSelect
          label="Operation"
          value={chosen?.operation ?? ""}
          data={[
            { value: "", label: "Choose…" },
            ...operations.map((one) => ({ value: one.operation, label: one.label })),
          ]}
          onChange={(event) => {
            const operation = event.currentTarget.value;
            setFinished(null);
            void navigate({
              search: (before) => ({
                ...before,
                operation: operation || undefined,
                given: undefined,
              }),
              replace: true,
              resetScroll: false,
            });
          }}
        />
      </div>
      {asked === undefined || chosen !== undefined || finished !== null ? null : (
        <p className={ui["quiet"]}>
          {inWords(asked)} is not possible now: the dispute&apos;s state, or your role, does not
          allow it.
        </p>
      )}
      {finished === null ? null : (
        <Done title={`${chosen?.label ?? "Operation"}: done`}>
          <OperationPreview result={finished} currency={dispute.currency} />
        </Done>
      )}
      {chosen === undefined || finished !== null ? null : (
        <Run
          key={chosen.operation}
          dispute={dispute}
          operation={chosen}
          done={(result) => setFinished(result)}
        />
      )}
    </div>
  );
}

function Review(props: {
  readonly result: OperationResult;
  readonly dispute: Dispute;
  readonly body: { readonly operation: string; readonly input: unknown };
  readonly children: ReactNode;
}) {
  const { result, dispute, body, children } = props;
  return (
    <div className={css["review"]} role="status">
      <h3>This would happen</h3>
      <OperationPreview result={result} currency={dispute.currency} />
      <PreviewedBalances dispute={dispute} body={body} />
      <div className={ui["row"]}>{children}</div>
    </div>
  );
}

/** What a proposal, or a link from an entry, filled in: only inputs that the operation has. */
function filledIn(
  text: string | undefined,
  adjustment: string | undefined,
  { inputs }: AllowedOperation,
): Readonly<Record<string, unknown>> {
  const names = new Set(inputs.map((input) => input.name));
  const linked = adjustment === undefined ? {} : { adjustment };
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    const proposed = typeof found === "object" && found !== null ? found : {};
    return Object.fromEntries(
      Object.entries({ ...proposed, ...linked }).filter(([name]) => names.has(name)),
    );
  } catch {
    return {};
  }
}

function Run(props: {
  readonly dispute: Dispute;
  readonly operation: AllowedOperation;
  readonly done: (result: OperationResult) => void;
}) {
  const { dispute, operation, done } = props;
  const { adjustment, given: filled } = route.useSearch();
  const [given, setGiven] = useState(() => filledIn(filled, adjustment, operation));
  const [key, setKey] = useState("");
  const preview = useSend<OperationResult>();
  const send = useSend<OperationResult>();
  const { client } = dispute;
  const isByHand = operation.operation === "adjustManually";
  const path = `/disputes/${dispute.id}/operations`;
  const body = { operation: operation.operation, input: given };
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    send.reset();
    setKey(newKey());
    preview.mutate({ path, body, query: { client, dryRun: true }, version: dispute.version });
  };
  const process = (): void =>
    send.mutate(
      { path, body, key, query: { client }, version: dispute.version },
      { onSuccess: done },
    );
  return (
    <form className={css["form"]} onSubmit={apply} noValidate aria-label={operation.label}>
      {isByHand ? (
        <ManualRuleChoice
          dispute={dispute}
          value={given["rule"]}
          choose={(rule) => {
            const amount = given["amount"] ?? rule?.clears?.amount;
            setGiven(withInput(withInput(given, "rule", rule?.rule), "amount", amount));
            preview.reset();
          }}
        />
      ) : null}
      <OperationInputs
        inputs={isByHand ? operation.inputs.filter((one) => one.name !== "rule") : operation.inputs}
        currency={dispute.currency}
        given={given}
        change={(next) => {
          setGiven(next);
          preview.reset();
        }}
      />
      <div className={ui["row"]}>
        <Button type="submit" variant="default" disabled={preview.isPending}>
          {preview.isPending ? "Looking…" : "Apply"}
        </Button>
        <span className={ui["soft"]}>Shows what it would do; nothing is booked yet.</span>
      </div>
      {preview.error === null ? null : <ProblemNote error={preview.error} />}
      {preview.data === undefined ? null : (
        <Review result={preview.data} dispute={dispute} body={body}>
          <ProcessActions process={process} isSending={send.isPending} />
        </Review>
      )}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}
