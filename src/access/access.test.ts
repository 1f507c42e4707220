/** Signing in, keys, roles and the record of it all. */
import { beforeEach, describe, expect, test } from "vitest";
import { Temporal } from "temporal-polyfill";

import { aDispute, ids } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import type { ManualClock } from "../kernel/clock.ts";
import { manualClock } from "../kernel/clock.ts";
import { authenticator } from "./authenticate.ts";
import { clientsOf } from "./caller.ts";
import { createApiKey, revokeApiKey } from "./create-api-key.ts";
import { createUser } from "./create-user.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { PERMISSIONS, ROLES, ROLE_PERMISSIONS, demand } from "./roles.ts";
import { SESSION_HOURS, signIn, signOut } from "./sign-in.ts";
import { deleteExpiredSessions } from "./store.ts";

const db = useDatabase();
const PASSWORD = "correct horse battery";
const by = { actor: "setup", requestId: null };

let clock: ManualClock;
const access = () => ({ database: db, clock, ids });

beforeEach(() => {
  clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
});

const aUser = (clients: string[] | null = null) =>
  createUser(
    access(),
    { name: "dana", displayName: "Dana", password: PASSWORD, roles: ["analyst"], clients },
    by,
  );

const audited = () =>
  db.query<{ actor: string; action: string; outcome: string; code: string | null }>(
    sql`select actor, action, outcome, code from audit order by id`,
  );

describe("passwords", () => {
  test("verify against their own hash only", async () => {
    const hash = await hashPassword(PASSWORD);

    expect(hash).toMatch(/^scrypt[$]65536[$]8[$]2[$]/);
    expect(await hashPassword(PASSWORD)).not.toBe(hash);
    expect(await verifyPassword(PASSWORD, hash)).toBe(true);
    expect(await verifyPassword(`${PASSWORD} `, hash)).toBe(false);
    expect(await verifyPassword(PASSWORD, null)).toBe(false);
  });

  test.each(["short", "x".repeat(257)])("of the wrong length are refused", async (password) => {
    await expect(hashPassword(password)).rejects.toMatchObject({ code: "input-invalid" });
  });
});

