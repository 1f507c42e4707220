/** Things by the ids that the outside uses, within the caller's clients. */
import type { FastifyRequest } from "fastify";

import type { InboundFileRow } from "../batch/inbound/views.ts";
import { findInboundFile } from "../batch/inbound/views.ts";
import type { FileRow } from "../batch/views.ts";
import { findFile } from "../batch/views.ts";
import type { ClaimRow, DisputeRow } from "../cases/case-views.ts";
import { findClaims, findDisputes } from "../cases/case-views.ts";
import type { Database } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { UUID } from "../kernel/ids.ts";

import { scopeOf } from "./identify.ts";

/** A claim by number or id. Throws `not-found`, and `request-invalid` where two clients have it. */
export async function theClaim(
  database: Database,
  request: FastifyRequest,
  id: string,
  client: string | undefined,
): Promise<ClaimRow> {
  return only(
    "claim",
    id,
    await findClaims(database, await scopeOf(database, request, client), id),
  );
}

/**
 * A dispute by number or id. Throws `not-found`, and `request-invalid` where two clients have it.
 */
export async function theDispute(
  database: Database,
  request: FastifyRequest,
  id: string,
  client: string | undefined,
): Promise<DisputeRow> {
  const clients = await scopeOf(database, request, client);
  return only("dispute", id, await findDisputes(database, clients, id));
}

/** A batch file by id. Throws `not-found`. */
export async function theBatch(
  database: Database,
  request: FastifyRequest,
  id: string,
): Promise<FileRow> {
  mustBeId("batch", id);
  const file = await findFile(database, await scopeOf(database, request), id);
  if (file === undefined) throw new Failure("not-found", `batch ${id} does not exist`, { id });
  return file;
}

/** A return file by id. Throws `not-found`. */
export async function theInboundFile(
  database: Database,
  request: FastifyRequest,
  id: string,
): Promise<InboundFileRow> {
  mustBeId("return file", id);
  const file = await findInboundFile(database, await scopeOf(database, request), id);
  if (file === undefined)
    throw new Failure("not-found", `return file ${id} does not exist`, { id });
  return file;
}

/** Throws `not-found` for what cannot be an id of ours. */
export function mustBeId(kind: string, id: string): void {
  if (!UUID.test(id)) throw new Failure("not-found", `${kind} ${id} does not exist`, { id });
}

function only<Row extends { readonly clientId: string }>(
  kind: string,
  id: string,
  rows: readonly Row[],
): Row {
  const [row, other] = rows;
  if (row === undefined) throw new Failure("not-found", `${kind} ${id} does not exist`, { id });
  if (other === undefined) return row;
  throw new Failure(
    "request-invalid",
    `${row.clientId} and ${other.clientId} have a ${kind} ${id}: say ?client=`,
    {},
    [{ pointer: "/client", detail: "is needed here" }],
  );
}
