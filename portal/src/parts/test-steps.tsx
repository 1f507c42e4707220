/** How far a way to the outside goes, step by step, and what to do where it ends. */
import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { LucideIcon } from "lucide-react";

import ui from "../ui/ui.module.css";

import css from "./service.module.css";

export interface Step {
  readonly name: string;
  readonly outcome: "ok" | "failed" | "skipped" | "warning";
  readonly detail: string;
  readonly advice: string | null;
  readonly milliseconds: number;
}

const LOOKS: Readonly<Record<Step["outcome"], readonly [LucideIcon, string, string]>> = {
  ok: [CircleCheck, "good", "Passed"],
  warning: [TriangleAlert, "warn", "Doubtful"],
  failed: [CircleX, "bad", "Failed"],
  skipped: [CircleDashed, "calm", "Not tested"],
};

export function TestSteps(props: {
  readonly verdict: string;
  readonly steps: readonly Step[];
  readonly words: Readonly<Record<string, string>>;
}) {
  return (
    <div role="status">
      <h3>{props.verdict}</h3>
      <ol className={css["steps"]}>
        {props.steps.map((step) => {
          const [Icon, tone, word] = LOOKS[step.outcome];
          return (
            <li key={step.name}>
              <Icon size={17} className={ui["tone"]} data-tone={tone} aria-hidden />
              <strong>{props.words[step.name] ?? step.name}</strong>
              <span className={css["took"]}>
                {word}
                {step.outcome === "skipped" ? "" : ` · ${step.milliseconds} ms`}
              </span>
              <span className={ui["soft"]}>{step.detail}</span>
              {step.advice === null ? null : (
                <p className={css["advice"]}>
                  <strong>What to do:</strong> {step.advice}
                </p>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
