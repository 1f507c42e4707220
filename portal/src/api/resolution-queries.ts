/** What pages read about gates, exceptions, evidence and reconciliation. */
import { queryOptions } from "@tanstack/react-query";

import { read } from "./http.ts";
import type { Numbered } from "./queries.ts";
import type {
  AgeingItem,
  Evidence,
  GateExplanation,
  ManualRule,
  Reconciliation,
  ReconciliationLine,
  ResolutionGate,
  UnconfirmedAttestation,
} from "./resolution-types.ts";
import type { Page } from "./types.ts";

const LIVE_MILLISECONDS = 5000;
const MOST_SHOWN = 100;

export const gateQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "gate"],
    queryFn: () => read<ResolutionGate>(`/disputes/${id}/gate`, { client }),
    refetchInterval: LIVE_MILLISECONDS,
  });

export const explanationQuery = ({ client, id }: Numbered, decision?: string) =>
  queryOptions({
    queryKey: ["dispute", client, id, "explanation", decision ?? null],
    queryFn: () => read<GateExplanation>(`/disputes/${id}/gate/explanation`, { client, decision }),
    // The server searches for it: not over and over.
    staleTime: 2 * LIVE_MILLISECONDS,
  });

export const manualRulesQuery = ({ client, id }: Numbered) =>
  queryOptions({
    queryKey: ["dispute", client, id, "manual-rules"],
    queryFn: () =>
      read<{ items: readonly ManualRule[] }>(`/disputes/${id}/manual-rules`, { client }),
  });

export const evidenceQuery = (assignment: string) =>
  queryOptions({
    queryKey: ["assignment", assignment, "evidence"],
    queryFn: () => read<{ items: readonly Evidence[] }>(`/assignments/${assignment}/evidence`),
  });

export const ageingQuery = (client?: string) =>
  queryOptions({
    queryKey: ["ageing", client ?? null],
    queryFn: () => read<Page<AgeingItem>>("/ageing-items", { client, limit: MOST_SHOWN }),
    refetchInterval: 3 * LIVE_MILLISECONDS,
  });

export const unconfirmedQuery = (client?: string) =>
  queryOptions({
    queryKey: ["unconfirmed", client ?? null],
    queryFn: () =>
      read<Page<UnconfirmedAttestation>>("/unconfirmed-attestations", {
        client,
        limit: MOST_SHOWN,
      }),
    refetchInterval: 3 * LIVE_MILLISECONDS,
  });

export const reconciliationsQuery = (client?: string) =>
  queryOptions({
    queryKey: ["reconciliations", client ?? null],
    queryFn: () => read<Page<Reconciliation>>("/reconciliations", { client, limit: MOST_SHOWN }),
    refetchInterval: 3 * LIVE_MILLISECONDS,
  });

export const reconciliationLinesQuery = (id: string) =>
  queryOptions({
    queryKey: ["reconciliations", id, "lines"],
    queryFn: () =>
      read<Page<ReconciliationLine>>(`/reconciliations/${id}/lines`, { limit: 2 * MOST_SHOWN }),
  });
