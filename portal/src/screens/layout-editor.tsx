/** The text of a layout with numbered lines; each fault leads to its line. */
import { useRef } from "react";

import css from "./batch-layout.module.css";

export interface TextFault {
  /** Null where it is of the whole. */
  readonly line: number | null;
  readonly detail: string;
}

export function LayoutEditor(props: {
  readonly text: string;
  readonly faults: readonly TextFault[];
  readonly change: (text: string) => void;
}) {
  const { text, faults, change } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const lines = text.split("\n");
  const faulty = new Set(faults.map((fault) => fault.line));
  const goTo = (line: number): void => {
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const field = area.current;
    if (field === null) return;
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, line - 6);
  };
  return (
    <>
      <div className={css["text"]} data-fault={faults.length > 0 || undefined}>
        <div className={css["numbers"]} ref={numbers} aria-hidden>
          {lines.map((_, index) => (
            <span key={index} data-fault={faulty.has(index + 1) || undefined}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="Layout, as YAML or JSON"
          aria-invalid={faults.length > 0}
          aria-describedby="layout-faults"
          spellCheck={false}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers.current !== null) {
              numbers.current.scrollTop = event.currentTarget.scrollTop;
            }
          }}
        />
      </div>
      <div id="layout-faults" className={css["faults"]} role="status">
        {faults.map(({ line, detail }) => (
          <button key={`${line} ${detail}`} type="button" onClick={() => goTo(line ?? 1)}>
            {line === null ? "" : `Line ${line}: `}
            {detail}
          </button>
        ))}
      </div>
    </>
  );
}
