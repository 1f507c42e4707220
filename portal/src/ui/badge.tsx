/** States and due times: always word, icon and tone together. */
import { Tooltip } from "@mantine/core";
import { AlarmClock, Clock3 } from "lucide-react";

import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";
import type { FileState } from "../../../src/batch/file-machine.ts";

import { useNow } from "./clock.ts";
import { ADJUSTMENT_LOOKS, disputeTone, FILE_LOOKS, inWords } from "./states.ts";
import type { Look, Tone } from "./states.ts";
import { ago, showInstant, timeLeft } from "./time.ts";
import css from "./ui.module.css";

export function Badge({ look }: { readonly look: Look }) {
  const Icon = look.icon;
  return (
    <span className={`${css["badge"]} ${css[look.tone]}`}>
      <Icon size={13} strokeWidth={2.2} aria-hidden />
      {look.word}
    </span>
  );
}

export function WordBadge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span className={`${css["badge"]} ${css[tone]}`}>{children}</span>;
}

export function AdjustmentBadge({ state }: { readonly state: AdjustmentState }) {
  return <Badge look={ADJUSTMENT_LOOKS[state]} />;
}

export function FileBadge({ state }: { readonly state: FileState }) {
  return <Badge look={FILE_LOOKS[state]} />;
}

export function DisputeBadge({ state }: { readonly state: string }) {
  return <WordBadge tone={disputeTone(state)}>{inWords(state)}</WordBadge>;
}

/** Time left to a goal or deadline, now or as of a past moment; its own sign when it has passed. */
export function Due(props: { readonly at: string | null; readonly asOf?: string | undefined }) {
  const { at, asOf } = props;
  const now = useNow();
  const { words, lateness } = timeLeft(at, asOf === undefined ? now : Date.parse(asOf));
  const Icon = lateness === "overdue" ? AlarmClock : Clock3;
  // Drawn in every row of a grid: the browser's own hint costs nothing.
  return (
    <span
      className={css["due"]}
      data-lateness={lateness}
      title={at === null ? undefined : showInstant(at)}
    >
      <Icon size={13} aria-hidden />
      {words}
    </span>
  );
}

/** When something happened: how long ago, and the exact instant on demand. */
export function When({ at }: { readonly at: string }) {
  return (
    <Tooltip label={showInstant(at)}>
      <time dateTime={at}>{ago(at, useNow())}</time>
    </Tooltip>
  );
}
