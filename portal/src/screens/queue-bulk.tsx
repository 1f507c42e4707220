/**
 * One action on all that match what the grid shows, as a job of the server. *Apply* says how many
 * that would be now; *Process Actions* writes them down and begins; the rest can be cancelled.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { Job } from "../api/service-types.ts";
import type { KindOfJob } from "../api/work-queries.ts";
import { jobKindsQuery } from "../api/work-queries.ts";
import type { ActionShape, Given } from "../parts/action-fields.ts";
import { actionBody, actionShape, missing, shownFields } from "../parts/action-fields.ts";
import { ActionField } from "../parts/action-field.tsx";
import forms from "../parts/parts.module.css";
import { plural } from "../parts/service-looks.ts";
import { Answer, ProblemNote } from "../ui/answers.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import { queueWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";
import { useFocusInside } from "../ui/use-focus-inside.ts";

import { AskedJob } from "./asked-job.tsx";
import css from "./screens.module.css";

/** Kind of job → the action on one assignment whose fields it takes. */
const SHAPES: Readonly<Record<string, string>> = {
  assignWork: "assignment",
  releaseWork: "restoration",
  pendWork: "pending",
  markWorkUnworkable: "unworkable",
  restoreWork: "restoration",
  completeWork: "completion",
  retryWork: "retry",
  nextFileWork: "retry",
};

interface BulkFilter {
  readonly client: string | undefined;
  readonly queue: string | undefined;
  readonly assignee: string | undefined;
  readonly workGroup: string | undefined;
  readonly standing: string | undefined;
}

export function QueueBulk(props: { readonly filter: BulkFilter; readonly close: () => void }) {
  const query = useQuery(jobKindsQuery);
  return (
    <section className={css["asOf"]} aria-label="Do it to all that match">
      <Answer query={query} what="what can be done">
        {(kinds) => <Chosen {...props} kinds={kinds.filter((one) => one.kind in SHAPES)} />}
      </Answer>
    </section>
  );
}

function Chosen(props: {
  readonly filter: BulkFilter;
  readonly close: () => void;
  readonly kinds: readonly KindOfJob[];
}) {
  const { filter, close, kinds } = props;
  const place = useFocusInside<HTMLFormElement>();
  const allowed = inOrder(kinds.filter((one) => one.isAllowed));
  const { kind, shape, given, faults, preview, send, again, choose, fill, apply, process } =
    useBulk(filter, allowed[0]?.kind ?? "");
  if (allowed.length === 0) {
    return <p className={ui["soft"]}>Your role has no action on many assignments at once.</p>;
  }
  if (send.data !== undefined)
    return <AskedJob anew="Another one" id={send.data.id} again={again} />;
  return (
    <form
      ref={place}
      className={forms["form"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <NativeSelect
        label={`What is done to all that match (${words(filter)})?`}
        value={kind}
        data={allowed.map((one) => ({ value: one.kind, label: one.label }))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <Refused kinds={kinds} />
      <Fields kind={kind} shape={shape} given={given} faults={faults} change={fill} />
      {preview.data === undefined ? (
        <div className={ui["row"]}>
          <Button type="submit" disabled={preview.isPending}>
            {preview.isPending ? "Counting…" : "Apply"}
          </Button>
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </div>
      ) : (
        <Review
          matches={preview.data.matches}
          shape={shape}
          isSending={send.isPending}
          process={process}
          back={again}
        />
      )}
      {preview.error === null ? null : <ProblemNote error={preview.error} />}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}

/** What is chosen and given so far, counted, and asked for. */
function useBulk(filter: BulkFilter, first: string) {
  const [kind, setKind] = useState(first);
  const [given, setGiven] = useState<Given>({});
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState("");
  const preview = useSend<{ readonly matches: number }>();
  const send = useSend<Job>();
  const shape = actionShape(SHAPES[kind] ?? "");
  const body = { kind, filter: sent(filter), action: actionBody(shape, given) };
  const again = (): void => {
    preview.reset();
    send.reset();
  };
  const choose = (name: string): void => {
    again();
    setGiven({});
    setFaults({});
    setKind(name);
  };
  const apply = (): void => {
    const found = missing(shape, given);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    setKey(newKey());
    preview.mutate({ path: "/jobs", body, query: { dryRun: true } });
  };
  const fill = (words: Given): void => {
    again();
    setGiven(words);
  };
  const process = (): void => send.mutate({ path: "/jobs", body, key });
  return { kind, shape, given, faults, preview, send, again, choose, fill, apply, process };
}

/** As people think of them, not as they were built. */
function inOrder(kinds: readonly KindOfJob[]): readonly KindOfJob[] {
  const order = Object.keys(SHAPES);
  return kinds.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function Fields(props: {
  readonly kind: string;
  readonly shape: ActionShape;
  readonly given: Given;
  readonly faults: Readonly<Record<string, string>>;
  readonly change: (given: Given) => void;
}) {
  const { kind, shape, given, faults, change } = props;
  return (
    <div className={forms["fields"]} hidden={shape.fields.length === 0}>
      {shownFields(shape, given).map((field) => (
        <ActionField
          key={`${kind} ${field.name}`}
          field={field}
          value={given[field.name] ?? ""}
          fault={faults[field.name]}
          change={(value) => change({ ...given, [field.name]: value })}
        />
      ))}
    </div>
  );
}

/** What the person may not do stays visible, with the right it needs. */
function Refused({ kinds }: { readonly kinds: readonly KindOfJob[] }) {
  const refused = kinds.filter((one) => !one.isAllowed);
  if (refused.length === 0) return null;
  return (
    <p className={ui["soft"]}>
      Not with your role:{" "}
      {refused.map(({ label, right }) => `${label} (needs ${right})`).join(", ")}.
    </p>
  );
}

function Review(props: {
  readonly matches: number;
  readonly shape: ActionShape;
  readonly isSending: boolean;
  readonly process: () => void;
  readonly back: () => void;
}) {
  const { matches, shape, isSending } = props;
  return (
    <div className={forms["review"]} role="status">
      <p>
        {matches === 0
          ? "Nothing matches now."
          : `${plural(matches, "assignment")}. ${shape.consequence} Nothing later is touched.`}
      </p>
      <div className={ui["row"]}>
        <ProcessActions
          process={props.process}
          isSending={isSending}
          doing="Asking…"
          disabled={matches === 0}
        />
        <Button variant="default" onClick={props.back}>
          Change
        </Button>
      </div>
    </div>
  );
}

function sent(filter: BulkFilter): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function words({ queue, assignee, workGroup, standing }: BulkFilter): string {
  const parts = [
    queue === undefined ? "every queue" : queueWords(queue),
    assignee === undefined ? null : "what you have",
    workGroup === undefined ? null : `work of ${workGroup}`,
    standing ?? null,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
