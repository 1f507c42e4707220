/** Entity tags: a row's version, so that a command on what changed meanwhile is refused. */
import type { FastifyReply, FastifyRequest } from "fastify";

import { Failure } from "../kernel/failure.ts";

const ENTITY_TAG = /^(?:W\/)?"([0-9]{1,9})"$/;

/**
 * The version the caller read. Throws `version-missing` or, for no version of ours,
 * `stale-version`.
 */
export function versionOf(request: FastifyRequest): number {
  const header = request.headers["if-match"];
  if (header === undefined || header === "") {
    throw new Failure("version-missing", "a command on something that exists names its version");
  }
  const version = ENTITY_TAG.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new Failure("stale-version", `${header} is not a version of this`);
  }
  return Number(version);
}

/** Throws `stale-version` when the version read is not the present one. */
export function mustBePresent(request: FastifyRequest, present: number): void {
  const read = versionOf(request);
  if (read === present) return;
  throw new Failure("stale-version", `version ${read} was read, it is ${present} now`, {
    read,
    present,
  });
}

/** Sets the entity tag; answers true where the caller has this version already (304). */
export function tag(request: FastifyRequest, reply: FastifyReply, version: number): boolean {
  const entityTag = `"${version}"`;
  void reply.header("etag", entityTag);
  const known = request.headers["if-none-match"];
  return known !== undefined && known.split(",").some((one) => one.trim() === entityTag);
}
