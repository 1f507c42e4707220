/** What saving a layout would change, line by line, and the decision to save it. */
import { Button } from "@mantine/core";

import { useSend } from "../api/commands.ts";
import type { LayoutChange, ProfileLayout } from "../api/layout-queries.ts";
import type { Layout } from "../parts/layout-text.ts";
import { writeLayoutText } from "../parts/layout-text.ts";
import { folded, lineDiff } from "../parts/line-diff.ts";
import forms from "../parts/parts.module.css";
import { useRight } from "../parts/rights.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import ui from "../ui/ui.module.css";

import css from "./batch-layout.module.css";

export function LayoutReview(props: {
  readonly known: ProfileLayout;
  readonly text: string;
  /** Null while it has faults. */
  readonly layout: Layout | null;
  readonly values: Readonly<Record<string, string>>;
  readonly done: () => void;
}) {
  const { known, layout, values, done } = props;
  const preview = useSend<LayoutChange>();
  const send = useSend<LayoutChange>();
  const mayConfigure = useRight("batch:configure");
  const path = `/clients/${known.client}/batch-profiles/${known.profile}/layout`;
  const order = { path, method: "PUT", version: known.version, body: { layout, values } } as const;
  const isShown = preview.data !== undefined && preview.variables?.body !== undefined;
  const isOfThis = isShown && JSON.stringify(preview.variables.body) === JSON.stringify(order.body);
  const why = !mayConfigure
    ? "Your role does not allow this"
    : layout === null
      ? "The layout has faults"
      : undefined;
  return (
    <>
      {isOfThis ? (
        <div className={forms["review"]} role="status">
          <h3>
            {preview.data?.changes.length === 0
              ? "Nothing differs"
              : `${preview.data?.name} ${preview.data?.layoutVersion} takes its place`}
          </h3>
          <Difference before={known.layout} after={layout ?? {}} />
          <div className={ui["row"]}>
            <ProcessActions
              process={() => send.mutate(order, { onSuccess: done })}
              isSending={send.isPending}
              doing="Saving…"
              disabled={preview.data?.changes.length === 0}
            />
            <Button variant="default" onClick={() => preview.reset()} disabled={send.isPending}>
              Change
            </Button>
          </div>
        </div>
      ) : (
        <div className={ui["row"]}>
          <Button
            disabled={why !== undefined || preview.isPending}
            title={why}
            onClick={() => preview.mutate({ ...order, query: { dryRun: true } })}
          >
            {preview.isPending ? "Checking…" : "Apply"}
          </Button>
          {why === undefined ? null : <span className={ui["soft"]}>{why}.</span>}
        </div>
      )}
      {preview.error === null ? null : <ProblemNote error={preview.error} />}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </>
  );
}

const SIGNS = { same: " ", added: "+", removed: "-" } as const;

function Difference({ before, after }: { readonly before: Layout; readonly after: Layout }) {
  const lines = folded(lineDiff(writeLayoutText(before), writeLayoutText(after)), 2);
  return (
    <pre className={css["lines"]} tabIndex={0} aria-label="Difference to the layout before">
      {lines.map((line, index) => (
        <span key={index} data-kind={line?.kind ?? "folded"}>
          {line === null ? "…" : `${SIGNS[line.kind]} ${line.text}`}
        </span>
      ))}
    </pre>
  );
}
