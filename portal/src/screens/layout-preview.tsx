/** What a layout makes of rows as it is typed: lines, refusals, totals, sources. */
import { SegmentedControl } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";

import type { LayoutPreview, Part } from "../api/layout-queries.ts";
import { useRight } from "../parts/rights.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Panel } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import css from "./batch-layout.module.css";

export function LayoutPreviewPanel(props: {
  readonly query: UseQueryResult<LayoutPreview>;
  readonly isReal: boolean;
  readonly setReal: (isReal: boolean) => void;
}) {
  const { query, isReal, setReal } = props;
  const mayRead = useRight("batch:content");
  const { data, error } = query;
  return (
    <Panel title="Preview" note={query.isFetching ? "rendering…" : "nothing is stored"}>
      <div className={ui["stack"]}>
        <div className={ui["row"]}>
          <SegmentedControl
            aria-label="Rows of the preview"
            value={isReal ? "real" : "sample"}
            onChange={(chosen) => setReal(chosen === "real")}
            data={[
              { value: "sample", label: "Made-up rows" },
              { value: "real", label: "What is pending", disabled: !mayRead },
            ]}
          />
          <span className={ui["soft"]}>
            {mayRead
              ? "Account numbers are made up in both."
              : "Your role may not read the content of files: made-up rows only."}
          </span>
        </div>
        {error === null ? null : <ProblemNote error={error} />}
        {data === undefined ? null : <Rendered preview={data} isReal={isReal} />}
      </div>
    </Panel>
  );
}

function Rendered({ preview, isReal }: { preview: LayoutPreview; isReal: boolean }) {
  const { lines, refused, totals, valid, sources, sizeBytes } = preview;
  if (!valid) {
    return (
      <>
        <p className={ui["quiet"]}>Put the faults right to see the file.</p>
        <Sources sources={sources} />
      </>
    );
  }
  return (
    <>
      {isReal && totals?.details === 0 ? (
        <p className={ui["quiet"]}>Nothing is pending for this profile right now.</p>
      ) : null}
      <pre className={css["lines"]} tabIndex={0} aria-label="The file">
        {lines.map(({ part, text }, index) => (
          <span key={index} data-part={part}>
            {text === "" ? " " : text}
          </span>
        ))}
      </pre>
      {refused.length === 0 ? null : (
        <ul className={ui["problem"]}>
          {refused.map(({ row, field, reason }) => (
            <li key={`${row} ${field}`}>
              Row {row} is refused: {field} – {reason}
            </li>
          ))}
        </ul>
      )}
      {totals === null ? null : (
        <Facts
          items={[
            ["Lines", `${totals.lines}, ${totals.details} of them details`],
            ["Debits", <Sum key="debits" sum={totals.debits} />],
            ["Credits", <Sum key="credits" sum={totals.credits} />],
            ["Hash total", totals.hashTotal],
            ["Bytes", sizeBytes],
          ]}
        />
      )}
      <Sources sources={sources} />
    </>
  );
}

function Sum({ sum }: { readonly sum: NonNullable<LayoutPreview["totals"]>["debits"] }) {
  return (
    <>
      {sum.count} · <Amount money={sum.amount} />
    </>
  );
}

const PARTS: readonly Part[] = ["detail", "header", "trailer"];

function Sources({ sources }: Pick<LayoutPreview, "sources">) {
  return (
    <details>
      <summary>What a field can say</summary>
      {PARTS.map((part) => (
        <div key={part}>
          <h3>{inWords(part)}</h3>
          <ul className={css["sources"]}>
            {Object.entries(sources[part]).map(([name, type]) => (
              <li key={name}>
                {name} <span className={ui["soft"]}>{type}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </details>
  );
}
