/**
 * `redress approvals`: what waits for other people's word, and giving it at a terminal. Whoever
 * decides is named and proves it, by an API key or a password; whose machine it is counts for
 * nothing.
 */
import type { Command } from "commander";

import { authenticator } from "../../access/authenticate.ts";
import type { Caller } from "../../access/caller.ts";
import { clientsOf, rightsOf } from "../../access/caller.ts";
import { signIn, signOut } from "../../access/sign-in.ts";
import { approvalDesk } from "../../approval-desk.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import { json } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import { formatAmount } from "../../kernel/money.ts";
import { decideApproval } from "../../work/approvals/decide.ts";
import { judge } from "../../work/approvals/judge.ts";
import { judgeNamed, whoMay } from "../../work/approvals/judges.ts";
import type { RequestRow, WholeRequest } from "../../work/approvals/views.ts";
import { findRequest, listRequests, wholeRequests } from "../../work/approvals/views.ts";
import type { CommandContext } from "../context.ts";
import { printListing } from "../output.ts";

import { withDesk } from "./with-desk.ts";

interface Chosen {
  readonly as?: string;
  readonly mine?: boolean;
  readonly kind?: string;
  readonly client?: string;
  readonly limit: string;
  readonly reason?: string;
  readonly json?: boolean;
}

const KEY = "REDRESS_API_KEY";
const PASSWORD = "REDRESS_PASSWORD";

export function approvalCommands(program: Command, context: CommandContext): void {
  const group = program
    .command("approvals")
    .description("what waits for other people's word, and giving it")
    .addHelpText(
      "after",
      `\nWho decides: an API key in ${KEY}, or --as NAME with the password in ${PASSWORD}.`,
    );
  const command = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .option("--as <name>", `name of the user; the password is in ${PASSWORD}`)
      .option("--json", "print the result as JSON");
  command("list", "what waits, oldest first")
    .option("--mine", "only what you may decide")
    .option("--kind <kind>", "only this kind of subject")
    .option("--client <client>", "only this client")
    .option("--limit <count>", "at most so many", "50")
    .action((chosen: Chosen) => withDesk(context, (desk) => runList(context, desk, chosen)));
  command("approve", "agree: with the last level's word it is done")
    .argument("<approval>", "id of the request")
    .option("--reason <text>", "why")
    .action((id: string, chosen: Chosen) =>
      withDesk(context, (desk) => runDecide(context, desk, { id, approved: true, chosen })),
    );
  command("decline", "refuse, with a reason")
    .argument("<approval>", "id of the request")
    .requiredOption("--reason <text>", "why not")
    .action((id: string, chosen: Chosen) =>
      withDesk(context, (desk) => runDecide(context, desk, { id, approved: false, chosen })),
    );
}

async function runList(context: CommandContext, desk: BatchDesk, chosen: Chosen): Promise<void> {
  const limit = Number(chosen.limit);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new Failure("input-invalid", `--limit ${chosen.limit} is not a count`);
  }
  const { database, clock } = desk.engine;
  const caller = await callerOf(desk, chosen);
  const now = clock.now().toString();
  const by = { name: caller.actor, rights: rightsOf(caller) };
  const unjudged = await judgeNamed(database, by, { since: now, now });
  const rights = [...by.rights, ...unjudged.lent.flatMap((one) => [...one.rights])];
  const rows = await listRequests(database, {
    clientIds: await scopeOf(desk, caller, chosen.client),
    state: "waiting",
    kind: chosen.kind ?? null,
    decidableBy: chosen.mine === true ? { person: unjudged.person, rights } : null,
    requester: null,
    after: null,
    limit,
  });
  const whole = await wholeRequests(database, rows);
  const since = whole[0]?.requestedAt ?? now;
  const judging = await judgeNamed(database, by, { since, now });
  const shown =
    chosen.mine === true ? whole.filter((one) => judge(one, judging, true).allowed) : whole;
  const listed = await Promise.all(
    shown.map(async (one) => ({ ...rowOf(one), needed: await whoMay(database, one) })),
  );
  printListing(context, listed, {
    json: chosen.json === true,
    columns: ["id", "kind", "level", "amount", "requester", "summary", "needed"],
  });
}

async function runDecide(
  context: CommandContext,
  desk: BatchDesk,
  { id, approved, chosen }: { id: string; approved: boolean; chosen: Chosen },
): Promise<void> {
  const caller = await callerOf(desk, chosen);
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  const clients = await scopeOf(desk, caller, undefined);
  const found = isId ? await findRequest(desk.engine.database, clients, id) : undefined;
  if (found === undefined) throw new Failure("not-found", `approval ${id} does not exist`, { id });
  const after = await decideApproval(approvalDesk(desk.engine, desk), {
    clientId: found.clientId,
    requestId: id,
    approved,
    reason: chosen.reason ?? "",
    by: { name: caller.actor, rights: rightsOf(caller) },
  });
  if (chosen.json === true) return context.print(json(rowOf(after)));
  const left = after.levels - after.approvedLevels;
  const more = after.state === "waiting" ? `; ${left} more people have to agree` : "";
  context.print(`${after.summary} is ${after.state}${more}`);
}

/** Throws `unauthenticated` where nobody proves who they are. */
async function callerOf(desk: BatchDesk, { as: name }: Chosen): Promise<Caller> {
  const access = desk.engine;
  const { byApiKey, bySession } = authenticator(access);
  const key = process.env[KEY];
  if (name === undefined) {
    const caller = key === undefined ? undefined : await byApiKey(key);
    if (caller !== undefined) return caller;
    throw new Failure("unauthenticated", `say who decides: ${KEY}, or --as NAME and ${PASSWORD}`);
  }
  const requestId = `cli-${access.ids.next()}`;
  const password = process.env[PASSWORD] ?? "";
  const token = await signIn(access, { name, password, requestId });
  const caller = await bySession(token);
  if (caller === undefined) throw new Failure("unauthenticated", "name or password is wrong");
  await signOut(access, { token, actor: caller.actor, requestId });
  return caller;
}

async function scopeOf(
  { engine }: BatchDesk,
  caller: Caller,
  client: string | undefined,
): Promise<readonly string[]> {
  const clients = await clientsOf(engine.database, caller);
  if (client === undefined) return clients;
  if (clients.includes(client)) return [client];
  throw new Failure("not-found", `client ${client} does not exist`, { client });
}

function rowOf(row: RequestRow | WholeRequest) {
  const { amountMinor, currency } = row;
  return {
    id: row.id,
    client: row.clientId,
    kind: row.kind,
    state: row.state,
    level: `${row.approvedLevels} of ${row.levels}`,
    amount:
      amountMinor === null || currency === null
        ? ""
        : `${formatAmount(amountMinor, currency)} ${currency}`,
    requester: row.requester,
    rule: row.ruleWords,
    summary: row.summary,
    requestedAt: row.requestedAt,
  };
}
