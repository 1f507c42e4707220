/**
 * Where leases are held: each is an open connection, so that the system itself drops the lease of
 * a process that died. It listens to this machine only, and wants the token first.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createInterface } from "node:readline";

/** What a lease-holder hears: one line of JSON. */
export type Answer =
  | { readonly state: "serving"; readonly url: string; readonly notes: readonly string[] }
  | { readonly state: "failed"; readonly reason: string }
  | { readonly state: "stopping" };

/** What a lease-holder says to let go and have the server stopped now, if it is the last. */
export const STOP_IF_LAST = "stop if last";

export interface LeaseDesk {
  readonly port: number;
  readonly token: string;
  close(): void;
}

export interface LeaseDeskOptions {
  /** What to tell who comes; it may take until the server is up. */
  readonly answer: () => Promise<Answer>;
  /** Somebody came. */
  readonly taken: () => void;
  /** The last one left, by its own word at once or by closing. */
  readonly empty: (atOnce: boolean) => void;
}

export async function openLeaseDesk(options: LeaseDeskOptions): Promise<LeaseDesk> {
  const token = randomBytes(24).toString("base64url");
  const leases = new Set<Socket>();
  const give = async (socket: Socket): Promise<void> => {
    leases.add(socket);
    options.taken();
    socket.write(`${JSON.stringify(await options.answer())}\n`);
  };
  const drop = (socket: Socket, atOnce: boolean): void => {
    if (leases.delete(socket) && leases.size === 0) options.empty(atOnce);
  };
  const hear = (socket: Socket, line: string): void => {
    if (!leases.has(socket)) {
      if (isSameText(line, token)) void give(socket);
      else socket.destroy();
      return;
    }
    if (line !== STOP_IF_LAST) return;
    // The last one's connection stays open until the server is down: that is its answer.
    if (leases.size === 1) drop(socket, true);
    else socket.end();
  };

  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("close", () => drop(socket, false));
    const lines = createInterface({ input: socket });
    lines.on("error", () => undefined);
    lines.on("line", (line) => hear(socket, line));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, token, close: () => void server.close() };
}

function isSameText(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
