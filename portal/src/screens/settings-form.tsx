/** The text of a service's settings being changed: checked, its difference shown, then saved. */
import { Button } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import type { FormEvent, RefObject } from "react";
import { useEffect, useRef, useState } from "react";

import { useSend } from "../api/commands.ts";
import { ProblemError } from "../api/http.ts";
import type { ServiceChange, ServiceSettings } from "../api/service-types.ts";
import forms from "../parts/parts.module.css";
import css from "../parts/service.module.css";
import { plural } from "../parts/service-looks.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { Table } from "../ui/panel.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import ui from "../ui/ui.module.css";

export interface SettingsFormProps {
  /** Where they are changed. */
  readonly path: string;
  readonly settings: Pick<ServiceSettings, "settings" | "version">;
  readonly close: () => void;
  readonly done: () => void;
}

export function SettingsForm({ path, settings, close, done }: SettingsFormProps) {
  const [text, setText] = useState(() => JSON.stringify(settings.settings, null, 2));
  const [fault, setFault] = useState<string | null>(null);
  const preview = useSend<ServiceChange>();
  const send = useSend<ServiceChange>();
  const field = useRef<HTMLTextAreaElement>(null);
  // The version that the text was made from: what somebody else saves meanwhile is not undone.
  const [version] = useState(settings.version);
  useEffect(() => field.current?.focus(), []);
  const order = (): { path: string; method: "PUT"; version: number; body: unknown } | null => {
    try {
      return { path, method: "PUT", version, body: JSON.parse(text) as unknown };
    } catch (error) {
      setFault(error instanceof Error ? error.message : "is not JSON");
      field.current?.focus();
      return null;
    }
  };
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    setFault(null);
    preview.reset();
    const given = order();
    if (given !== null) preview.mutate({ ...given, query: { dryRun: true } });
  };
  const process = (): void => {
    const given = order();
    if (given !== null) send.mutate(given, { onSuccess: done });
  };
  return (
    <form className={ui["stack"]} onSubmit={apply}>
      <TextField
        field={field}
        text={text}
        fault={fault}
        isRefused={preview.error instanceof ProblemError}
        change={(changed) => {
          setText(changed);
          preview.reset();
        }}
      />
      {preview.data === undefined ? (
        <div className={ui["row"]}>
          <Button type="submit" disabled={preview.isPending}>
            {preview.isPending ? "Checking…" : "Apply"}
          </Button>
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </div>
      ) : (
        <Review
          change={preview.data}
          isSending={send.isPending}
          process={process}
          back={() => preview.reset()}
        />
      )}
      {preview.error === null ? null : <ProblemNote error={preview.error} />}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}

function TextField(props: {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  /** Why it is not JSON. */
  readonly fault: string | null;
  readonly isRefused: boolean;
  readonly change: (text: string) => void;
}) {
  const { fault } = props;
  const isWrong = fault !== null || props.isRefused;
  return (
    <div className={css["field"]}>
      <label htmlFor="settings-text">Settings, as JSON</label>
      <textarea
        id="settings-text"
        ref={props.field}
        className={css["editor"]}
        spellCheck={false}
        value={props.text}
        data-fault={isWrong || undefined}
        aria-invalid={isWrong}
        aria-describedby={fault === null ? undefined : "settings-fault"}
        onChange={(event) => props.change(event.currentTarget.value)}
      />
      {fault === null ? null : (
        <p id="settings-fault" className={ui["problem"]} role="alert">
          It is not JSON: {fault}
        </p>
      )}
    </div>
  );
}

function Review(props: {
  readonly change: ServiceChange;
  readonly isSending: boolean;
  readonly process: () => void;
  readonly back: () => void;
}) {
  const { change, isSending } = props;
  const { changes, open, undecided } = change;
  const isOfConnection = changes.some((one) => one.isOfConnection);
  return (
    <div className={forms["review"]} role="status">
      <h3>{changes.length === 0 ? "Nothing differs" : "This changes"}</h3>
      {open > 0 && isOfConnection ? (
        <div className={css["live"]}>
          <h4>
            <TriangleAlert size={15} aria-hidden />
            This service is live
          </h4>
          <p>
            {plural(open, "open movement")} {open === 1 ? "is" : "are"} routed to it
            {undecided === 0 ? "" : `, ${undecided} of unknown outcome or being sent`}. What changes
            where calls go, or who we say we are, decides whose book they are written into.
          </p>
        </div>
      ) : null}
      {changes.length === 0 ? null : <Changes changes={changes} />}
      <div className={ui["row"]}>
        <ProcessActions
          process={props.process}
          isSending={isSending}
          doing="Saving…"
          disabled={changes.length === 0}
          color={open > 0 && isOfConnection ? "red" : undefined}
        />
        <Button variant="default" onClick={props.back} disabled={isSending}>
          Change
        </Button>
      </div>
    </div>
  );
}

function Changes({ changes }: { readonly changes: ServiceChange["changes"] }) {
  return (
    <Table label="What changes">
      <thead>
        <tr>
          <th>Place</th>
          <th>Was</th>
          <th>Becomes</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((one) => (
          <tr key={one.pointer}>
            <td>
              <code>{one.pointer === "" ? "everything" : one.pointer}</code>
            </td>
            <td className={ui["mono"]}>{one.before ?? "–"}</td>
            <td className={ui["mono"]}>{one.after ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
