/** Every recorded step of sending a file: only proof is success, only proof is failure. */
import { Send } from "lucide-react";

import type { BatchDetails, TransmissionStep } from "../api/batch-types.ts";
import css from "../parts/parts.module.css";
import { actorWords } from "../ui/actors.ts";
import { Empty } from "../ui/answers.tsx";
import { When } from "../ui/badge.tsx";
import { useNow } from "../ui/clock.ts";
import { inWords } from "../ui/states.ts";
import { countdown, showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function BatchTransmissions({ file }: { readonly file: BatchDetails }) {
  const { transmissions: steps, state, dueAt } = file;
  const now = useNow();
  if (steps.length === 0) {
    return (
      <Empty title="Not sent yet" icon={Send}>
        <p>Every step of its way out is recorded here before and after it is taken.</p>
      </Empty>
    );
  }
  return (
    <div className={ui["stack"]}>
      {state === "sending" && dueAt !== null ? (
        <p>
          Next try: {countdown(dueAt, now)} ({showInstant(dueAt)}).
        </p>
      ) : null}
      <ol className={css["timeline"]}>
        {steps.toReversed().map((step) => (
          <li key={`${step.recordedAt} ${step.transmission} ${step.attempt} ${step.step}`}>
            <span className={css["dot"]}>
              <Send size={15} aria-hidden />
            </span>
            <div>
              <strong>{inWords(step.step)}</strong>
              <div className={ui["soft"]}>
                {whichTry(step)} · {actorWords(step.actor)} · <When at={step.recordedAt} />
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
    </div>
  );
}

function whichTry({ transmission, attempt }: TransmissionStep): string {
  return attempt === 0
    ? `transmission ${transmission}`
    : `transmission ${transmission}, try ${attempt}`;
}
