/**
 * How an assignment stands with people: who has it, which work group, what it waits for, whether
 * anybody can work it. Pure: each change gives the next standing or says why it is refused.
 */
import { Temporal } from "temporal-polyfill";

import { Failure } from "../kernel/failure.ts";

export interface Standing {
  readonly assignee: string | null;
  readonly workGroup: string;
  /** ISO instant until which it waits, with its reason; null: it does not wait. */
  readonly pendedUntil: string | null;
  readonly pendReason: string | null;
  /** Why nobody can work it; null: it can be worked. */
  readonly unworkableReason: string | null;
}

export function standingOf(row: Standing): Standing {
  const { assignee, workGroup, pendedUntil, pendReason, unworkableReason } = row;
  return { assignee, workGroup, pendedUntil, pendReason, unworkableReason };
}

const NOT_PENDED = { pendedUntil: null, pendReason: null } as const;

/** Whoever takes it works it now: it waits no longer. */
export function taken(standing: Standing, person: string): Standing {
  refuseUnworkable(standing);
  return { ...standing, ...NOT_PENDED, assignee: person };
}

export function released(standing: Standing): Standing {
  return { ...standing, assignee: null };
}

/** To a person, to a work group's own people, or both. */
export function assigned(
  standing: Standing,
  to: { readonly person?: string | undefined; readonly workGroup?: string | undefined },
): Standing {
  if (to.person !== undefined) refuseUnworkable(standing);
  return {
    ...standing,
    assignee: to.person ?? null,
    workGroup: to.workGroup ?? standing.workGroup,
  };
}

/** Longest wait that is believed: a typing error is not a wait of a century. */
const LONGEST_PEND_DAYS = 366;

/** Whoever has it keeps it. Throws `date-invalid` for an instant that is not ahead. */
export function pended(standing: Standing, until: string, reason: string, now: string): Standing {
  refuseUnworkable(standing);
  const from = Temporal.Instant.from(now);
  const latest = from.add({ hours: LONGEST_PEND_DAYS * 24 });
  const instant = Temporal.Instant.from(until);
  const why =
    Temporal.Instant.compare(instant, from) <= 0
      ? `${until} is not ahead: it is ${now}`
      : Temporal.Instant.compare(instant, latest) > 0
        ? `${until} is more than ${LONGEST_PEND_DAYS} days ahead`
        : null;
  if (why !== null) {
    throw new Failure("date-invalid", why, { until }, [{ pointer: "/until", detail: why }]);
  }
  return { ...standing, pendedUntil: instant.toString(), pendReason: reason };
}

/** Throws `transition-refused` where it does not wait. */
export function resumed(standing: Standing): Standing {
  if (standing.pendedUntil === null) {
    throw new Failure("transition-refused", "it does not wait for a date", {});
  }
  return { ...standing, ...NOT_PENDED };
}

/** It leaves whoever had it, for a supervisor's list. */
export function unworkable(standing: Standing, reason: string): Standing {
  refuseUnworkable(standing);
  return { ...standing, ...NOT_PENDED, assignee: null, unworkableReason: reason };
}

/** Throws `transition-refused` where it is workable. */
export function restored(standing: Standing): Standing {
  if (standing.unworkableReason === null) {
    throw new Failure("transition-refused", "it is not marked unworkable", {});
  }
  return { ...standing, unworkableReason: null };
}

function refuseUnworkable({ unworkableReason }: Standing): void {
  if (unworkableReason === null) return;
  throw new Failure("transition-refused", `it is marked unworkable: ${unworkableReason}`, {
    unworkable: unworkableReason,
  });
}
