/**
 * The services of all clients as they are configured now: how each is spoken to, and what this
 * process holds about it. Adapters last while the configuration does, gates and runways longer.
 */
import { usableClients } from "../accounting/client-runtime.ts";

import type { ServiceAdapter } from "./adapter.ts";
import type { AdapterUse } from "./adapter-use.ts";
import { openAdapterUse } from "./adapter-use.ts";
import type { ServiceDesk } from "./desk.ts";
import type { Flight } from "./flight.ts";
import type { Gate } from "./gate.ts";
import { openGate } from "./gate.ts";
import type { Runway } from "./runway.ts";
import { openRunway } from "./runway.ts";
import type { Service } from "./service-configuration.ts";
import { servicesOf } from "./service-configuration.ts";
import { clientsWithServices } from "./views.ts";

export interface Line {
  readonly clientId: string;
  readonly service: Service;
  readonly adapter: ServiceAdapter;
  readonly use: AdapterUse;
  readonly gate: Gate;
  readonly runway: Runway<Flight>;
}

export interface Lines {
  current(): Promise<readonly Line[]>;
  close(): Promise<void>;
}

const REFRESH_MILLISECONDS = 1000;

export function openLines(
  desk: ServiceDesk,
  openAdapter: (service: Service) => ServiceAdapter,
): Lines {
  const { engine } = desk;
  const opened = new Map<string, Line>();
  let current: Line[] = [];
  let readAt = -Infinity;

  const closed = async (adapter: ServiceAdapter, name: string): Promise<void> => {
    try {
      await adapter.close();
    } catch (error) {
      desk.report(`the old connections of ${name} could not be closed`, error);
    }
  };

  const lineOf = (clientId: string, service: Service): Line => {
    const name = `${clientId} ${service.name}`;
    const known = opened.get(name);
    if (known?.service === service) return known;
    const { gate, runway } = known ?? { gate: openGate(), runway: openRunway<Flight>() };
    const adapter = openAdapter(service);
    const use = openAdapterUse(() => void closed(adapter, name));
    const line: Line = { clientId, service, adapter, use, gate, runway };
    opened.set(name, line);
    // Configured anew: calls that were taken end on the old connections.
    known?.use.replaced();
    return line;
  };

  const read = async (): Promise<Line[]> => {
    const ids = await clientsWithServices(engine.database);
    if (ids.length === 0) return [];
    const { usable, unusable } = await usableClients(engine, engine.database, ids);
    for (const { id, failure } of unusable) {
      desk.report(`the settings of client ${id} do not load`, failure);
    }
    return usable.flatMap((client) => {
      try {
        const services = [...servicesOf(client.settings).values()];
        return services.map((service) => lineOf(client.id, service));
      } catch (error) {
        desk.report(`the services of client ${client.id} do not load`, error);
        return [];
      }
    });
  };

  return {
    current: async () => {
      const now = performance.now();
      if (now - readAt > REFRESH_MILLISECONDS) {
        current = await read();
        readAt = now;
      }
      return current;
    },
    close: async () => {
      await Promise.all([...opened.values()].map(({ adapter }) => adapter.close()));
    },
  };
}
