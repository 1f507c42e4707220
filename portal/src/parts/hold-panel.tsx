/** What holds a movement: why, what releases it, until when, and what was asked and answered. */
import { useQuery } from "@tanstack/react-query";

import { holdQuery } from "../api/hold-queries.ts";
import type { HeldBy, HoldEvent, HoldOfAdjustment } from "../api/hold-types.ts";
import { When, WordBadge } from "../ui/badge.tsx";
import { Facts } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./parts.module.css";

/** Shown where something holds it now, or held it; the rest of the page does not wait for it. */
export function HoldPanel({ adjustment }: { readonly adjustment: string }) {
  const { data } = useQuery(holdQuery(adjustment));
  if (data === undefined || (data.hold === null && data.events.length === 0)) return null;
  return <Shown found={data} />;
}

function Shown({ found: { hold, events } }: { readonly found: HoldOfAdjustment }) {
  return (
    <section className={ui["stack"]} aria-label="Hold">
      <div className={ui["row"]}>
        <h3>{hold === null ? "What held it" : "What holds it"}</h3>
        {hold?.asksPerson === true ? <WordBadge tone="warn">A person is asked</WordBadge> : null}
      </div>
      {hold === null ? null : <Facts items={holdFacts(hold)} />}
      {events.length === 0 ? null : (
        <ol className={css["timeline"]} aria-label="Asked and answered">
          {events.map((event) => (
            <Happened key={`${event.at}${event.kind}${event.outcome ?? ""}`} event={event} />
          ))}
        </ol>
      )}
    </section>
  );
}

function holdFacts(hold: HeldBy): readonly (readonly [string, string | null])[] {
  const { watch, releaseOn, waitsFor } = hold;
  const { regulatory = null, nextAskAt = null } = watch ?? {};
  return [
    ["Hold", inWords(watch?.name ?? hold.reason)],
    ["Why", hold.note],
    ["Released by", conditionOf(hold)],
    ["Looked at again on", watch === undefined ? null : releaseOn],
    ["Waits for", othersWords(waitsFor.length)],
    ["Held since", watch?.since ?? null],
    ["Days used up on", watch?.deadlineOn ?? null],
    ["The law's date", regulatory === null ? null : `${regulatory.on} (${regulatory.source})`],
    ["Ends for the law on", watch?.endsForLawOn ?? null],
    [
      "Look-ups",
      watch === undefined || watch.mayAsk === 0 ? null : `${watch.asked} of ${watch.mayAsk}`,
    ],
    [
      "Next look-up",
      nextAskAt === null || hold.asksPerson === true ? null : showInstant(nextAskAt),
    ],
    ["Last answer", watch?.lastAnswer ?? null],
  ];
}

function othersWords(count: number): string | null {
  if (count === 0) return null;
  return count === 1 ? "1 other movement" : `${count} other movements`;
}

/** What a person can find out and give. */
const SUPPLIED: ReadonlySet<string> = new Set(["activeCardNumber", "fraudCardStatus"]);

function conditionOf({ reason, asksPerson, releaseOn }: HeldBy): string {
  if (asksPerson === true) {
    const supply = SUPPLIED.has(reason) ? "supply, " : "";
    return `a person: look again, ${supply}postable or not postable`;
  }
  switch (reason) {
    case "denyDebitDate":
      return releaseOn === null ? "a notice that names a day" : `the day that comes: ${releaseOn}`;
    case "creditNotPosted":
      return "the credit it takes back is posted or cancelled";
    case "principalNotPosted":
      return "its principal is posted";
    case "notBefore":
      return `the day that comes: ${releaseOn ?? "not known"}`;
    case "activeCardNumber":
      return "the number that is in use is known";
    case "fraudCardStatus":
      return "a good status of the fraud card";
    case "newAccountDelay":
      return "the days of a new account are over";
    default:
      return "its condition, its days, or a person";
  }
}

function Happened({ event }: { readonly event: HoldEvent }) {
  const { kind, outcome, account, status, reason } = event;
  const found = account ?? status;
  return (
    <li>
      <span className={css["dot"]} data-tone={toneOf(event)} />
      <div>
        <div className={ui["row"]}>
          <strong>{inWords(kind)}</strong>
          {outcome === null ? null : <WordBadge tone={toneOf(event)}>{inWords(outcome)}</WordBadge>}
          {found === null ? null : <code>{found}</code>}
        </div>
        <div className={ui["soft"]}>
          {event.actor} · <When at={event.at} />
        </div>
        {reason === null ? null : <div>{reason}</div>}
      </div>
    </li>
  );
}

function toneOf({ kind, outcome }: HoldEvent): "good" | "bad" | "warn" | "calm" {
  if (kind === "asked" || outcome === null) return "calm";
  if (["good", "passed", "postable"].includes(outcome)) return "good";
  return outcome === "bad" || outcome === "notPostable" ? "bad" : "warn";
}
