/** What the routes need: put together in `main.ts`, or by a test. */
import type { AccountVault } from "../access/vault.ts";
import type { Engine } from "../accounting/engine.ts";
import type { BatchDesk } from "../batch/desk.ts";
import type { TestDesk } from "../service/test-connection.ts";
import type { AssignmentActions } from "../work/perform-action.ts";
import type { ApprovalDesk } from "../work/approvals/decide.ts";
import type { JobKinds } from "../work/job-kinds.ts";

import type { Cursors } from "./cursor.ts";

export interface HttpDependencies {
  readonly engine: Engine;
  readonly vault: AccountVault;
  /** What can be done with assignments, by the verbs of the rooms that own them. */
  readonly actions: AssignmentActions;
  /** What decides on requests, with what happens then. */
  readonly approvals: ApprovalDesk;
  /** What the verbs of the batch route need. */
  readonly batch: BatchDesk;
  /** What a test of a service needs. */
  readonly service: TestDesk;
  readonly jobs: {
    readonly kinds: JobKinds;
    /** Makes the worker look at once. */
    wake(): void;
  };
  readonly cursors: Cursors;
  readonly version: string;
  /** Answers why this process cannot serve, or null when it can. */
  notReady(): Promise<string | null>;
  /** The built portal; null where it is not built. */
  readonly portalDirectory: string | null;
  /** `docs/reference/errors`: a page for each failure. */
  readonly errorPagesDirectory: string;
  /** The session cookie goes over TLS only; off for plain http on one machine. */
  readonly secureCookies: boolean;
}
