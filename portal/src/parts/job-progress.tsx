/** How far a job is, as a bar and in figures. */
import type { Job } from "../api/service-types.ts";

import css from "./service.module.css";
import { plural } from "./service-looks.ts";

const PARTS = [
  ["done", "good", "done"],
  ["skipped", "warn", "skipped"],
  ["failed", "bad", "failed"],
] as const;

export function JobProgress({ job }: { readonly job: Job }) {
  const { progress, state } = job;
  const { total, open } = progress;
  const over = total - open;
  const share = (count: number): string => `${total === 0 ? 0 : (count / total) * 100}%`;
  const percent = total === 0 ? 100 : Math.floor((over / total) * 100);
  return (
    <div className={css["progress"]}>
      <div
        className={css["bar"]}
        role="progressbar"
        aria-label={job.label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={over}
        aria-valuetext={`${over} of ${total}`}
      >
        {PARTS.map(([name, tone]) => (
          <span key={name} data-tone={tone} style={{ width: share(progress[name]) }} />
        ))}
      </div>
      <ul className={css["legend"]}>
        {PARTS.filter(([name]) => name === "done" || progress[name] > 0).map(
          ([name, tone, word]) => (
            <li key={name}>
              <span className={css["swatch"]} data-tone={tone} />
              <b>{progress[name].toLocaleString("en-US")}</b> {word}
            </li>
          ),
        )}
        {open === 0 ? null : (
          <li>
            <b>{open.toLocaleString("en-US")}</b> {state === "cancelled" ? "never begun" : "to go"}
          </li>
        )}
        <li className={css["pointed"]}>
          {total === 0 ? "Nothing matched" : `${percent}% of ${plural(total, "item")}`}
        </li>
      </ul>
    </div>
  );
}