describe("signing in", () => {
  test("opens a session that ends when signed out", async () => {
    await aUser();
    const { bySession } = authenticator(access());

    const token = await signIn(access(), { name: "Dana", password: PASSWORD, requestId: "r1" });

    expect(await bySession(token)).toMatchObject({ actor: "dana", roles: ["analyst"] });
    await signOut(access(), { token, actor: "dana", requestId: "r2" });
    expect(await bySession(token)).toBeUndefined();
    expect((await audited()).map((row) => row.action)).toEqual(["createUser", "signIn", "signOut"]);
  });

  test("lasts for its hours and no longer", async () => {
    await aUser();
    const { bySession } = authenticator(access());
    const token = await signIn(access(), { name: "dana", password: PASSWORD, requestId: "r1" });

    clock.advance({ hours: SESSION_HOURS, seconds: 1 });

    expect(await bySession(token)).toBeUndefined();
    expect(await deleteExpiredSessions(db, clock.now().toString())).toBe(1);
  });

  test("keeps nothing in the database that signs anybody in", async () => {
    await aUser();
    const token = await signIn(access(), { name: "dana", password: PASSWORD, requestId: "r1" });

    const { text } = await db.one<{ text: string }>(sql`
      select (select jsonb_agg(s)::text from session s)
        || (select jsonb_agg(u)::text from app_user u)
        as text
    `);

    expect(text).not.toContain(token);
    expect(text).not.toContain(PASSWORD);
  });

  test("is refused alike for a wrong name and a wrong password, and recorded", async () => {
    await aUser();
    const wrongName = signIn(access(), { name: "nobody", password: PASSWORD, requestId: "r1" });
    await expect(wrongName).rejects.toMatchObject({ code: "unauthenticated" });

    const wrongWord = signIn(access(), { name: "dana", password: "wrong", requestId: "r2" });

    await expect(wrongWord).rejects.toThrow("name or password is wrong");
    expect((await audited()).slice(1)).toEqual([
      { actor: "unknown", action: "signIn", outcome: "refused", code: "unauthenticated" },
      { actor: "dana", action: "signIn", outcome: "refused", code: "unauthenticated" },
    ]);
  });

  test("waits after five wrong passwords, also for the right one, and then works", async () => {
    await aUser();
    const attempt = (password: string) =>
      signIn(access(), { name: "dana", password, requestId: "r" });
    for (let count = 0; count < 5; count += 1)
      await expect(attempt("wrong")).rejects.toThrow(/wrong/);

    await expect(attempt(PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });

    clock.advance({ minutes: 16 });
    expect(await attempt(PASSWORD)).toHaveLength(43);
  });

  test("does not work for an inactive user, nor does the session they had", async () => {
    await aUser();
    const token = await signIn(access(), { name: "dana", password: PASSWORD, requestId: "r" });

    await db.execute(sql`update app_user set is_active = false`);

    expect(await authenticator(access()).bySession(token)).toBeUndefined();
    await expect(
      signIn(access(), { name: "dana", password: PASSWORD, requestId: "r" }),
    ).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("an API key", () => {
  const request = { name: "core", roles: ["operator" as const], clients: null, expiresAt: null };

  test("signs its program in until it is revoked, at most seconds longer", async () => {
    const { byApiKey } = authenticator(access());
    const { id, key, prefix } = await createApiKey(access(), request, by);
    expect(await byApiKey(key)).toMatchObject({ actor: "key:core", roles: ["operator"] });

    await revokeApiKey(access(), id, by);
    clock.advance({ seconds: 6 });

    expect(key.startsWith(prefix)).toBe(true);
    expect(await byApiKey(key)).toBeUndefined();
    await expect(revokeApiKey(access(), id, by)).rejects.toMatchObject({ code: "not-found" });
  });

  test("expires", async () => {
    const expiresAt = clock.now().add({ hours: 1 }).toString();
    const { key } = await createApiKey(access(), { ...request, expiresAt }, by);

    clock.advance({ hours: 2 });

    expect(await authenticator(access()).byApiKey(key)).toBeUndefined();
  });

  test.each(["", "rk_", `rk_${"A".repeat(43)}`, "Bearer x"])("%j is nobody", async (key) => {
    expect(await authenticator(access()).byApiKey(key)).toBeUndefined();
  });

  test("has a name of its own", async () => {
    await createApiKey(access(), request, by);

    await expect(createApiKey(access(), request, by)).rejects.toMatchObject({
      code: "already-exists",
    });
  });
});

describe("rights", () => {
  test("are refused with the roles that have them", () => {
    expect(() => demand(["viewer"], "batch:generate")).toThrow(/operator/);
    expect(() => demand(["viewer", "operator"], "batch:generate")).not.toThrow();
  });

  test("belong to at least one role each, and every role reads cases", () => {
    for (const permission of Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[]) {
      expect(ROLES.some((role) => ROLE_PERMISSIONS[role].has(permission))).toBe(true);
    }
    for (const role of ROLES) expect(ROLE_PERMISSIONS[role].has("case:read")).toBe(true);
  });

  test("reach the caller's clients, or all there are", async () => {
    await aDispute(db, "harbor");
    await aDispute(db, "summit");
    const caller = { kind: "user", id: "1", actor: "a", displayName: "A", roles: [] } as const;

    expect(await clientsOf(db, { ...caller, clients: null })).toEqual(["harbor", "summit"]);
    expect(await clientsOf(db, { ...caller, clients: ["summit"] })).toEqual(["summit"]);
  });
});

test("the audit cannot be changed or emptied", async () => {
  await aUser();

  await expect(db.execute(sql`update audit set actor = 'x'`)).rejects.toThrow(/permission denied/);
  await expect(db.owner.execute(sql`delete from audit`)).rejects.toThrow(/append-only/);
});

test("a name is never given twice", async () => {
  await aUser();

  await expect(aUser()).rejects.toMatchObject({ code: "already-exists" });
});
