/** A server for a moment, in a directory of its own that is gone afterwards. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { leaseEmbedded } from "./lease.ts";

export interface TemporaryServer {
  /** Signs in as the owner. */
  readonly databaseUrl: string;
  /** Stops it and removes what it held. */
  remove(): Promise<void>;
}

export async function temporaryServer(prefix: string): Promise<TemporaryServer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), prefix));
  // PostgreSQL passes through it as another user where this is root.
  await chmod(dataDirectory, 0o711);
  const removeDirectory = (): Promise<void> =>
    rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  try {
    const lease = await leaseEmbedded({ dataDirectory, graceSeconds: 0 });
    const remove = async (): Promise<void> => {
      await lease.release({ stopIfLast: true });
      await removeDirectory();
    };
    return { databaseUrl: lease.databaseUrl, remove };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}
