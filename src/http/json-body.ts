/**
 * Reads JSON bodies: UTF-8 and nothing else, and no name twice in one object, because which of the
 * two counts is left open by the format.
 */
import { isUtf8 } from "node:buffer";

import type { FastifyInstance } from "fastify";

import { Failure } from "../kernel/failure.ts";
import { repeatedName } from "../kernel/repeated-name.ts";

export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser<Buffer>(
    "application/json",
    { parseAs: "buffer" },
    (request, body, done) => {
      if (!isUtf8(body)) return done(new Failure("request-invalid", "the body is not UTF-8"));
      const text = body.toString("utf8");
      void parse(request, text, (error, value) => {
        const twice = error === null ? repeatedName(text) : null;
        if (twice === null) return done(error, value);
        const detail = `${twice.slice(0, 60)} is named twice: which of them is meant?`;
        return done(new Failure("request-invalid", detail));
      });
    },
  );
}
