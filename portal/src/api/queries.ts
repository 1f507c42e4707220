/**
 * What the pages read, as query options: one name per resource, so that commands can refresh it.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { ProblemError, read, readText, rememberCsrf } from "./http.ts";
import type {
  BatchDetails,
  BatchFile,
  BatchLine,
  BatchProfile,
  BatchWindows,
  RunningGeneration,
} from "./batch-types.ts";
import type {
  Adjustment,
  Assignment,
  AssignmentDetails,
  ClaimSummary,
  Client,
  CollectionBalance,
  Dispute,
  Entry,
  Page,
  Positions,
  Queue,
  Rollup,
  Session,
} from "./types.ts";

/** Lists refresh while the page is looked at; a hidden page asks nothing. */
const LIVE_MILLISECONDS = 5000;
const PAGE_SIZE = 200;
/** What is further down is not what is worked next: a grid holds this many pages at most. */
export const PAGES_HELD = 10;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => {
    try {
      const session = await read<Session>("/session");
      rememberCsrf(session.csrf);
      return session;
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export const clientsQuery = queryOptions({
  queryKey: ["clients"],
  queryFn: () => read<Page<Client>>("/clients", { limit: 500 }),
  staleTime: 30_000,
});

export interface ClaimFilter {
  readonly client?: string | undefined;
  readonly q?: string | undefined;
}

export const claimsQuery = (filter: ClaimFilter) =>
  infiniteQueryOptions({
    queryKey: ["claims", filter],
    queryFn: ({ pageParam }) =>
      read<Page<ClaimSummary>>("/claims", { ...filter, limit: 50, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** Numbers are unique within a client only. */
export interface Numbered {
  readonly client: string;
  readonly id: string;
}

export const rollupQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["rollup", client, id],
    queryFn: () => read<Rollup>(`/claims/${id}/rollup`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const disputeQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id],
    queryFn: () => read<Dispute>(`/disputes/${id}`, { client }),
  });

export const entriesQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "entries"],
    queryFn: () => readAll<Entry>(`/disputes/${id}/entries`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const collectionsQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "collections"],
    queryFn: () => readAll<CollectionBalance>(`/disputes/${id}/collections`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const positionsQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "positions"],
    queryFn: () => read<Positions>(`/disputes/${id}/positions`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const adjustmentQuery = (id: string) =>
  queryOptions({
    queryKey: ["adjustment", id],
    queryFn: () => read<Adjustment>(`/adjustments/${id}`),
    staleTime: 2000,
  });

/** With `asOf`, an ISO instant, as they were then: what was then changes no more. */
export const queuesQuery = (filter: WorkFilter) =>
  queryOptions({
    queryKey: ["queues", filter],
    queryFn: () => readAll<Queue>("/queues", { ...filter }),
    refetchInterval: filter.asOf === undefined ? LIVE_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });

/** Which work: lists, counts, the plot and bulk actions take the same words. */
export interface WorkFilter {
  readonly client?: string | undefined;
  readonly queue?: string | undefined;
  readonly queueKind?: string | undefined;
  readonly type?: string | undefined;
  readonly assignee?: string | undefined;
  readonly workGroup?: string | undefined;
  readonly standing?: string | undefined;
  readonly asOf?: string | undefined;
}

export const assignmentsQuery = (filter: WorkFilter, limit = PAGE_SIZE) =>
  infiniteQueryOptions({
    queryKey: ["assignments", filter, limit],
    queryFn: ({ pageParam }) =>
      read<Page<Assignment>>("/assignments", { ...filter, limit, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // A list that somebody has gone down in is not moved under the cursor.
    refetchInterval: ({ state }) =>
      (state.data?.pages.length ?? 1) === 1 && filter.asOf === undefined
        ? 2 * LIVE_MILLISECONDS
        : false,
  });

export const assignmentQuery = (id: string) =>
  queryOptions({
    queryKey: ["assignment", id],
    queryFn: () => read<AssignmentDetails>(`/assignments/${id}`),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const profilesQuery = (client?: string) =>
  queryOptions({
    queryKey: ["batch-profiles", client ?? null],
    queryFn: () => readAll<BatchProfile>("/batch-profiles", { client }),
    refetchInterval: LIVE_MILLISECONDS * 3,
  });

export const windowsQuery = (filter: {
  readonly client: string;
  readonly profile: string;
  readonly from: string;
  readonly until: string;
}) =>
  queryOptions({
    queryKey: ["batch-windows", filter],
    queryFn: () => read<BatchWindows>("/batch-windows", filter),
    refetchInterval: LIVE_MILLISECONDS * 2,
    placeholderData: keepPreviousData,
  });

export const batchesQuery = (filter: {
  readonly client?: string | undefined;
  readonly profile?: string | undefined;
}) =>
  infiniteQueryOptions({
    queryKey: ["batches", filter],
    queryFn: ({ pageParam }) =>
      read<Page<BatchFile>>("/batches", { ...filter, limit: 50, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

export const batchQuery = (id: string) =>
  queryOptions({
    queryKey: ["batch", id],
    queryFn: () => read<BatchDetails>(`/batches/${id}`),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const batchLinesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["batch", id, "lines"],
    queryFn: ({ pageParam }) =>
      read<Page<BatchLine>>(`/batches/${id}/lines`, { limit: 100, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const contentQuery = (batch: string) =>
  queryOptions({
    queryKey: ["batch", batch, "content"],
    queryFn: () => readText(`/batches/${batch}/content`),
    staleTime: Infinity,
    retry: false,
  });

/** Small listings whole: at most ten pages, which these never reach. */
export async function readAll<Item>(
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 10; page += 1) {
    const answer: Page<Item> = await read<Page<Item>>(path, { ...query, cursor });
    items.push(...answer.items);
    cursor = answer.next ?? null;
    if (cursor === null) break;
  }
  return items;
}

export const runningQuery = (client: string | undefined) =>
  queryOptions({
    queryKey: ["batch-generations", client],
    queryFn: async () => {
      const answer = await read<Page<RunningGeneration>>("/batch-generations", { client });
      return answer.items;
    },
    refetchInterval: 2000,
  });
