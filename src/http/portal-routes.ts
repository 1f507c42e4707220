/**
 * The built portal: its files for ever, its page never cached. Addresses of the portal's own
 * router get the page too; an address of the API that does not exist stays a problem.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";

import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";

const API = /^[/](v1|docs|livez|readyz|version|openapi[.]json|assets)([/?]|$)/;
const NONCE_PLACE = "__CSP_NONCE__";

export function portalRoutes({ portalDirectory }: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    if (portalDirectory === null) return;
    const page = await readFile(join(portalDirectory, "index.html"), "utf8");
    // The portal's own files hold nothing of anybody: they are sent before the sign-in.
    app.addHook("onRoute", (route) => {
      route.config = { permission: null, ...route.config };
    });
    await app.register(fastifyStatic, {
      root: portalDirectory,
      index: false,
      wildcard: false,
      globIgnore: ["index.html", "**/*.map"],
      // Vite names files by their content.
      maxAge: "365d",
      immutable: true,
      cacheControl: true,
    });
    const sendPage = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      if (API.test(request.url)) throw new Failure("not-found", "there is nothing at this address");
      return reply
        .header("cache-control", "no-cache")
        .type("text/html; charset=utf-8")
        .send(page.replaceAll(NONCE_PLACE, reply.cspNonce.style));
    };
    const open = { config: { permission: null }, schema: { hide: true } };
    app.get("/", open, sendPage);
    app.get("/*", open, sendPage);
  };
}
