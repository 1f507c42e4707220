/** /openapi.json, the reference drawn from it at /docs, and a page for every failure. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { FailureCode } from "../kernel/failure.ts";
import { FAILURE_CODES, Failure, failureRow } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { escaped, htmlOf } from "./markdown.ts";
import type { OpenApiDocument } from "./reference-page.ts";
import { pageOf, referenceHtml } from "./reference-page.ts";

export function documentationRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  const open = { config: { permission: null }, schema: { hide: true } };

  return async (app) => {
    let drawn: string | undefined;

    app.get("/openapi.json", open, async (_, reply) =>
      reply.header("cache-control", "no-cache").send(JSON.parse(JSON.stringify(app.swagger()))),
    );

    app.get("/docs", open, async (_, reply) => {
      drawn ??= referenceHtml(JSON.parse(JSON.stringify(app.swagger())) as OpenApiDocument);
      return sendPage(reply, "Redress API", drawn);
    });

    app.get("/docs/errors", open, async (_, reply) => {
      const rows = [...FAILURE_CODES].sort().map((code) => {
        const { status, title } = failureRow(code);
        return (
          `<tr><td><a href="/docs/errors/${code}"><code>${code}</code></a></td>` +
          `<td>${status}</td><td>${escaped(title)}</td></tr>`
        );
      });
      const body = `<h1>Errors</h1><table>${rows.join("")}</table><p><a href="/docs">API</a></p>`;
      return sendPage(reply, "Errors", body);
    });

    app.get(
      "/docs/errors/:code",
      {
        config: { permission: null },
        schema: { hide: true, params: z.object({ code: z.string().max(100) }) },
      },
      async (request, reply) => {
        const code = FAILURE_CODES.find((one) => one === request.params.code);
        if (code === undefined) throw new Failure("not-found", "there is no such error");
        return sendPage(reply, code, await errorHtml(parts.errorPagesDirectory, code));
      },
    );
  };
}

async function errorHtml(directory: string, code: FailureCode): Promise<string> {
  const markdown = await readFile(join(directory, `${code}.md`), "utf8");
  const links = `<p><a href="/docs/errors">All errors</a> · <a href="/docs">API</a></p>`;
  return `${htmlOf(markdown)}\n${links}`;
}

function sendPage(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .header("cache-control", "no-cache")
    .type("text/html; charset=utf-8")
    .send(pageOf(title, body, reply.cspNonce.style));
}
