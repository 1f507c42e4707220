/**
 * /v1/imports: many claims and operations at once, as newline-delimited JSON. The answer comes when
 * the last line is in; interrupted, the same bytes sent again go on where it stopped.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import { importFile } from "../imports/import-file.ts";
import type { ImportRun, RejectRow } from "../imports/store.ts";
import { rejectsOf, runById } from "../imports/store.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { mustBeId } from "./find.ts";
import { callerOf } from "./identify.ts";
import { idempotencyKeyOf } from "./idempotent.ts";
import { Id } from "./shapes.ts";

const MOST_BYTES = 4 * 1024 ** 3;
const REJECTS_SHOWN = 1000;

const Import = z
  .object({
    id: z.string(),
    state: z.enum(["running", "done"]),
    lines: z.int(),
    claims: z.int(),
    operations: z.int(),
    duplicates: z.int().describe("Known before by their key: nothing was done again"),
    rejected: z.int(),
    bytes: z.object({ done: z.int(), total: z.int() }),
    rejects: z
      .array(
        z.object({
          line: z.int(),
          key: z.string().nullable(),
          field: z.string().nullable(),
          code: z.string(),
          reason: z.string(),
        }),
      )
      .describe("The first thousand"),
  })
  .meta({ id: "Import" });

export function importRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const { engine, vault } = parts;

  return async (app) => {
    app.addContentTypeParser("application/x-ndjson", (_request, payload, done) => {
      done(null, payload);
    });

    app.post(
      "/v1/imports",
      {
        ...documented(
          {
            id: "importLines",
            tag: "imports",
            summary: "Import claims and operations, one JSON object a line",
            description:
              "Body: application/x-ndjson, lines of docs/reference/import.schema.json. Each " +
              "line's own key makes a repetition harmless. Rejected lines leave the others in.",
            permission: "import:run",
            command: "gathered",
            failures: ["media-type-unsupported", "still-running", "line-invalid"],
          },
          { response: { 201: Import } },
        ),
        bodyLimit: MOST_BYTES,
      },
      async (request, reply) => {
        idempotencyKeyOf(request);
        const body = request.body as Readable | null | undefined;
        if (body === null || body === undefined || typeof body.pipe !== "function") {
          throw new Failure("media-type-unsupported", "an import is application/x-ndjson");
        }
        const { actor, clients } = callerOf(request);
        const run = await spooled(body, (path) =>
          importFile(engine, vault, path, { actor, clients }),
        );
        const rejects = await firstRejects(parts, run.id);
        return reply
          .code(201)
          .header("location", `/v1/imports/${run.id}`)
          .send(present(run, rejects));
      },
    );

    app.get(
      "/v1/imports/:id",
      documented(
        {
          id: "getImport",
          tag: "imports",
          summary: "How an import stands",
          description: "For callers who see every client: its rejects may be of any.",
          permission: "import:run",
          failures: ["not-found"],
        },
        { params: Id, response: { 200: Import } },
      ),
      async (request) => {
        const { id } = request.params;
        mustBeId("import", id);
        const run = await runById(engine.database, id);
        if (run === undefined || callerOf(request).clients !== null) {
          throw new Failure("not-found", `import ${id} does not exist`);
        }
        return present(run, await firstRejects(parts, id));
      },
    );
  };
}

/** The body as a file for as long as `work` takes: an import reads it twice. */
async function spooled<Result>(
  body: Readable,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "redress-import-"));
  try {
    const path = join(directory, "import.ndjson");
    await pipeline(body, createWriteStream(path, { mode: 0o600 }));
    return await work(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function firstRejects({ engine }: HttpDependencies, runId: string): Promise<RejectRow[]> {
  const rejects: RejectRow[] = [];
  for await (const reject of rejectsOf(engine.database, runId)) {
    if (rejects.push(reject) === REJECTS_SHOWN) break;
  }
  return rejects;
}

function present(run: ImportRun, rejects: readonly RejectRow[]): z.infer<typeof Import> {
  return {
    id: run.id,
    state: run.state,
    lines: Number(run.linesDone),
    claims: Number(run.claims),
    operations: Number(run.operations),
    duplicates: Number(run.duplicates),
    rejected: Number(run.rejected),
    bytes: { done: Number(run.bytesDone), total: Number(run.bytesTotal) },
    rejects: rejects.map((one) => ({ ...one, line: Number(one.line) })),
  };
}
