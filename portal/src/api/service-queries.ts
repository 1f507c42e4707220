/** What the pages read of services and jobs, as query options. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { read } from "./http.ts";
import { readAll } from "./queries.ts";
import type {
  Job,
  JobItem,
  ServiceFailure,
  ServiceMonitor,
  ServiceSettings,
  ServiceSummary,
} from "./service-types.ts";
import type { Page } from "./types.ts";

/** A page that is looked at; a hidden one asks nothing. */
const LIVE_MILLISECONDS = 3000;

export interface OneService {
  readonly client: string;
  readonly name: string;
}

const pathOf = ({ client, name }: OneService): string => `/clients/${client}/services/${name}`;

export const servicesQuery = (client?: string) =>
  queryOptions({
    queryKey: ["services", client ?? null],
    queryFn: () => readAll<ServiceSummary>("/services", { client, limit: "100" }),
    refetchInterval: 2 * LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

export const monitorQuery = (service: OneService, minutes: number, isLive: boolean) =>
  queryOptions({
    queryKey: ["service", service, "monitor", minutes],
    queryFn: () => read<ServiceMonitor>(`${pathOf(service)}/monitor`, { minutes }),
    refetchInterval: isLive ? LIVE_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });

export const failuresQuery = (service: OneService) =>
  infiniteQueryOptions({
    queryKey: ["service", service, "failures"],
    queryFn: ({ pageParam }) =>
      read<Page<ServiceFailure>>(`${pathOf(service)}/failures`, { limit: 20, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // A list that somebody has gone down in is not moved under the cursor.
    refetchInterval: ({ state }) =>
      (state.data?.pages.length ?? 1) === 1 ? 2 * LIVE_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });

export const settingsQuery = (service: OneService) =>
  queryOptions({
    queryKey: ["service", service, "settings"],
    queryFn: () => read<ServiceSettings>(pathOf(service)),
  });

export const jobsQuery = infiniteQueryOptions({
  queryKey: ["jobs"],
  queryFn: ({ pageParam }) => read<Page<Job>>("/jobs", { limit: 50, cursor: pageParam }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
  refetchInterval: LIVE_MILLISECONDS,
  placeholderData: keepPreviousData,
});

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["job", id],
    queryFn: () => read<Job>(`/jobs/${id}`),
    // One that is over does not change any more.
    refetchInterval: ({ state }) => (isOver(state.data) ? false : 1000),
  });

export const jobItemsQuery = (id: string, outcome: string | undefined, isLive: boolean) =>
  infiniteQueryOptions({
    // Read once more when it is over: the last results came with its end.
    queryKey: ["job", id, "items", outcome ?? null, isLive],
    queryFn: ({ pageParam }) =>
      read<Page<JobItem>>(`/jobs/${id}/items`, { outcome, limit: 100, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) =>
      isLive && (state.data?.pages.length ?? 1) === 1 ? LIVE_MILLISECONDS : false,
    placeholderData: keepPreviousData,
  });

export function isOver(job: Job | undefined): boolean {
  return job?.state === "done" || job?.state === "cancelled";
}
