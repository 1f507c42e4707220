/** Every recorded step of sending a file: only proof is success, only proof is failure. */
import { Send } from "lucide-react";

import type { TransmissionStep } from "../api/batch-types.ts";
import css from "../parts/parts.module.css";
import { Empty } from "../ui/answers.tsx";
import { When } from "../ui/badge.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function BatchTransmissions({ steps }: { readonly steps: readonly TransmissionStep[] }) {
  if (steps.length === 0) {
    return (
      <Empty title="Not sent yet" icon={Send}>
        <p>Every step of its way out is recorded here before and after it is taken.</p>
      </Empty>
    );
  }
  return (
    <ol className={css["timeline"]}>
      {steps.toReversed().map((step) => (
        <li key={`${step.recordedAt} ${step.transmission} ${step.attempt} ${step.step}`}>
          <span className={css["dot"]}>
            <Send size={15} aria-hidden />
          </span>
          <div>
            <strong>{inWords(step.step)}</strong>
            <div className={ui["soft"]}>
              transmission {step.transmission}
              {step.attempt === 0 ? "" : `, try ${step.attempt}`} · {step.actor} ·{" "}
              <When at={step.recordedAt} />
            </div>
            <div className={css["outside"]}>
              {Object.entries(step.detail)
                .filter(([name]) => name !== "changedAt")
                .map(([name, value]) => `${inWords(name)}: ${String(value)}`)
                .join(" · ")}
            </div>
          </div>
        </li>
      ))}
    </ol>
  );
}
