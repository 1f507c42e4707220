/** What every part of a client's settings has in common over HTTP: who sees it, how it changes. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import type { ChangedSettings, SettingsChange } from "../cases/change-settings.ts";
import type { SettingChange } from "../cases/setting-changes.ts";
import type { ClientRow } from "../cases/views.ts";
import { clientsById } from "../cases/views.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { callerOf, scopeOf } from "./identify.ts";
import { ServicePath } from "./service-routes.ts";
import { tag, versionOf } from "./version.ts";

export const ClientPath = ServicePath.pick({ client: true });
export const DryRun = z.strictObject({ dryRun: z.stringbool().default(false) });
export const Written = z.record(z.string(), z.unknown());

export const Changed = z
  .object({
    isNew: z.boolean(),
    changes: z.array(
      z.object({
        pointer: z.string().describe("JSON Pointer into the settings"),
        before: z.string().nullable().describe("JSON, shortened; null: was not there"),
        after: z.string().nullable(),
        isOfConnection: z.boolean().describe("Where calls go, or who we say we are"),
      }),
    ),
    open: z.int().describe("Open movements routed to it: it is live"),
    undecided: z.int().describe("Of them, called now or of unknown outcome"),
  })
  .meta({ id: "ServiceChange" });

/** A client that the caller may see. Throws `not-found`. */
export async function theClient(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  id: string,
): Promise<ClientRow> {
  await scopeOf(engine.database, request, id);
  const [client] = await clientsById(engine.database, [id]);
  if (client === undefined) throw new Failure("not-found", `client ${id} does not exist`);
  return client;
}

/** What a change says of who makes it, to what they read. Throws `version-missing`, `not-found`. */
export async function changeOf(
  { engine }: HttpDependencies,
  request: FastifyRequest,
  clientId: string,
): Promise<SettingsChange> {
  const version = versionOf(request);
  await scopeOf(engine.database, request, clientId);
  return { clientId, version, actor: callerOf(request).actor, requestId: request.id };
}

interface PartRequest<Part> {
  readonly client: string;
  readonly written: Part;
  readonly dryRun: boolean;
}

/** Changes a part that is no destination of calls, and answers as for a service. */
export async function changePart<Part, Done extends ChangedSettings>(
  parts: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { client, written, dryRun }: PartRequest<Part>,
  configure: (engine: Engine, given: SettingsChange & { readonly written: Part }) => Promise<Done>,
): Promise<Done & { readonly answer: z.infer<typeof Changed> }> {
  const change = await changeOf(parts, request, client);
  const done = await configure(parts.engine, { ...change, written, dryRun });
  tag(reply, done.version);
  const changes = presentChanges(done.changes, () => false);
  return { ...done, answer: { isNew: false, changes, open: 0, undecided: 0 } };
}

export function presentChanges(
  changes: readonly SettingChange[],
  isOfConnection: (change: SettingChange) => boolean,
): z.infer<typeof Changed>["changes"] {
  return changes.map((one) => ({ ...one, isOfConnection: isOfConnection(one) }));
}
