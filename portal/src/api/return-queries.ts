/** What the pages read of return files, their lines and alarms, as query options. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { read } from "./http.ts";
import type { BatchAlarm, ReturnDetails, ReturnFile, ReturnLine } from "./return-types.ts";
import type { Page } from "./types.ts";

const LIVE_MILLISECONDS = 5000;

export interface ReturnFilter {
  readonly client?: string | undefined;
  readonly profile?: string | undefined;
  readonly state?: string | undefined;
  readonly waits?: string | undefined;
}

export const returnsQuery = (filter: ReturnFilter) =>
  infiniteQueryOptions({
    queryKey: ["returns", filter],
    queryFn: ({ pageParam }) =>
      read<Page<ReturnFile>>("/inbound-files", { ...filter, limit: 50, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

export const returnQuery = (id: string) =>
  queryOptions({
    queryKey: ["return", id],
    queryFn: () => read<ReturnDetails>(`/inbound-files/${id}`),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const returnLinesQuery = (id: string, state: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["return", id, "lines", state ?? null],
    queryFn: ({ pageParam }) =>
      read<Page<ReturnLine>>(`/inbound-files/${id}/lines`, {
        state,
        limit: 100,
        cursor: pageParam,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** The newest open ones: a list that is longer than this is worked off from its top. */
export const alarmsQuery = (client?: string) =>
  queryOptions({
    queryKey: ["batch-alarms", client ?? null],
    queryFn: () => read<Page<BatchAlarm>>("/batch-alarms", { client, limit: 50 }),
    refetchInterval: LIVE_MILLISECONDS * 2,
  });
