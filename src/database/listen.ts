/**
 * One connection of its own that listens, opened with the first channel. When it breaks it is
 * opened again, and every listener hears "" because something may have been missed.
 */
import { setTimeout as delay } from "node:timers/promises";

import pg from "pg";

import { understood } from "./errors.ts";

export interface Ears {
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const SECOND_TRY_MILLISECONDS = 1000;

export function listener(configuration: pg.ClientConfig, sessionSettings: string): Ears {
  const heardBy = new Map<string, Set<(payload: string) => void>>();
  let connection: Promise<pg.Client> | undefined;
  let closed = false;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(configuration);
    client.on("notification", ({ channel, payload }) => {
      for (const heard of heardBy.get(channel) ?? []) heard(payload ?? "");
    });
    client.on("error", () => undefined);
    await client.connect();
    await client.query(sessionSettings);
    for (const channel of heardBy.keys()) {
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    }
    client.on("end", () => {
      connection = undefined;
      if (!closed) void reconnect();
    });
    return client;
  };
  const reconnect = async (): Promise<void> => {
    while (!closed && connection === undefined && heardBy.size > 0) {
      await delay(SECOND_TRY_MILLISECONDS, undefined, { ref: false });
      if (closed || connection !== undefined) return;
      try {
        await (connection = connect());
        for (const listeners of heardBy.values()) for (const heard of listeners) heard("");
      } catch {
        connection = undefined;
      }
    }
  };

  return {
    listen: async (channel, heard) => {
      const listeners = heardBy.get(channel) ?? new Set();
      heardBy.set(channel, listeners.add(heard));
      try {
        const client = await (connection ??= connect());
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      } catch (error) {
        connection = undefined;
        listeners.delete(heard);
        throw understood(error);
      }
      return async () => {
        listeners.delete(heard);
        if (listeners.size > 0) return;
        heardBy.delete(channel);
        const client = await connection?.catch(() => undefined);
        await client?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    close: async () => {
      closed = true;
      const client = await connection?.catch(() => undefined);
      await client?.end();
    },
  };
}
