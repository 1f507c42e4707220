/** *Complete* with all that match, as a server job: one statement of a person for each of them. */
import type { Engine } from "../accounting/engine.ts";
import type { BulkFilter } from "../work/bulk-jobs.ts";
import { bulkInput, matchingWork } from "../work/bulk-jobs.ts";
import type { JobKind } from "../work/job-kinds.ts";

import { completeByHandIn, completionInput } from "./complete.ts";

export function completionJobKind(engine: Engine): JobKind {
  const shape = bulkInput(completionInput);
  return {
    name: "completeWork",
    label: "Complete",
    right: "assignment:work",
    input: shape,
    matching: (clientIds, input) => matchingWork(clientIds, input as BulkFilter),
    perform: async (tx, items, actor, input) => {
      const { action } = shape.parse(input);
      const results = await completeByHandIn(
        tx,
        engine,
        items.map(({ clientId, assignmentId, seenVersion }) => ({
          ...{ clientId, assignmentId, version: seenVersion, actor },
          ...action,
        })),
      );
      for (const { failure } of results) if (failure !== null) throw failure;
    },
  };
}
