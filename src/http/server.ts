/**
 * The HTTP face: what every route shares. Routes parse, call one verb and present; errors become
 * problem+json in one place; nothing of the data is cached; nothing is open by oversight.
 */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";

import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import { fastify, LogController } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";

import { authenticator } from "../access/authenticate.ts";
import type { Authenticator } from "../access/authenticate.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseUnfitText } from "../kernel/fit-text.ts";

import { accessRoutes } from "./access-routes.ts";
import { adjustmentRoutes } from "./adjustment-routes.ts";
import { approvalRoutes } from "./approval-routes.ts";
import { assignmentRoutes } from "./assignment-routes.ts";
import { batchAcknowledgementRoutes } from "./batch-acknowledgement-routes.ts";
import { batchCommandRoutes } from "./batch-command-routes.ts";
import { batchRoutes } from "./batch-routes.ts";
import { claimRoutes } from "./claim-routes.ts";
import { clientRoutes } from "./client-routes.ts";
import { clockSettingsRoutes } from "./clock-settings-routes.ts";
import { clockRoutes } from "./clock-routes.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { denialRoutes } from "./denial-routes.ts";
import { disputeRoutes } from "./dispute-routes.ts";
import { documentationRoutes } from "./documentation-routes.ts";
import { answerOnce } from "./idempotent.ts";
import { groupRoutes } from "./group-routes.ts";
import { importRoutes } from "./import-routes.ts";
import { inboundCommandRoutes } from "./inbound-command-routes.ts";
import { inboundRoutes } from "./inbound-routes.ts";
import { ageingRoutes } from "./ageing-routes.ts";
import { evidenceRoutes } from "./evidence-routes.ts";
import { gateRoutes } from "./gate-routes.ts";
import { holdSettingsRoutes } from "./hold-settings-routes.ts";
import { holdRoutes } from "./hold-routes.ts";
import { identifyCallers } from "./identify.ts";
import { readJsonBodies } from "./json-body.ts";
import { jobRoutes } from "./job-routes.ts";
import { layoutRoutes } from "./layout-routes.ts";
import { lockRoutes } from "./lock-routes.ts";
import { profileLayoutRoutes } from "./profile-layout-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { portalRoutes } from "./portal-routes.ts";
import { failureOf, handleErrors, sendProblem } from "./problem.ts";
import { queueRoutes } from "./queue-routes.ts";
import { previewRoutes } from "./preview-routes.ts";
import { reconciliationRoutes } from "./reconciliation-routes.ts";
import { rollupRoutes } from "./rollup-routes.ts";
import { serviceRoutes } from "./service-routes.ts";
import { serviceSettingsRoutes } from "./service-settings-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { systemRoutes } from "./system-routes.ts";
import { REQUEST_TIMEOUT_MILLISECONDS, refuseUnread } from "./unread-request.ts";
import { windowRoutes } from "./window-routes.ts";
import { isKnown } from "./version.ts";

declare module "fastify" {
  interface FastifyInstance {
    authenticator: Authenticator;
  }
}

const BODY_LIMIT_BYTES = 1024 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** A server with every route, not listening yet. Tests `inject` into it. */
export async function buildServer(
  parts: HttpDependencies,
  options: Pick<FastifyServerOptions, "loggerInstance" | "logger"> = {},
): Promise<FastifyInstance> {
  const app = fastify({
    ...options,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
    clientErrorHandler: refuseUnread,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => {
      const given = request.headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given)
        ? given
        : randomBytes(12).toString("base64url");
    },
    routerOptions: { maxParamLength: 200 },
    // What the router cannot even read comes before every hook.
    frameworkErrors: (error, request, reply) => {
      sendProblem(request, reply, failureOf(error));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorate("authenticator", authenticator(parts.engine));
  handleErrors(app);
  app.setNotFoundHandler((request, reply) => {
    sendProblem(request, reply, new Failure("not-found", "there is nothing at this address"));
  });
  readJsonBodies(app);
  await shared(app, parts);
  for (const routes of routesOf(parts)) await app.register(routes);
  return app;
}

function routesOf(parts: HttpDependencies) {
  return [
    systemRoutes(parts),
    sessionRoutes(parts),
    accessRoutes(parts),
    clientRoutes(parts),
    clockRoutes(parts),
    claimRoutes(parts),
    disputeRoutes(parts),
    denialRoutes(parts),
    operationRoutes(parts),
    gateRoutes(parts),
    ageingRoutes(parts),
    previewRoutes(parts),
    adjustmentRoutes(parts),
    holdRoutes(parts),
    queueRoutes(parts),
    assignmentRoutes(parts),
    approvalRoutes(parts),
    lockRoutes(parts),
    groupRoutes(parts),
    rollupRoutes(parts),
    evidenceRoutes(parts),
    batchRoutes(parts),
    batchCommandRoutes(parts),
    batchAcknowledgementRoutes(parts),
    layoutRoutes(parts),
    profileLayoutRoutes(parts),
    serviceRoutes(parts),
    serviceSettingsRoutes(parts),
    holdSettingsRoutes(parts),
    clockSettingsRoutes(parts),
    jobRoutes(parts),
    importRoutes(parts),
    inboundRoutes(parts),
    inboundCommandRoutes(parts),
    windowRoutes(parts),
    reconciliationRoutes(parts),
    documentationRoutes(parts),
    portalRoutes(parts),
  ];
}

async function shared(app: FastifyInstance, parts: HttpDependencies): Promise<void> {
  await app.register(cookie);
  await app.register(helmet, {
    global: true,
    enableCSPNonces: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        // Measures and colours of single elements; no rule sheet without the nonce.
        "style-src-attr": ["'unsafe-inline'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: "same-origin" },
    // TLS ends in front of us; whoever ends it sets this.
    strictTransportSecurity: false,
  });
  await app.register(swagger, openApi(parts.version));
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id).header("cache-control", "no-store");
  });
  identifyCallers(app, parts.engine);
  app.addHook("preValidation", async (request) => {
    refuseUnfitText(request.query, "request-invalid");
    if (!(request.body instanceof Readable)) refuseUnfitText(request.body);
  });
  answerOnce(app, parts.engine);
  app.addHook("onSend", async (request, reply, payload) => {
    if (request.method !== "GET" || reply.statusCode !== 200 || !isKnown(request, reply)) {
      return payload;
    }
    void reply.code(304).removeHeader("content-length").removeHeader("content-type");
    return "";
  });
  app.addHook("onResponse", async (request, reply) => {
    // The pattern, not the address: what people search for is not for the log.
    request.log.info({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
      actor: request.caller?.actor,
    });
  });
}

function openApi(version: string) {
  return {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Redress",
        version,
        description:
          "Dispute accounting. Errors are problem+json with a code and a page; commands take an " +
          "Idempotency-Key, commands on something that exists take If-Match; listings are pages " +
          "with a cursor; money is a decimal string with its currency.",
      },
      components: {
        securitySchemes: {
          apiKey: { type: "http" as const, scheme: "bearer", description: "`rk_…`" },
          session: { type: "apiKey" as const, in: "cookie" as const, name: "redress_session" },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  };
}
