/** /v1/work-groups and /v1/assignment-groups: teams, and who belongs to them. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

import type { GroupKind, GroupRow } from "../work/group-views.ts";
import { listGroups } from "../work/group-views.ts";
import { removeGroup, writeGroup } from "../work/groups.ts";
import { SHIPPED_WORK_GROUPS } from "../work/assignment-types.ts";
import { Failure } from "../kernel/failure.ts";

import type { HttpDependencies } from "./dependencies.ts";
import { documented } from "./document.ts";
import { callerOf } from "./identify.ts";
import { tag, versionOf } from "./version.ts";
import type { ZodApp } from "./zod-app.ts";

const Group = z
  .object({
    name: z.string(),
    description: z.string(),
    queues: z.array(z.string()).describe("Of an assignment group: what its people are offered"),
    members: z.array(z.string()),
    isShipped: z.boolean().describe("A work group that types of assignment name"),
    version: z.int().describe("0: nobody has set it up, it has no people"),
  })
  .meta({ id: "Group" });

const Name = z.string().trim().min(1).max(60);

const written = {
  description: z.string().trim().max(500).default(""),
  members: z.array(z.string().min(1).max(80)).max(1000).default([]),
  queues: z.array(z.string().min(1).max(100)).max(100).default([]),
};

interface Kind {
  readonly kind: GroupKind;
  readonly path: string;
  readonly word: string;
  readonly about: string;
}

const KINDS: readonly Kind[] = [
  {
    kind: "work",
    path: "/v1/work-groups",
    word: "WorkGroup",
    about: "A work group with people is worked by them alone; one without, by all with the right.",
  },
  {
    kind: "assignment",
    path: "/v1/assignment-groups",
    word: "AssignmentGroup",
    about: "Whoever belongs to one is offered the queues of their groups alone.",
  },
];

export function groupRoutes(parts: HttpDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    for (const kind of KINDS) {
      readRoutes(app, parts, kind);
      createRoute(app, parts, kind);
      changeRoutes(app, parts, kind);
    }
  };
}

const manage = { tag: "groups", permission: "group:manage" } as const;

function readRoutes(app: ZodApp, parts: HttpDependencies, { kind, path, word, about }: Kind): void {
  const { database } = parts.engine;
  app.get(
    path,
    documented(
      {
        tag: "groups",
        id: `list${word}s`,
        summary: "By name, with their people",
        description: about,
        permission: "case:read",
      },
      { response: { 200: z.object({ items: z.array(Group) }) } },
    ),
    async () => {
      const groups = (await listGroups(database, kind)).map(present);
      const names = new Set(groups.map((one) => one.name));
      const bare = kind === "work" ? [...SHIPPED_WORK_GROUPS].filter((one) => !names.has(one)) : [];
      const items = [...groups, ...bare.map(unset)];
      return { items: items.toSorted((one, other) => one.name.localeCompare(other.name)) };
    },
  );
}

function createRoute(app: ZodApp, parts: HttpDependencies, { kind, path, word }: Kind): void {
  app.post(
    path,
    documented(
      {
        ...manage,
        id: `create${word}`,
        summary: "Set one up with its people",
        command: "once",
        failures: ["input-invalid", "already-exists"],
      },
      { body: z.strictObject({ name: Name, ...written }), response: { 201: Group } },
    ),
    async (request, reply) => {
      const group = { ...request.body, kind, version: null };
      const row = await writeGroup(parts.engine, group, callerOf(request).actor);
      tag(reply, row.version);
      return reply.code(201).send(present(row));
    },
  );
}

function changeRoutes(app: ZodApp, parts: HttpDependencies, { kind, path, word }: Kind): void {
  const { database } = parts.engine;
  const params = z.object({ name: Name });
  app.get(
    `${path}/:name`,
    documented(
      {
        tag: "groups",
        id: `get${word}`,
        summary: "One with its people",
        permission: "case:read",
        failures: ["not-found"],
      },
      { params, response: { 200: Group } },
    ),
    async (request, reply) => {
      const { name } = request.params;
      const [row] = await listGroups(database, kind, name);
      if (row === undefined) throw new Failure("not-found", `there is no group ${name}`, { name });
      tag(reply, row.version);
      return present(row);
    },
  );
  app.put(
    `${path}/:name`,
    documented(
      {
        ...manage,
        id: `change${word}`,
        summary: "Replace its description, queues and people",
        versioned: true,
        failures: ["not-found", "input-invalid"],
      },
      { params, body: z.strictObject(written), response: { 200: Group } },
    ),
    async (request, reply) => {
      const { name } = request.params;
      const group = { ...request.body, kind, name, version: versionOf(request) };
      const row = await writeGroup(parts.engine, group, callerOf(request).actor);
      tag(reply, row.version);
      return present(row);
    },
  );
  app.delete(
    `${path}/:name`,
    documented(
      {
        ...manage,
        id: `remove${word}`,
        summary: "Remove it; its work is anybody's with the right",
        failures: ["not-found"],
      },
      { params, response: { 204: z.null().describe("It is gone") } },
    ),
    async (request, reply) => {
      const { name } = request.params;
      await removeGroup(parts.engine, { kind, name }, callerOf(request).actor);
      return reply.code(204).send(null);
    },
  );
}

function present({ kind, name, ...row }: GroupRow): z.infer<typeof Group> {
  const isShipped = kind === "work" && SHIPPED_WORK_GROUPS.has(name);
  const { description, queues, members, version } = row;
  return { name, description, queues: [...queues], members: [...members], isShipped, version };
}

/** What types name and nobody has set up: without people, anybody's with the right. */
function unset(name: string): z.infer<typeof Group> {
  return { name, description: "", queues: [], members: [], isShipped: true, version: 0 };
}
