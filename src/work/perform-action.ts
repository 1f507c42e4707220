/**
 * Performs an action on an assignment: looked at as the person saw it, refused with the reason, and
 * handed to the verb that is registered for it. The verb looks again under its locks.
 */
import type { Permission } from "../access/roles.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";

import type { ActionName, Person } from "./actions.ts";
import { ACTION_ROWS, DESPITE_LOCK, refusal } from "./actions.ts";
import { refuseOthers, refuseUnseen, withChangesSince } from "./change-standing.ts";
import { refuseLocked } from "./claim-lock.ts";
import type { AssignmentRow } from "./views.ts";
import { findAssignment } from "./views.ts";

export interface ActionCall {
  readonly clientId: string;
  readonly assignmentId: string;
  readonly adjustmentId: string | null;
  /** As the person saw it: verbs check it again under the lock. */
  readonly version: number;
  readonly actor: string;
  /** The actor's, now. */
  readonly rights: ReadonlySet<Permission>;
  readonly input: Readonly<Record<string, unknown>>;
  /** Who said the last word on it; their having the claim open hinders nothing. */
  readonly agreedBy?: string;
}

export type ActionVerb = (call: ActionCall) => Promise<unknown>;

export interface AssignmentActions {
  /**
   * Runs an action's verb. Throws `not-found`, `assignment-closed`, `stale-version`, `forbidden`,
   * `assignment-taken`, `transition-refused`, and what the verb throws.
   */
  perform(request: {
    readonly clientIds: readonly string[];
    readonly assignmentId: string;
    readonly action: ActionName;
    readonly version: number;
    readonly person: Person;
    readonly input: Readonly<Record<string, unknown>>;
  }): Promise<unknown>;
}

/** The registry: `main.ts` gives the verbs of the rooms below. */
export function assignmentActions(
  db: Database,
  verbs: Readonly<Partial<Record<ActionName, ActionVerb>>>,
  clock?: Clock,
): AssignmentActions {
  return {
    perform: ({ clientIds, assignmentId, action, version, person, input }) =>
      withChangesSince(db, async () => {
        const assignment = await findAssignment(db, clientIds, assignmentId);
        if (assignment === undefined) {
          throw new Failure("not-found", `assignment ${assignmentId} does not exist`);
        }
        refuseUnseen(assignment, version);
        refuseAction(action, assignment, person, clock?.now().toString());
        const verb = verbs[action];
        if (verb === undefined) {
          throw new Failure("transition-refused", `${action} is not available here`, { action });
        }
        return verb({
          clientId: assignment.clientId,
          assignmentId,
          adjustmentId: assignment.adjustmentId,
          version,
          actor: person.name,
          rights: person.rights,
          input,
        });
      }),
  };
}

function refuseAction(
  name: ActionName,
  assignment: AssignmentRow,
  person: Person,
  now?: string,
): void {
  const action = ACTION_ROWS.find(
    (one) => one.name === name && one.types.includes(assignment.type),
  );
  if (action === undefined) {
    throw new Failure("transition-refused", `${assignment.type} has no ${name}`, { action: name });
  }
  if (!person.rights.has(action.right)) {
    throw new Failure("forbidden", `${name} needs ${action.right}`, { right: action.right });
  }
  if (!DESPITE_LOCK.has(name)) refuseLocked(assignment, person.name, now);
  if (action.exclusive) refuseOthers(assignment, person.name);
  const why = refusal(action, assignment, person, now);
  if (why !== null) {
    throw new Failure("transition-refused", why, {
      action: name,
      state: assignment.adjustmentState,
    });
  }
}
