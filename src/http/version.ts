/** Entity tags: a row's version, so that a command on what changed meanwhile is refused. */
import type { FastifyReply, FastifyRequest } from "fastify";

import { Failure } from "../kernel/failure.ts";
import { refuseStale } from "../kernel/row-version.ts";

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
  refuseStale(versionOf(request), present);
}

/** Sets the entity tag: the version that a command on it has to name. */
export function tag(reply: FastifyReply, version: number): void {
  void reply.header("etag", `"${version}"`);
}

/** True where the caller says that they have what is answered. */
export function isKnown(request: FastifyRequest, reply: FastifyReply): boolean {
  const known = request.headers["if-none-match"];
  const entityTag = reply.getHeader("etag");
  if (known === undefined || entityTag === undefined) return false;
  return known.split(",").some((one) => one.trim().replace(/^W\//, "") === entityTag);
}
