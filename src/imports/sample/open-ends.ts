/**
 * What the sample leaves for people to look at: a feed of the manual client's core that shows most
 * of what was attested, evidence for a posting, and an exception that two people let age.
 */
import { isOvertaken, untilDecided } from "../../accounting/execute-accounting.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import { sql } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import { formatAmount } from "../../kernel/money.ts";
import { keepEvidence } from "../../manual/evidence.ts";
import { reconcileFile } from "../../reconcile/reconcile-file.ts";
import { unconfirmedAttestations } from "../../reconcile/views.ts";
import { OVERRIDE_KIND, overrideEffect } from "../../resolution/override-gate.ts";
import { resolveException } from "../../resolution/resolve-exception.ts";
import { decideApproval } from "../../work/approvals/decide.ts";
import { waitingAbout } from "../../work/approvals/views.ts";
import { listAssignments } from "../../work/views.ts";

interface Ends {
  readonly client: string;
  readonly people: readonly string[];
}

export async function leaveOpenEnds(
  { batch }: { readonly batch: BatchDesk },
  { client, people: [asks = "", agrees = ""] }: Ends,
): Promise<void> {
  await takeFeed(batch, client);
  await showEvidence(batch, client, asks);
  await letAge(batch, asks, agrees);
}

/** All but the latest, one with another amount, and one that nobody here knows. */
async function takeFeed({ engine }: BatchDesk, clientId: string): Promise<void> {
  const all = await unconfirmedAttestations(engine.database, {
    clientIds: [clientId],
    after: null,
    limit: 500,
  });
  const shown = all.slice(0, -6);
  const [last] = shown.toReversed();
  if (last === undefined) return;
  const lines = shown.map(({ reference, amountMinor, currency, postingDate }, index) => {
    const minor = index === 3 ? amountMinor + 100n : amountMinor;
    return `${reference},${formatAmount(minor, currency)},${currency},credit,${postingDate}`;
  });
  const text = [
    "reference,amount,currency,side,bookedOn",
    ...lines,
    `S-UNKNOWN-1,18.40,USD,debit,${last.postingDate}`,
    "",
  ].join("\n");
  await reconcileFile(engine, {
    clientId,
    name: "core-postings.csv",
    format: "csv",
    bytes: Buffer.from(text),
    actor: "core-feed",
  });
}

async function showEvidence(
  { engine, keys }: BatchDesk,
  clientId: string,
  actor: string,
): Promise<void> {
  const page = await listAssignments(engine.database, {
    clientIds: [clientId],
    type: "Execute Accounting Assignment",
    limit: 50,
  });
  const free = page.items.find((one) => one.assignee === null);
  if (free === undefined) return;
  await keepEvidence(
    { engine, keys },
    {
      clientId,
      assignmentId: free.id,
      name: "teller-confirmation.txt",
      bytes: Buffer.from("Posting confirmed at the teller terminal, journal 0417\n"),
      actor,
    },
  );
}

/** The smallest exception is not worth more work: two people say so. */
async function letAge({ engine }: BatchDesk, asks: string, agrees: string): Promise<void> {
  const [found] = await engine.database.query<{ clientId: string; id: string; version: number }>(
    sql`
      select client_id as "clientId", id, version from assignment
      where is_open and cause = 'gate' and type = 'Accounting Exception'
      order by amount_minor, id
      limit 1
    `,
  );
  if (found === undefined) return;
  const { clientId, id: assignmentId, version } = found;
  const clients = await engine.clients(engine.database, [clientId]);
  const calendar = clients.get(clientId)?.calendar;
  const today = calendar?.dateOf(engine.clock.now()) ?? "";
  const rights = new Set(["gate:override", "assignment:approve"] as const);
  const call = { clientId, assignmentId, version, actor: asks, adjustmentId: null };
  const override = { owner: agrees, dueOn: calendar?.addBusinessDays(today, 10) ?? today };
  await resolveException(
    engine,
    { ...call, rights, input: {} },
    { reason: "less than a day of work costs", override },
  ).catch((error: unknown) => {
    // What is under way has to end first: then it stays an exception.
    if (!(error instanceof Failure)) throw error;
  });
  const subject = { clientId, kinds: [OVERRIDE_KIND], id: assignmentId };
  const request = await waitingAbout(engine.database, subject);
  if (request === undefined) return;
  const { database, clock, ids } = engine;
  await decideApproval(
    {
      database,
      clock,
      ids,
      effects: new Map([[OVERRIDE_KIND, overrideEffect(engine)]]),
      run: (work) => untilDecided(engine, work),
      isOvertaken,
    },
    {
      clientId,
      requestId: request.id,
      approved: true,
      reason: "agreed",
      by: { name: agrees, rights },
    },
  );
}
