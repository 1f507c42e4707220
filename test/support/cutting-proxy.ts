/** A TCP proxy that cuts connections: after so many bytes, or where only an answer is missing. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export type Direction = "toServer" | "toClient";

export interface CuttingProxy {
  readonly port: number;
  /** Bytes passed since the last reset, of all connections. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** Cuts the connection that reaches the count, once. */
  cutAfter(direction: Direction, bytes: number): void;
  /** What the server answers from now on is lost, and with its first bytes the connection. */
  loseAnswer(): void;
  /** Nothing is cut any more; counts begin anew. */
  reset(): void;
  stop(): Promise<void>;
}

export async function startCuttingProxy(target: () => number): Promise<CuttingProxy> {
  const passed = { toServer: 0, toClient: 0 };
  const sockets = new Set<Socket>();
  let cut: { direction: Direction; bytes: number } | null = null;
  let losesAnswer = false;
  const server = createServer((client) => {
    const upstream = connect(target(), "127.0.0.1");
    const both = [client, upstream];
    const end = (): void => both.forEach((socket) => void socket.destroy());
    for (const socket of both) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    const pass = (direction: Direction, to: Socket) => (data: Buffer) => {
      if (losesAnswer && direction === "toClient") {
        losesAnswer = false;
        return end();
      }
      if (cut?.direction === direction && passed[direction] + data.length >= cut.bytes) {
        const rest = cut.bytes - passed[direction];
        passed[direction] = cut.bytes;
        cut = null;
        return void to.write(data.subarray(0, Math.max(0, rest)), end);
      }
      passed[direction] += data.length;
      to.write(data);
    };
    client.on("data", pass("toServer", upstream));
    upstream.on("data", pass("toClient", client));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    cutAfter: (direction, bytes) => {
      cut = { direction, bytes };
    },
    loseAnswer: () => {
      losesAnswer = true;
    },
    reset: () => {
      cut = null;
      losesAnswer = false;
      passed.toServer = 0;
      passed.toClient = 0;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
