/** Which database: the one `DATABASE_URL` names, else the embedded one of the data directory. */
import { connectDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { leaseEmbedded } from "./embedded/lease.ts";

export interface OpenOptions {
  readonly databaseUrl?: string | undefined;
  /** Where the embedded server keeps its data. */
  readonly dataDirectory: string;
  readonly connections?: number;
  readonly log?: (line: string) => void;
}

export interface OpenDatabase {
  /** As the application's role; connects when first used. */
  readonly database: Database;
  /** Signs in as the owner: for `migrate` and the doctor only. It holds a password. */
  readonly databaseUrl: string;
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** Opens the database; the embedded server is started where it does not run yet. */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const lease =
    options.databaseUrl === undefined || options.databaseUrl === ""
      ? await leaseEmbedded({ dataDirectory: options.dataDirectory, log: options.log ?? silent })
      : undefined;
  const databaseUrl = lease?.databaseUrl ?? options.databaseUrl ?? "";
  const database = connectDatabase({ databaseUrl, connections: options.connections ?? 16 });
  return {
    database,
    databaseUrl,
    embedded: lease !== undefined,
    close: async () => {
      await database.close();
      await lease?.release();
    },
  };
}

function silent(): void {
  // Nobody asked to hear it.
}
