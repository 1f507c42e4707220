/** Reads the versions of layouts that were used or saved, newest first. */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

export interface KeptVersion {
  readonly name: string;
  readonly version: string;
  readonly sha256: Buffer;
  readonly definition: string;
  readonly recordedAt: string;
}

/** At most a hundred of a client; there are few layouts, and each change is one. */
export function keptOfName(db: Queries, clientId: string, name: string): Promise<KeptVersion[]> {
  return db.query(sql`
    select name, version, sha256, definition, recorded_at as "recordedAt"
    from batch_layout
    where client_id = ${clientId} and name = ${name}
    order by recorded_at desc, sha256
    limit 100
  `);
}
