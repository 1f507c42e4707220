/** What every `redress batch` command needs: the desk, the clients meant, who acts. */
import { userInfo } from "node:os";

import type { BatchDesk } from "../../batch/desk.ts";
import { allClients } from "../../cases/views.ts";
import type { CommandContext } from "../context.ts";

export async function withDesk(
  context: CommandContext,
  work: (desk: BatchDesk) => Promise<void>,
): Promise<void> {
  const { engine, vault, keys, failpoints, close } = await context.openEngine();
  try {
    await work({ engine, vault, keys, failpoints });
  } finally {
    await close();
  }
}

export async function clientsOf(desk: BatchDesk, client: string | undefined): Promise<string[]> {
  if (client !== undefined) return [client];
  return (await allClients(desk.engine.database)).map((one) => one.id);
}

export function actor(): string {
  return `cli:${userInfo().username}`;
}
