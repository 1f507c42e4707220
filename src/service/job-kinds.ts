/**
 * The service route's verbs over everything that matches, as server jobs. A job makes due, it
 * calls nobody: rate, concurrency and circuit are the dispatcher's as ever, so no storm follows.
 */
import { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import type { Statement } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import type { BulkFilter } from "../work/bulk-jobs.ts";
import { bulkInput, matchingWork } from "../work/bulk-jobs.ts";
import type { JobItem, JobKind } from "../work/job-kinds.ts";

import { failedItems, waitingItems } from "./failure-views.ts";
import type { ServiceItem } from "./locked-item.ts";
import { retryServiceCallsIn } from "./retry.ts";
import { runNowIn } from "./run-now.ts";

const filterShape = z.strictObject({
  client: z.string().optional(),
  service: z.string().optional().describe("The service it failed at, or waits for"),
  code: z.string().min(1).optional().describe("Of the last answer, exactly"),
  reason: z.string().min(1).max(200).optional().describe("A part of the reason, in any case"),
  failedBefore: z.iso.datetime().optional().describe("Only what waits since before this instant"),
});

export type ServiceJobFilter = z.infer<typeof filterShape>;

/** `wake` makes the service worker look at once. */
export function serviceJobKinds(engine: Engine, wake: () => void = () => undefined): JobKind[] {
  const kind = (
    name: string,
    label: string,
    matching: (clientIds: readonly string[], filter: ServiceJobFilter, now: string) => Statement,
    perform: JobKind["perform"],
  ): JobKind => ({
    name,
    label,
    right: "service:retry",
    input: filterShape,
    // The shape above has read it.
    matching: (clientIds, input, now) => matching(clientIds, input as ServiceJobFilter, now),
    perform,
    done: wake,
  });
  return [
    kind("retryFailedServiceCalls", "Retry failed service calls", failedItems, (tx, items, actor) =>
      retryServiceCallsIn(tx, engine, items.map(asSeenBy(actor))),
    ),
    kind("runServiceCallsNow", "Run waiting service calls now", waitingItems, (tx, items, actor) =>
      runNowIn(tx, engine, items.map(asSeenBy(actor))),
    ),
    {
      name: "retryWork",
      label: "Retry the calls",
      right: "service:retry",
      input: bulkInput(z.strictObject({})),
      matching: (clientIds, input) => matchingWork(clientIds, input as BulkFilter),
      perform: (tx, items, actor) => retryServiceCallsIn(tx, engine, items.map(asSeenBy(actor))),
      done: wake,
    },
  ];
}

function asSeenBy(actor: string) {
  return ({ clientId, assignmentId, adjustmentId, seenVersion }: JobItem): ServiceItem => {
    if (adjustmentId === null) {
      throw new Failure("transition-refused", "no movement belongs to this assignment", {});
    }
    return { clientId, assignmentId, adjustmentId, version: seenVersion, actor };
  };
}
