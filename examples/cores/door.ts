/**
 * The faults below HTTP: nobody listens, the connection is reset, another certificate is shown.
 * There is no call yet, so connections are counted instead of references.
 */
import type { Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

import type { FaultName, FaultPlan } from "./faults.ts";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Door {
  readonly server: Server | HttpsServer;
  readonly plan: FaultPlan;
  /** HTTPS, and the certificate it changes to. */
  readonly tls?: (Certificate & { readonly changed: Certificate }) | undefined;
  reopen(): Promise<void>;
  /** Whether the plan hits the how-manieth connection this is. */
  hit(): boolean;
  count(): void;
}

/** Each call comes on a connection of its own, where the fault is one of connections. */
export const OF_CONNECTIONS: readonly FaultName[] = [
  "refusedConnect",
  "certificateChange",
  "resetBeforeSend",
];

/**
 * So many connections come through; then for a share of the time that they took none does. Few at
 * first, so that a short run feels it; more later, or most calls would meet a closed door.
 */
const CONNECTIONS_AT_ONCE = { first: 16, most: 256 } as const;
const CLOSED_MILLISECONDS = { least: 5, most: 25 } as const;

/** Does to the connections what the plan says; answers how to stop it. */
export function guardDoor(door: Door): () => Promise<void> {
  const { server, plan, tls } = door;
  if (plan.fault === "resetBeforeSend") {
    server.on("connection", (socket: Socket) => {
      if (!door.hit()) return;
      door.count();
      socket.resetAndDestroy();
    });
  }
  const isCertificate = plan.fault === "certificateChange" && tls !== undefined;
  if (!isCertificate && plan.fault !== "refusedConnect") return () => Promise.resolve();

  const turn = async (isBad: boolean): Promise<void> => {
    if (isCertificate) (server as HttpsServer).setSecureContext(isBad ? tls.changed : tls);
    else if (isBad) server.close();
    else if (!server.listening) await door.reopen();
  };
  let openedAt = performance.now();
  let through = 0;
  let atOnce: number = CONNECTIONS_AT_ONCE.first;
  let closed: Promise<void> | null = null;
  const shutForAWhile = async (): Promise<void> => {
    const { least, most } = CLOSED_MILLISECONDS;
    const share = (performance.now() - openedAt) / Math.max(plan.oneIn - 1, 1);
    await turn(true);
    door.count();
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(share, least), most)));
    await turn(false);
    openedAt = performance.now();
    through = 0;
    atOnce = Math.min(atOnce * 2, CONNECTIONS_AT_ONCE.most);
    closed = null;
  };
  const arrived = (): void => {
    through += 1;
    if (through >= atOnce) closed ??= shutForAWhile();
  };
  server.on("connection", arrived);
  return async () => {
    server.removeListener("connection", arrived);
    await closed;
  };
}
