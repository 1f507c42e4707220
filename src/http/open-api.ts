/** The OpenAPI document as text, from the routes alone: no database, no settings. */
import type { Engine } from "../accounting/engine.ts";
import { connectDatabase } from "../database/database.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { systemClock } from "../kernel/clock.ts";
import { uuids } from "../kernel/ids.ts";
import { createEngine } from "../accounting/client-runtime.ts";
import { jobKinds } from "../work/job-kinds.ts";

import { signedCursors } from "./cursor.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { buildServer } from "./server.ts";

/** Stable as long as the routes are: what is committed as `openapi.json`. */
export async function openApiText(): Promise<string> {
  const app = await buildServer(partsOfNothing());
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

/** Routes say what they are without being asked anything: none of these parts is ever used. */
function partsOfNothing(): HttpDependencies {
  const database = connectDatabase({ databaseUrl: "postgresql://nowhere.invalid/none" });
  const engine: Engine = createEngine({
    database,
    clock: systemClock,
    ids: uuids(systemClock),
    rulebooks: () => undefined,
  });
  const unused = (): never => {
    throw new Error("nothing is asked of the routes here");
  };
  const vault = {
    store: unused,
    masked: unused,
    numbers: unused,
    numbersWithMasks: unused,
    search: unused,
    rewrap: unused,
    purge: unused,
  };
  const key = Buffer.alloc(32);
  const keys = { search: key, wrapping: new Map([[1, key]]), current: 1, derive: () => key };
  return {
    engine,
    vault,
    actions: { perform: unused },
    approvals: { ...engine, effects: new Map(), run: unused, isOvertaken: unused },
    batch: { engine, vault, keys, secrets: unused, failpoints: noFailpoints },
    service: { engine, vault, secrets: unused },
    jobs: { kinds: jobKinds([]), wake: unused },
    cursors: signedCursors(key),
    version: "1",
    notReady: () => Promise.resolve(null),
    portalDirectory: null,
    errorPagesDirectory: "",
    secureCookies: false,
  };
}
