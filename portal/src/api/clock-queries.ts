/** What the pages read of regulatory clocks, as query options. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { AutomaticCredit, ClocksOfDispute, ListedClock } from "./clock-types.ts";
import { read } from "./http.ts";
import type { Numbered } from "./queries.ts";
import type { Page } from "./types.ts";

const LIVE_MILLISECONDS = 10_000;

export const disputeClocksQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "clocks"],
    queryFn: () => read<ClocksOfDispute>(`/disputes/${id}/clocks`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export interface ClockFilter {
  readonly client?: string | undefined;
  readonly state: "running" | "missed";
}

export const clocksQuery = (filter: ClockFilter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ["clocks", filter, limit],
    queryFn: ({ pageParam }) =>
      read<Page<ListedClock>>("/regulatory-clocks", { ...filter, limit, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

export const automaticCreditsQuery = (client: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["automatic-credits", client ?? null],
    queryFn: ({ pageParam }) =>
      read<Page<AutomaticCredit>>("/automatic-credits", { client, limit: 50, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
