/**
 * One action on an assignment, in two steps as everywhere: *Apply* shows what will be done,
 * *Process Actions* does it. Nothing is sent before, and nothing is called done before the server
 * says so.
 */
import { Button } from "@mantine/core";
import type { FormEvent } from "react";
import { useEffect, useRef, useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { Assignment, OfferedAction } from "../api/types.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import { today } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import type { ActionShape, Given } from "./action-fields.ts";
import { actionBody, actionShape, missing, shownFields } from "./action-fields.ts";
import { ActionField } from "./action-field.tsx";
import css from "./parts.module.css";

export interface ActionFormProps {
  readonly assignment: Assignment;
  readonly action: OfferedAction;
  readonly close: () => void;
  readonly done: (title: string) => void;
  /** What is sent beside the fields. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

export function ActionForm({ assignment, action, close, done, beside = {} }: ActionFormProps) {
  const shape = actionShape(action.name, assignment.type);
  const [given, setGiven] = useState<Given>(() => firstValues(shape));
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  /** Made when the person applies: pressing *Process Actions* twice does it once. */
  const [key, setKey] = useState<string | null>(null);
  const place = useRef<HTMLFormElement>(null);
  const send = useSend<unknown>();

  useEffect(() => {
    place.current?.querySelector<HTMLElement>("input, textarea, button[type=submit]")?.focus();
  }, []);

  const apply = (event: FormEvent): void => {
    event.preventDefault();
    const found = missing(shape, given);
    setFaults(found);
    const first = Object.keys(found)[0];
    if (first !== undefined) {
      place.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
      return;
    }
    send.reset();
    setKey(newKey());
  };
  const process = (): void => {
    if (key === null) return;
    send.mutate(
      {
        path: `/assignments/${assignment.id}/${action.name}`,
        body: { ...actionBody(shape, given), ...beside },
        version: assignment.version,
        key,
      },
      { onSuccess: () => done(shape.done) },
    );
  };

  return (
    <form ref={place} className={css["form"]} onSubmit={apply} noValidate aria-label={action.label}>
      <h3>{action.label}</h3>
      {key === null ? (
        <Fill shape={shape} given={given} faults={faults} change={setGiven} close={close} />
      ) : (
        <Review
          shape={shape}
          given={given}
          isSending={send.isPending}
          back={() => setKey(null)}
          process={process}
        />
      )}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}

function Fill(props: {
  readonly shape: ActionShape;
  readonly given: Given;
  readonly faults: Readonly<Record<string, string>>;
  readonly change: (given: Given) => void;
  readonly close: () => void;
}) {
  const { shape, given, faults, change } = props;
  return (
    <>
      <div className={css["fields"]} hidden={shape.fields.length === 0}>
        {shownFields(shape, given).map((field) => (
          <ActionField
            key={field.name}
            field={field}
            value={given[field.name] ?? ""}
            fault={faults[field.name]}
            change={(value) => change({ ...given, [field.name]: value })}
          />
        ))}
      </div>
      {shape.fields.length === 0 ? <p>{shape.consequence}</p> : null}
      <div className={ui["row"]}>
        <Button type="submit">Apply</Button>
        <Button variant="default" onClick={props.close}>
          Close
        </Button>
      </div>
    </>
  );
}

function Review(props: {
  readonly shape: ActionShape;
  readonly given: Given;
  readonly isSending: boolean;
  readonly back: () => void;
  readonly process: () => void;
}) {
  const { shape, given, isSending } = props;
  const fields = shownFields(shape, given).filter((field) => (given[field.name] ?? "") !== "");
  return (
    <div className={css["review"]}>
      <p>{shape.consequence}</p>
      <dl className={css["reviewList"]}>
        {fields.map((field) => (
          <ReviewRow key={field.name} label={field.label} value={shownValue(field, given)} />
        ))}
      </dl>
      <div className={ui["row"]}>
        <ProcessActions process={props.process} isSending={isSending} color={shape.tone} />
        <Button variant="default" onClick={props.back} disabled={isSending}>
          Change
        </Button>
      </div>
    </div>
  );
}

function ReviewRow({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

function shownValue(field: ActionShape["fields"][number], given: Given): string {
  const value = given[field.name] ?? "";
  if (field.type === "attest") return "Yes";
  return field.choices?.find((choice) => choice.value === value)?.label ?? value;
}

function firstValues(shape: ActionShape): Given {
  const dates = shape.fields.filter((field) => field.type === "date");
  return Object.fromEntries(dates.map((field) => [field.name, today(Date.now())]));
}
