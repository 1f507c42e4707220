/**
 * Get Next Work: the most urgent assignment nobody has, then the nearest date to act, then the
 * largest amount; it is the person's own when this returns. Passed over is what others hold or
 * have open, what waits for a date, what nobody can work, what belongs to a work group the person
 * is not of, and what the person has no right to work.
 */
import type { Permission } from "../access/roles.ts";
import type { Database, Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import type { Clock } from "../kernel/clock.ts";

import { workableTypes } from "./actions.ts";
import type { GroupsOfPerson } from "./group-views.ts";
import { groupsOfPeople } from "./group-views.ts";
import { otherHolder } from "./claim-lock.ts";
import type { FreeAssignment } from "./next-views.ts";
import { lockBestFree } from "./next-views.ts";
import { standingOf, taken } from "./standing.ts";
import { writeStandings } from "./store.ts";
import type { AssignmentKey, AssignmentRow } from "./views.ts";
import { assignmentsById } from "./views.ts";

/** The second time for when all of the first were just being taken. */
const DEPTHS = ["near", "far"] as const;
/** As many as the first heads are sure to have for everybody. */
const MOST_AT_ONCE = 100;

export interface WorkSeeker {
  readonly person: string;
  readonly rights: ReadonlySet<Permission>;
  readonly clientIds: readonly string[];
  /** `Queue.ClaimType` or `Queue`; every queue when left out. */
  readonly queue?: string | undefined;
}

export interface WorkGiver {
  readonly database: Database;
  readonly clock: Clock;
}

/** The assignment, taken; undefined when there is none. */
export async function takeNext(
  by: WorkGiver,
  seeker: WorkSeeker,
): Promise<AssignmentRow | undefined> {
  return (await takeNextEach(by, [seeker]))[0];
}

/**
 * One each, in one transaction: whoever comes first gets the better one. Answers in the order of
 * the seekers, undefined for those for whom there is none.
 */
export function takeNextEach(
  by: WorkGiver,
  seekers: readonly WorkSeeker[],
): Promise<(AssignmentRow | undefined)[]> {
  const now = by.clock.now().toString();
  return by.database.transaction(async (tx) => {
    const people = [...new Set(seekers.map((one) => one.person))];
    const groups = await groupsOfPeople(tx, people);
    assert(seekers.length <= MOST_AT_ONCE, "a set is no larger than the heads looked at");
    const got = new Map<WorkSeeker, AssignmentKey>();
    for (const alike of seekersAlike(seekers, groups).values()) {
      await giveOut(tx, alike, { groups, now, got });
    }
    // Those for whom what is left was locked by somebody of their set: one by one.
    for (const seeker of seekers.filter((one) => !got.has(one) && seekers.length > 1)) {
      await giveOut(tx, [seeker], { groups, now, got });
    }
    const rows = await assignmentsById(tx, [...got.values()]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return seekers.map((seeker) => byId.get(got.get(seeker)?.id ?? ""));
  });
}

type GroupsByPerson = ReadonlyMap<string, GroupsOfPerson>;

/** Seekers who may be given the same work. */
function seekersAlike(
  seekers: readonly WorkSeeker[],
  groups: GroupsByPerson,
): Map<string, WorkSeeker[]> {
  const alike = new Map<string, WorkSeeker[]>();
  for (const seeker of seekers) {
    const { clientIds, queue, rights, person } = seeker;
    const types = workableTypes(rights);
    const key = JSON.stringify([clientIds, queue ?? null, types, groups.get(person) ?? null]);
    alike.set(key, [...(alike.get(key) ?? []), seeker]);
  }
  return alike;
}

async function giveOut(
  tx: Transaction,
  seekers: readonly WorkSeeker[],
  on: {
    readonly groups: GroupsByPerson;
    readonly now: string;
    readonly got: Map<WorkSeeker, AssignmentKey>;
  },
): Promise<void> {
  const [first] = seekers;
  if (first === undefined) return;
  const { closedGroups = [], queues = null } = on.groups.get(first.person) ?? {};
  const people = seekers.map((one) => one.person);
  for (const depth of DEPTHS) {
    const free = await lockBestFree(tx, {
      clientIds: first.clientIds,
      queue: first.queue,
      types: workableTypes(first.rights),
      closedGroups,
      queues,
      people,
      now: on.now,
      count: seekers.length,
      depth,
    });
    if (free.length === 0) continue;
    const given = matched(seekers, free, on.now).map(({ seeker, row }) => {
      const to = taken(standingOf(row), seeker.person);
      const { clientId, id } = row;
      on.got.set(seeker, { clientId, id });
      return { clientId, id, kind: "taken" as const, reason: null, actor: seeker.person, to };
    });
    return writeStandings(tx, given, on.now);
  }
}

/** Each the best that is left, but for claims that another of them has open. */
function matched(
  seekers: readonly WorkSeeker[],
  free: readonly FreeAssignment[],
  now: string,
): { seeker: WorkSeeker; row: FreeAssignment }[] {
  const left = [...free];
  return seekers.flatMap((seeker) => {
    const index = left.findIndex((row) => otherHolder(row, seeker.person, now) === null);
    const [row] = index === -1 ? [] : left.splice(index, 1);
    return row === undefined ? [] : [{ seeker, row }];
  });
}
