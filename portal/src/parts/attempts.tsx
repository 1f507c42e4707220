/**
 * Every call for an adjustment, newest last, each to be opened: what left and what came back, both
 * masked, with the key it carried and whether its answer still counted.
 */
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";

import type { Attempt } from "../api/types.ts";
import { When, WordBadge } from "../ui/badge.tsx";
import { Facts } from "../ui/panel.tsx";
import { PayloadView } from "../ui/payload.tsx";
import type { Tone } from "../ui/states.ts";
import { inWords } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./attempts.module.css";

export const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  posted: "good",
  alreadyPosted: "good",
  wouldPost: "good",
  refused: "bad",
  refusedOverridable: "bad",
  notProcessed: "info",
  unknown: "warn",
  notFound: "calm",
};

export function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <>
      <h3>Calls to the system of record</h3>
      <ol className={css["attempts"]}>
        {attempts.map((one, index) => (
          <Call key={one.id} attempt={one} number={index + 1} />
        ))}
      </ol>
    </>
  );
}

const PURPOSE_WORDS: Readonly<Record<string, string>> = {
  post: "Posting",
  lookUp: "Look-up",
  probe: "Check without posting",
};

function Call({ attempt, number }: { readonly attempt: Attempt; readonly number: number }) {
  const [isOpen, setOpen] = useState(false);
  const Icon = isOpen ? ChevronDown : ChevronRight;
  const words = answerWords(attempt);
  const place = `attempt-${attempt.id}`;
  return (
    <li>
      <button
        type="button"
        className={css["head"]}
        aria-expanded={isOpen}
        aria-controls={place}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon size={15} aria-hidden />
        <span className={css["number"]}>{number}</span>
        <strong>{PURPOSE_WORDS[attempt.purpose] ?? inWords(attempt.purpose)}</strong>
        <WordBadge tone={OUTCOME_TONES[attempt.outcome ?? ""] ?? "calm"}>
          {attempt.outcome === null ? "Waiting for an answer" : inWords(attempt.outcome)}
        </WordBadge>
        {attempt.isSuperseded === true ? <WordBadge tone="warn">Came too late</WordBadge> : null}
        <span className={css["words"]}>{words}</span>
        <span className={css["when"]}>
          <When at={attempt.startedAt} />
          {attempt.latencyMilliseconds === null ? null : (
            <span className={css["latency"]}>
              {attempt.latencyMilliseconds.toLocaleString("en-US")} ms
            </span>
          )}
        </span>
      </button>
      {isOpen ? <Opened id={place} attempt={attempt} /> : null}
    </li>
  );
}

function Opened({ id, attempt }: { readonly id: string; readonly attempt: Attempt }) {
  const { request } = attempt;
  return (
    <div id={id} className={css["opened"]}>
      {attempt.isSuperseded === true ? (
        <p className={ui["quiet"]}>
          Another worker had taken this over when the answer came: it is on record and changed
          nothing else.
        </p>
      ) : null}
      <Facts
        items={[
          ["Key", <code key="key">{attempt.key}</code>],
          ["Key revision", attempt.keyRevision],
          ["Fence", `version ${attempt.fence}`],
          ["Worker", attempt.worker],
          ["Service", attempt.service],
          ["Started", showInstant(attempt.startedAt)],
          ["Reference", attempt.reference],
        ]}
      />
      <div className={css["payloads"]}>
        <PayloadView
          title="Request"
          note={`${request.method} ${request.path}`}
          value={request.body}
          empty="No body."
        />
        <PayloadView
          title="Response"
          {...(attempt.status === null ? {} : { note: `HTTP ${attempt.status}` })}
          value={attempt.answer}
          empty={
            attempt.outcome === null
              ? "No answer has come."
              : (attempt.reason ?? "Nothing came back.")
          }
        />
      </div>
    </div>
  );
}

function answerWords({ status, code, reason, reference }: Attempt): string {
  const parts = [
    status === null ? null : `HTTP ${status}`,
    code,
    reason === code ? null : reason,
    reference === null ? null : `reference ${reference}`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
