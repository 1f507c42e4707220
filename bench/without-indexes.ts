/** Rows are made first and the indexes of their tables afterwards, each read once in its order. */
import pg from "pg";

/** Those that keep a constraint stay; those of a partitioned table go and come with its parts'. */
const INDEXES = `
  select n.relname as name, pg_get_indexdef(n.oid) as made_by
  from pg_index i
  join pg_class n on n.oid = i.indexrelid
  where i.indrelid = any ($1::text[]::regclass[])
    and not exists (select 1 from pg_constraint c where c.conindid = n.oid)
  order by n.relname`;

export async function withoutIndexes(
  url: string,
  tables: readonly string[],
  remark: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const lanes = [new pg.Client(url), new pg.Client(url)];
  await Promise.all(lanes.map((lane) => lane.connect()));
  try {
    const [first] = lanes as [pg.Client, pg.Client];
    const { rows } = await first.query<{ name: string; made_by: string }>(INDEXES, [tables]);
    for (const { name } of rows) await first.query(`drop index ${pg.escapeIdentifier(name)}`);
    await work();
    const left = rows.map((row) => row.made_by);
    await Promise.all(
      lanes.map(async (lane) => {
        await lane.query("set maintenance_work_mem = '256MB'");
        for (let made = left.pop(); made !== undefined; made = left.pop()) {
          await lane.query(made);
          remark(`making rows: ${left.length} indexes to make`);
        }
      }),
    );
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
  }
}
