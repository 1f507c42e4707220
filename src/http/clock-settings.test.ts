/** Who lets the machine credit by itself has a hand in every credit that it issues. */
import { expect, test } from "vitest";

import { aClient, aDisputeOf } from "../../test/support/engine.ts";
import { call, testServer } from "../../test/support/http.ts";
import { aKeyOf, aUser } from "../../test/support/people.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { workInbox } from "../accounting/work-inbox.ts";
import { sql } from "../database/sql.ts";
import { lookAtClocks } from "../resolution/regulatory-clocks/look-at-clocks.ts";

const database = useDatabase();

async function served() {
  const server = await testServer(database);
  const { engine, app } = server;
  const clientId = await aClient(engine);
  const known = { pointOfSale: false, outOfState: false, newAccount: false };
  await aDisputeOf(engine, clientId, known);
  const url = `/v1/clients/${clientId}/clocks`;
  const put = async (key: string, body: Record<string, unknown>, query = "") => {
    const { body: before } = await call(app, key, "GET", url);
    return call(app, key, "PUT", `${url}${query}`, { body, version: Number(before["version"]) });
  };
  const credited = async (days: number) => {
    engine.clock.advance({ hours: 24 * days });
    await lookAtClocks(engine);
    await workInbox(engine);
  };
  const approve = async (key: string, approved = true) => {
    const query = `client=${clientId}&awaiting=true`;
    const [credit] = (await call(app, key, "GET", `/v1/automatic-credits?${query}`)).body.items;
    const path = `/v1/automatic-credits/${String(credit?.["id"])}/approval`;
    const body = approved ? { approved } : { approved, reason: "too early" };
    return call(app, key, "POST", path, { body, version: 1 });
  };
  const admin = (name: string) => aUser(engine, name, ["administrator", "approver"]);
  const putAt = (key: string, version: number, body: Record<string, unknown>) =>
    call(app, key, "PUT", url, { body, version });
  return { engine, clientId, put, putAt, credited, approve, admin };
}

test.each([
  ["automaticProvisionalCredit", 14],
  ["automaticFinalCredit", 44],
])("who switched %s on does not approve what follows, by no key", async (setting, days) => {
  const { engine, admin, put, approve, credited } = await served();
  const ann = await admin("ann");
  const saved = await put(ann, { [setting]: true });
  await credited(days);

  const own = await approve(ann);
  const other = await approve(await aKeyOf(engine, "ann", ["approver"]));
  const done = await approve(await aUser(engine, "carl", ["approver"]));

  expect(saved.body["changes"]).toMatchObject([{ pointer: `/${setting}`, after: "true" }]);
  expect([own.status, own.body["code"]]).toEqual([403, "self-approval"]);
  expect(String(own.body["detail"])).toContain("you let the machine credit by itself");
  expect([other.body["code"], done.status]).toEqual(["self-approval", 200]);
});

test("it is the last one who did, and whoever is tied to them by a loan", async () => {
  const { engine, admin, put, approve, credited } = await served();
  const [ann, ben, carl] = [await admin("ann"), await admin("ben"), await admin("carl")];
  await put(ann, { automaticProvisionalCredit: true });
  await put(ann, {});
  await put(ben, { automaticProvisionalCredit: true });
  await put(ann, { automaticProvisionalCredit: true, marginBusinessDays: 1 });
  await credited(13);
  const validUntil = engine.clock.now().add({ hours: 48 }).toString();
  await insertLoan("carl", "ben", validUntil);

  const own = await approve(ben);
  const tied = await approve(carl);
  const done = await approve(ann);

  expect([own.body["code"], tied.body["code"], done.status]).toEqual([
    "self-approval",
    "self-approval",
    200,
  ]);

  async function insertLoan(delegator: string, delegate: string, until: string) {
    await database.execute(sql`
      insert into approval_delegation (id, delegator, delegate, permissions, valid_from,
        valid_until, reason, given_by, given_at)
      values (${engine.ids.next()}, ${delegator}, ${delegate}, '{assignment:approve}',
        ${engine.clock.now().toString()}, ${until}, 'leave', ${delegator},
        ${engine.clock.now().toString()})`);
  }
});

test("they may say that it was wrong: that approves nothing", async () => {
  const { admin, put, approve, credited } = await served();
  const ann = await admin("ann");
  await put(ann, { automaticProvisionalCredit: true });
  await credited(14);

  const declined = await approve(ann, false);

  expect(declined.body["approval"]).toMatchObject({ approved: false, by: "key:ann-key" });
});

test("settings that do not fit change nothing, and a rehearsal saves nothing", async () => {
  const { admin, put, clientId } = await served();
  const ann = await admin("ann");

  const wrong = await put(ann, { automaticProvisionalCredit: "yes" });
  const tried = await put(ann, { automaticProvisionalCredit: true }, "?dryRun=true");

  expect(wrong.body["code"]).toBe("configuration-invalid");
  expect(String(wrong.body["detail"])).toContain("/clocks/automaticProvisionalCredit");
  expect([tried.status, tried.body["changes"]]).toMatchObject([200, [{ after: "true" }]]);
  expect(
    await database.query(sql`
      select settings::text as settings from client where id = ${clientId}`),
  ).toEqual([{ settings: "{}" }]);
  expect(await database.query(sql`select 1 from clock_automation`)).toEqual([]);
});

test("settings that somebody changed meanwhile are read again first", async () => {
  const { admin, put, putAt, clientId } = await served();
  const ann = await admin("ann");
  await put(ann, { automaticProvisionalCredit: true });

  const stale = await putAt(ann, 1, { automaticFinalCredit: true });

  expect([stale.status, stale.body["code"]]).toEqual([412, "stale-version"]);
  expect(
    await database.query(sql`
      select settings -> 'clocks' as clocks from client where id = ${clientId}`),
  ).toEqual([{ clocks: { automaticProvisionalCredit: true } }]);
  const [audit] = await database.query<{ count: bigint }>(sql`
    select count(*) from audit where action = 'configureClocks'`);
  expect(audit?.count).toBe(1n);
});
