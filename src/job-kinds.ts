/** Which jobs there are: part of the composition root, because they belong to rooms below work. */
import type { Engine } from "./accounting/engine.ts";
import { ATTESTATION, approvalDesk } from "./approval-desk.ts";
import { withoutApproval } from "./approved-first.ts";
import { nextFileJobKind } from "./batch/next-file.ts";
import { completionJobKind } from "./manual/job-kinds.ts";
import { serviceJobKinds } from "./service/job-kinds.ts";
import type { ApprovalDesk } from "./work/approvals/decide.ts";
import { decisionJobKind } from "./work/approvals/job-kind.ts";
import { workJobKinds } from "./work/bulk-jobs.ts";
import type { JobKinds } from "./work/job-kinds.ts";
import { jobKinds } from "./work/job-kinds.ts";

/** `wakeService` makes the service worker look at once. */
export function allJobKinds(
  engine: Engine,
  approvals: ApprovalDesk = approvalDesk(engine),
  wakeService?: () => void,
): JobKinds {
  return jobKinds([
    ...serviceJobKinds(engine, wakeService),
    nextFileJobKind(engine),
    withoutApproval(engine, ATTESTATION, completionJobKind(engine)),
    ...workJobKinds(engine),
    decisionJobKind(approvals),
  ]);
}
