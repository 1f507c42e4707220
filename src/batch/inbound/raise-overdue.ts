/**
 * Alarms the owner of every file whose destination has not answered in the profile's time, and
 * closes the alarm when the answer is there. The time counts from the last hand-over.
 */
import { usableClients } from "../../accounting/client-runtime.ts";
import { allClients } from "../../cases/views.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";

import { closeAlarms, raiseAlarm } from "../alarms.ts";
import type { BatchDesk } from "../desk.ts";
import type { BatchProfile } from "../profile.ts";
import { batchProfiles } from "../profile.ts";

const MOST_AT_A_TIME = 1000;
const KINDS = ["acknowledgementOverdue"] as const;

/** Answers how many alarms were raised. */
export async function raiseOverdue(desk: BatchDesk): Promise<number> {
  const { database } = desk.engine;
  const ids = (await allClients(database)).map((one) => one.id);
  const { usable } = await usableClients(desk.engine, database, ids);
  let raised = 0;
  for (const { id, settings } of usable) {
    for (const profile of profilesOf(settings)) raised += await raiseOf(desk, id, profile);
  }
  await closeAnswered(desk);
  return raised;
}

function profilesOf(settings: Parameters<typeof batchProfiles>[0]): BatchProfile[] {
  try {
    return [...batchProfiles(settings).values()];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

async function raiseOf(desk: BatchDesk, clientId: string, profile: BatchProfile): Promise<number> {
  const { deadlineMinutes, owner } = profile.returnFile ?? {};
  if (deadlineMinutes === undefined || owner === undefined) return 0;
  const now = desk.engine.clock.now();
  const before = now.subtract({ minutes: deadlineMinutes }).toString();
  const files = await awaitedSince(desk.engine.database, clientId, profile.name, before);
  let raised = 0;
  for (const file of files) {
    const alarm = {
      clientId,
      profile: profile.name,
      kind: KINDS[0],
      subject: file.id,
      owner,
      text: `${file.fileName} was handed over at ${file.handedOverAt} and has no whole answer yet`,
    };
    const isNew = await desk.engine.database.transaction((tx) =>
      raiseAlarm(tx, desk, alarm, now.toString()),
    );
    if (isNew) raised += 1;
  }
  return raised;
}

/** Files without an alarm since they were handed over. Served by `batch_file_awaited`. */
function awaitedSince(
  db: Queries,
  clientId: string,
  profile: string,
  before: string,
): Promise<{ id: string; fileName: string; handedOverAt: string }[]> {
  return db.query(sql`
    select f.id, f.file_name as "fileName", f.handed_over_at as "handedOverAt"
    from batch_file f
    where f.client_id = ${clientId} and f.profile = ${profile} and f.state = 'handedOver'
      and f.handed_over_at <= ${before}
      and not exists (
        select 1 from batch_alarm a
        where a.client_id = f.client_id and a.kind = 'acknowledgementOverdue'
          and a.subject = f.id::text and a.raised_at >= f.handed_over_at)
    order by f.handed_over_at
    limit ${MOST_AT_A_TIME}
  `);
}

/** The answer came, or the file is void: nothing is awaited any more. */
async function closeAnswered(desk: BatchDesk): Promise<void> {
  const done = await desk.engine.database.query<{ clientId: string; id: string }>(sql`
    select a.client_id as "clientId", a.subject as id
    from batch_alarm a
    join batch_file f on f.client_id = a.client_id and f.id = a.subject::uuid
    where a.kind = 'acknowledgementOverdue' and a.closed_at is null
      and f.state in ('acknowledged', 'void')
    limit ${MOST_AT_A_TIME}
  `);
  for (const { clientId, id } of done) {
    await desk.engine.database.transaction((tx) =>
      closeAlarms(
        tx,
        { clientId, subject: id, kinds: KINDS },
        {
          by: "system:inbound",
          because: "the file is answered",
          now: desk.engine.clock.now().toString(),
        },
      ),
    );
  }
}
