/** What the API shows of services: figures, settings, tests. */
import { z } from "zod";

import { wireMoney } from "../kernel/money.ts";
import type { FailureRow } from "../service/failure-views.ts";
import type { ServiceFigures, ServiceMonitor } from "../service/monitor.ts";
import { COUNTED_AT_MOST } from "../service/monitor-views.ts";
import type { OldestUnknownRow } from "../service/monitor-views.ts";

import { AdjustmentState, Money } from "./shapes.ts";

const Work = z.object({
  inFlight: z.int().describe("Called now"),
  due: z.int().describe("Its time has come, and nobody has taken it yet"),
  waiting: z.int().describe("Between retries"),
  unknown: z.int().describe("Nobody knows yet whether it was posted"),
  failed: z.int().describe("Waits for a person"),
  late: z.int().describe("Open past its deadline"),
  countedAtMost: z.int().describe("A figure above it means: and more"),
});

const Circuit = z.object({
  state: z.enum(["closed", "open", "halfOpen"]),
  failures: z.int().describe("Calls in a row that did not get through"),
  openings: z.int().describe("Times it opened since an answer last came"),
  since: z.string().nullable().describe("When it opened"),
  nextProbeAt: z.string().nullable(),
});

const Sla = z.object({
  met: z.int().describe("Executed before the deadline"),
  breached: z.int().describe("Executed after it, or open past it"),
  handedOver: z.int().describe("Ended without a posting: failed, cancelled or moved"),
});

const Unknown = z.object({
  adjustment: z.string(),
  assignment: z.string(),
  claim: z.string(),
  dispute: z.string(),
  since: z.string(),
  machineMayAct: z.boolean().describe("False: only a person can find out"),
});

const MinuteCalls = z.object({
  minute: z.string(),
  outcomes: z.record(z.string(), z.int()).describe("Calls by outcome; a minute without is absent"),
});

export const ServiceSummary = z
  .object({
    client: z.string(),
    name: z.string(),
    problem: z.string().nullable().describe("Settings that do not load: nothing is called"),
    work: Work,
    circuit: Circuit,
    sla: Sla,
    oldestUnknown: Unknown.nullable(),
    from: z.string().describe("Of the calls and of what ended"),
    until: z.string(),
    calls: z.array(MinuteCalls),
  })
  .meta({ id: "ServiceSummary" });

export const ServiceMonitorShape = ServiceSummary.extend({
  latency: z
    .object({ p50: z.int(), p95: z.int(), p99: z.int(), calls: z.int() })
    .nullable()
    .describe("Of postings, in milliseconds, over the whole span"),
  latencies: z.array(
    z.object({ minute: z.string(), p50: z.int(), p95: z.int(), p99: z.int(), calls: z.int() }),
  ),
  outcomes: z.array(
    z.object({ purpose: z.string(), outcome: z.string(), calls: z.int(), lastAt: z.string() }),
  ),
  codes: z
    .array(
      z.object({
        outcome: z.string(),
        status: z.int().nullable(),
        code: z.string().nullable(),
        reason: z.string().nullable(),
        calls: z.int(),
      }),
    )
    .describe("What did not go well, most frequent first"),
  lastError: z
    .object({
      adjustment: z.string(),
      outcome: z.string(),
      status: z.int().nullable(),
      code: z.string().nullable(),
      reason: z.string().nullable(),
      at: z.string(),
    })
    .nullable(),
}).meta({ id: "ServiceMonitor" });

export const ServiceFailure = z
  .object({
    assignment: z.string(),
    adjustment: z.string(),
    claim: z.string(),
    dispute: z.string().nullable(),
    amount: Money,
    state: AdjustmentState,
    assignee: z.string().nullable(),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    failedAt: z.string(),
  })
  .meta({ id: "ServiceFailure" });

export function presentFigures(one: ServiceFigures): z.infer<typeof ServiceSummary> {
  const { work, circuit, sla } = one;
  return {
    client: one.clientId,
    name: one.service,
    problem: one.problem,
    work: {
      inFlight: work.inFlight,
      due: work.due,
      waiting: work.waiting,
      unknown: work.unknown,
      failed: work.failed,
      late: work.late,
      countedAtMost: COUNTED_AT_MOST,
    },
    circuit: {
      state: circuit.state,
      failures: circuit.failures,
      openings: circuit.openings,
      since: circuit.since,
      nextProbeAt: circuit.probeAt,
    },
    sla: { met: sla.met, breached: sla.breached + work.late, handedOver: sla.handedOver },
    oldestUnknown: one.oldestUnknown === null ? null : presentUnknown(one.oldestUnknown),
    ...one.span,
    calls: [...Map.groupBy(one.minutes, (row) => row.minute)].map(([minute, rows]) => ({
      minute,
      outcomes: Object.fromEntries(rows.map((row) => [row.outcome, row.calls])),
    })),
  };
}

export function presentMonitor(one: ServiceMonitor): z.infer<typeof ServiceMonitorShape> {
  const overall = one.latency.find((row) => row.minute === null);
  return {
    ...presentFigures(one),
    latency: overall === undefined ? null : latencyOf(overall),
    latencies: one.latency.flatMap((row) =>
      row.minute === null ? [] : [{ minute: row.minute, ...latencyOf(row) }],
    ),
    outcomes: one.outcomes.map((row) => ({ ...row })),
    codes: one.codes.map((row) => ({ ...row })),
    lastError: one.lastError === null ? null : presentError(one.lastError),
  };
}

function latencyOf({ p50, p95, p99, calls }: ServiceMonitor["latency"][number]) {
  return { p50, p95, p99, calls };
}

function presentError({ adjustmentId, ...rest }: NonNullable<ServiceMonitor["lastError"]>) {
  return { adjustment: adjustmentId, ...rest };
}

function presentUnknown(row: OldestUnknownRow): z.infer<typeof Unknown> {
  const { adjustmentId, assignmentId, claim, dispute, since, machineMayAct } = row;
  return {
    adjustment: adjustmentId,
    assignment: assignmentId,
    claim,
    dispute,
    since,
    machineMayAct,
  };
}

export function presentFailure(row: FailureRow): z.infer<typeof ServiceFailure> {
  return {
    assignment: row.assignmentId,
    adjustment: row.adjustmentId,
    claim: row.claim,
    dispute: row.dispute,
    amount: wireMoney(row.amountMinor, row.currency),
    state: AdjustmentState.parse(row.state),
    assignee: row.assignee,
    code: row.code,
    reason: row.reason,
    failedAt: row.failedAt,
  };
}
