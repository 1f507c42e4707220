/** What the pages read of approvals and delegations, as query options. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { Approval, ApprovalDetails, Delegation } from "./approval-types.ts";
import { read } from "./http.ts";
import type { Page } from "./types.ts";

const LIVE_MILLISECONDS = 5000;

export interface ApprovalFilter {
  readonly client?: string | undefined;
  readonly state?: string | undefined;
  readonly mine?: boolean | undefined;
  readonly requestedByMe?: boolean | undefined;
}

export const approvalsQuery = (filter: ApprovalFilter) =>
  infiniteQueryOptions({
    queryKey: ["approvals", filter],
    queryFn: ({ pageParam }) =>
      read<Page<Approval>>("/approvals", { ...filter, limit: 100, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: LIVE_MILLISECONDS * 2,
    placeholderData: keepPreviousData,
  });

export const approvalQuery = (id: string) =>
  queryOptions({
    queryKey: ["approval", id],
    queryFn: () => read<ApprovalDetails>(`/approvals/${id}`),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const delegationsQuery = infiniteQueryOptions({
  queryKey: ["delegations"],
  queryFn: ({ pageParam }) =>
    read<Page<Delegation>>("/delegations", { limit: 50, cursor: pageParam }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});
