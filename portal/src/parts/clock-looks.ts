/** How a regulatory clock looks by its state, and what is left of it in words. */
import {
  AlarmClock,
  Ban,
  CircleCheck,
  CircleDashed,
  ClockAlert,
  CircleStop,
  Timer,
} from "lucide-react";

import type { ClockState } from "../api/clock-types.ts";
import type { Look } from "../ui/states.ts";

export const CLOCK_LOOKS: Readonly<Record<ClockState, Look>> = {
  running: { tone: "info", icon: Timer, word: "Running" },
  met: { tone: "good", icon: CircleCheck, word: "Met" },
  metLate: { tone: "bad", icon: ClockAlert, word: "Met late" },
  missed: { tone: "bad", icon: AlarmClock, word: "Missed" },
  stopped: { tone: "calm", icon: CircleStop, word: "Stopped" },
  notStarted: { tone: "calm", icon: CircleDashed, word: "Not started" },
  notApplicable: { tone: "calm", icon: Ban, word: "Not applicable" },
};

export const WARNED: Look = { tone: "warn", icon: ClockAlert, word: "Due soon" };

/** `3 business days left`, `today is the last day`, `2 business days late`. */
export function leftWords(businessDaysLeft: number | null): string {
  if (businessDaysLeft === null) return "";
  if (businessDaysLeft === 0) return "no business day left";
  const days = Math.abs(businessDaysLeft);
  const words = `${days} business ${days === 1 ? "day" : "days"}`;
  return businessDaysLeft > 0 ? `${words} left` : `${words} late`;
}
