/** How a service stands, in one word with icon and tone; what its circuit means, in a sentence. */
import {
  CircleCheck,
  CircleDashed,
  CircleX,
  Clock3,
  OctagonX,
  PlugZap,
  TriangleAlert,
  Unplug,
} from "lucide-react";

import type { JobState, ServiceSummary } from "../api/service-types.ts";
import type { Look } from "../ui/states.ts";
import { ago, span } from "../ui/time.ts";

const RECENT_MINUTES = 5;

export function serviceLook(service: ServiceSummary): Look {
  if (service.problem !== null) {
    return { tone: "bad", icon: OctagonX, word: "Settings do not load" };
  }
  if (service.circuit.state === "open") return { tone: "bad", icon: Unplug, word: "Circuit open" };
  if (service.circuit.state === "halfOpen") {
    return { tone: "warn", icon: PlugZap, word: "Probing" };
  }
  const { through, lost } = recentCalls(service);
  if (lost > 0 && lost >= through) return { tone: "bad", icon: CircleX, word: "Calls get lost" };
  if (lost > 0 || service.work.late > 0) {
    return { tone: "warn", icon: TriangleAlert, word: lost > 0 ? "Some get lost" : "Behind" };
  }
  if (through === 0) return { tone: "calm", icon: CircleDashed, word: "Quiet" };
  return { tone: "good", icon: CircleCheck, word: "Healthy" };
}

/** Of the last minutes: an answer is an answer, whatever it says. */
function recentCalls({ calls }: ServiceSummary): { through: number; lost: number } {
  const recent = calls.slice(-RECENT_MINUTES);
  const sum = (counts: (outcome: string) => boolean): number =>
    recent
      .flatMap(({ outcomes }) => Object.entries(outcomes))
      .reduce((total, [outcome, count]) => total + (counts(outcome) ? count : 0), 0);
  const isLost = (outcome: string): boolean => ["unknown", "notProcessed"].includes(outcome);
  return { through: sum((outcome) => !isLost(outcome)), lost: sum(isLost) };
}

export function circuitLook(state: ServiceSummary["circuit"]["state"]): Look {
  switch (state) {
    case "closed":
      return { tone: "good", icon: PlugZap, word: "Closed" };
    case "open":
      return { tone: "bad", icon: Unplug, word: "Open" };
    case "halfOpen":
      return { tone: "warn", icon: PlugZap, word: "Half open" };
  }
}

export function circuitWords({ circuit }: ServiceSummary, now: number): string {
  const { state, failures, since, nextProbeAt, openings } = circuit;
  switch (state) {
    case "closed":
      return failures === 0
        ? "Calls go out as they fall due."
        : `Calls go out. The last ${failures === 1 ? "call" : plural(failures, "call")} did ` +
            "not get through; after some more in a row it opens and nothing is sent but a probe " +
            "now and then.";
    case "open":
      return (
        `Nothing is sent${since === null ? "" : ` (it opened ${ago(since, now)})`}: ` +
        `${plural(failures, "call")} in a row did not get through. ` +
        `${probeWords(nextProbeAt, now)} ` +
        `One answer closes it${openings > 1 ? `; it opened ${openings} times since the last` : ""}.`
      );
    case "halfOpen":
      return (
        "One probe is out. Its answer closes the circuit; without one it stays open and waits " +
        "longer until the next."
      );
  }
}

function probeWords(at: string | null, now: number): string {
  if (at === null) return "";
  const left = Date.parse(at) - now;
  if (left <= 0) return "The next probe goes out with the next call that is due.";
  return left < 60_000
    ? `The next probe goes out in ${Math.ceil(left / 1000)} s.`
    : `The next probe goes out in ${span(left)}.`;
}

export const JOB_LOOKS: Readonly<Record<JobState, Look>> = {
  waiting: { tone: "info", icon: Clock3, word: "Waiting" },
  running: { tone: "accent", icon: PlugZap, word: "Running" },
  done: { tone: "good", icon: CircleCheck, word: "Done" },
  cancelled: { tone: "calm", icon: CircleX, word: "Cancelled" },
};

export function plural(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}

/** A figure that stops counting says so. */
export function counted(count: number, atMost: number): string {
  return count > atMost ? `${atMost.toLocaleString("en-US")}+` : count.toLocaleString("en-US");
}
