/** What the pages of the work read beside assignments: history, locks, groups, kinds of jobs. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { read } from "./http.ts";
import type { Numbered, WorkFilter } from "./queries.ts";

const LIVE_MILLISECONDS = 5000;

export interface WorkEvent {
  readonly at: string;
  readonly kind: string;
  readonly what: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly assignee: string | null;
  readonly workGroup: string;
  readonly urgency: number;
  readonly action: string | null;
}

interface Items<Item> {
  readonly items: readonly Item[];
}

export const workHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ["assignment", id, "history"],
    queryFn: async () => (await read<Items<WorkEvent>>(`/assignments/${id}/history`)).items,
    refetchInterval: LIVE_MILLISECONDS,
  });

export interface ClaimLock {
  readonly holder: string | null;
  readonly isMine: boolean;
  readonly takenAt: string | null;
  readonly until: string | null;
}

export const claimLockQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["claim-lock", client, id],
    queryFn: () => read<ClaimLock>(`/claims/${id}/lock`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export interface WorkAtMoment {
  readonly at: string;
  readonly open: number;
  readonly due: number;
  readonly overdue: number;
}

export const workOverTimeQuery = (
  filter: Omit<WorkFilter, "asOf"> & { readonly from: string; readonly to: string },
) =>
  queryOptions({
    queryKey: ["queue-history", filter],
    queryFn: async () => (await read<Items<WorkAtMoment>>("/queues/history", { ...filter })).items,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

export type GroupKind = "work-groups" | "assignment-groups";

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly queues: readonly string[];
  readonly members: readonly string[];
  readonly isShipped: boolean;
  /** 0: nobody has set it up. */
  readonly version: number;
}

export const groupsQuery = (kind: GroupKind) =>
  queryOptions({
    queryKey: [kind],
    queryFn: async () => (await read<Items<Group>>(`/${kind}`)).items,
  });

export interface KindOfJob {
  readonly kind: string;
  readonly label: string;
  readonly isAllowed: boolean;
  readonly right: string;
}

export const jobKindsQuery = queryOptions({
  queryKey: ["job-kinds"],
  queryFn: async () => (await read<Items<KindOfJob>>("/jobs/kinds")).items,
  staleTime: Infinity,
});
