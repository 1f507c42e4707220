/** Whose books are in view: kept in the address, so that a link shows what its sender saw. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { clientsQuery } from "../api/queries.ts";
import type { Client } from "../api/types.ts";

const inside = getRouteApi("/inside");

/** The client in view; undefined for all of them. */
export function useClient(): string | undefined {
  return inside.useSearch().client;
}

export function useClients(): readonly Client[] {
  return useQuery(clientsQuery).data?.items ?? [];
}

export function useClientName(): (id: string) => string {
  const clients = useClients();
  return (id) => clients.find((client) => client.id === id)?.name ?? id;
}

/** The clients in view that have batch files: only they have the actions of *Accounts*. */
export function useBatchClients(): readonly Client[] {
  const chosen = useClient();
  return useClients().filter(
    (client) => client.routes.batch && (chosen === undefined || client.id === chosen),
  );
}
