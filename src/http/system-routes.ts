/** /livez, /readyz and /version: what a load balancer asks, without sign-in. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";

const Status = z.object({ status: z.literal("ok") });

export function systemRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/livez",
      documented(
        { id: "isAlive", tag: "system", summary: "The process runs", permission: null },
        { response: { 200: Status } },
      ),
      async () => ({ status: "ok" as const }),
    );

    app.get(
      "/readyz",
      documented(
        {
          id: "isReady",
          tag: "system",
          summary: "The process can serve: database, migrations, workers",
          permission: null,
          failures: ["database-unreachable"],
        },
        { response: { 200: Status } },
      ),
      async () => {
        const reason = await parts.notReady();
        if (reason !== null) throw new Failure("database-unreachable", reason);
        return { status: "ok" as const };
      },
    );

    app.get(
      "/version",
      documented(
        { id: "getVersion", tag: "system", summary: "What runs here", permission: null },
        { response: { 200: z.object({ name: z.literal("redress"), version: z.string() }) } },
      ),
      async () => ({ name: "redress" as const, version: parts.version }),
    );
  };
}
