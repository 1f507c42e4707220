/** What the pages of holds and denials read, as query options. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import type {
  DenialOfDispute,
  DenyDebit,
  HoldOfAdjustment,
  HoldSettings,
  Letters,
} from "./hold-types.ts";
import { read } from "./http.ts";
import type { Numbered } from "./queries.ts";
import type { Page } from "./types.ts";

const LIVE_MILLISECONDS = 5000;

export const holdQuery = (adjustment: string) =>
  queryOptions({
    queryKey: ["adjustment", adjustment, "hold"],
    queryFn: () => read<HoldOfAdjustment>(`/adjustments/${adjustment}/hold`),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const denialQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "denial"],
    queryFn: () => read<DenialOfDispute>(`/disputes/${id}/denial`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const lettersQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "letters"],
    queryFn: () => read<Letters>(`/disputes/${id}/letters`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const denyDebitsQuery = (client: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["deny-debits", client ?? null],
    queryFn: ({ pageParam }) =>
      read<Page<DenyDebit>>("/deny-debits", { client, limit: 100, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const holdSettingsQuery = (client: string) =>
  queryOptions({
    queryKey: ["hold-settings", client],
    queryFn: () => read<HoldSettings>(`/clients/${client}/holds`),
  });
