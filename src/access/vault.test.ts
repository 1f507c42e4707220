/** The vault: what goes in comes out for those who may, and never shows up anywhere else. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { aDispute, ids } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { systemClock } from "../kernel/clock.ts";
import { maskOf, newDataKey, seal, unseal, unwrapKeys, wrapKey } from "./seal.ts";
import type { VaultKeys } from "./vault-key.ts";
import { readVaultKeys } from "./vault-key.ts";
import { accountVault } from "./vault.ts";

const db = useDatabase();
const by = { clock: systemClock, ids };

let directory: string;
let keys: VaultKeys;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-vault-"));
  keys = await readVaultKeys(join(directory, "vault.key"), true);
});
afterEach(() => rm(directory, { recursive: true }));

describe("the key file", () => {
  test("is made once, for its owner only, and read again afterwards", async () => {
    const path = join(directory, "vault.key");

    const again = await readVaultKeys(path, true);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(again.search).toEqual(keys.search);
    expect(again.derive("cursors")).toEqual(keys.derive("cursors"));
    expect(again.derive("cursors")).not.toEqual(keys.derive("others"));
  });

  test.each([
    ["a short key", "search AAAA\nwrap 1 AAAA\n"],
    ["a stray word", `search ${"A".repeat(43)}=\nwrop 1 ${"A".repeat(43)}=\n`],
    ["no wrapping key", `search ${"A".repeat(43)}=\n`],
    ["nothing", ""],
  ])("with %s is refused without quoting it", async (_, text) => {
    const path = join(directory, "bad.key");
    await writeFile(path, text);

    const reading = readVaultKeys(path, true);

    await expect(reading).rejects.toMatchObject({ code: "configuration-invalid" });
    await expect(reading).rejects.not.toThrow(/AAAA/);
  });

  test("is not invented where it has to exist", async () => {
    await expect(readVaultKeys(join(directory, "none"), false)).rejects.toMatchObject({
      code: "configuration-invalid",
    });
  });
});

describe("the mask", () => {
  test.each([
    ["card", "4111 1111 1111 1234", "411111••••1234"],
    ["card", "6011-0009-9013-9424", "601100••••9424"],
    ["account", "4111111111111234", "••••1234"],
    ["account", "12345678", "••••5678"],
    ["account", "123456", "••••56"],
    ["account", "1234", "••••"],
  ] as const)("of %s %s is %s", (kind, number, masked) => {
    expect(maskOf(kind, number)).toBe(masked);
  });
});

test("a sealed number opens only where it belongs", () => {
  const key = newDataKey();
  const place = { clientId: "harbor", claimId: ids.next(), id: ids.next() };

  const sealed = seal(key, place, "4111111111111234");

  expect(unseal(key, place, sealed)).toBe("4111111111111234");
  expect(() => unseal(key, { ...place, id: ids.next() }, sealed)).toThrow(/unable to authenticate/);
  expect(() => unseal(key, { ...place, clientId: "other" }, sealed)).toThrow(
    /unable to authenticate/,
  );
  expect(() => unseal(newDataKey(), place, sealed)).toThrow(/unable to authenticate/);
  sealed[20] = (sealed[20] ?? 0) ^ 1;
  expect(() => unseal(key, place, sealed)).toThrow(/unable to authenticate/);
});

describe("stored numbers", () => {
  test("come out whole for machines, masked for people, and lie encrypted in between", async () => {
    const { clientId, claimId } = await aDispute(db);
    const vault = accountVault(keys, by);

    const [card = "", account = ""] = await db.transaction((tx) =>
      vault.store(tx, [
        { clientId, claimId, kind: "card", number: "4111 1111 1111 1234" },
        { clientId, claimId, kind: "account", number: "00123456789" },
      ]),
    );

    const refs = [card, account].map((accountId) => ({ clientId, accountId }));
    expect([...(await vault.numbers(db, refs)).values()].sort()).toEqual([
      "00123456789",
      "4111111111111234",
    ]);
    expect((await vault.masked(db, refs)).get(card)).toBe("411111••••1234");
    const rows = await db.query<{ text: string }>(
      sql`select encode(sealed, 'escape') || masked as text from account_number`,
    );
    expect(rows).toHaveLength(2);
    for (const { text } of rows) expect(text).not.toMatch(/1111111|0012345/);
  });

  test("of one claim keep one id for one number, in one set and in later ones", async () => {
    const { clientId, claimId } = await aDispute(db);
    const vault = accountVault(keys, by);
    const row = { clientId, claimId, kind: "card" as const, number: "4111111111111234" };

    const first = await db.transaction((tx) => vault.store(tx, [row, row]));
    const later = await db.transaction((tx) =>
      vault.store(tx, [{ ...row, number: "5500000000000004" }, row]),
    );

    expect(first[1]).toBe(first[0]);
    expect(later[1]).toBe(first[0]);
    expect(later[0]).not.toBe(first[0]);
    const numbers = await vault.numbers(db, [{ clientId, accountId: later[0] as string }]);
    expect(numbers.get(later[0] as string)).toBe("5500000000000004");
  });

  test("are found by their number at the clients asked for, and nowhere else", async () => {
    const harbor = await aDispute(db, "harbor");
    const summit = await aDispute(db, "summit");
    const vault = accountVault(keys, by);
    const number = "4111111111111234";
    await db.transaction((tx) =>
      vault.store(
        tx,
        [harbor, summit].map(({ clientId, claimId }) => ({
          clientId,
          claimId,
          kind: "card" as const,
          number,
        })),
      ),
    );

    const found = await vault.search(db, ["harbor"], "4111-1111-1111-1234");

    expect(found.map((one) => one.claimId)).toEqual([harbor.claimId]);
    expect(await vault.search(db, ["harbor", "summit"], "4111111111111235")).toEqual([]);
  });

  test("stay readable when the wrapping key changes, and the old key can then go", async () => {
    const { clientId, claimId } = await aDispute(db);
    const number = "4111111111111234";
    const [accountId = ""] = await db.transaction((tx) =>
      accountVault(keys, by).store(tx, [{ clientId, claimId, kind: "card", number }]),
    );
    const path = join(directory, "vault.key");
    const text = await readFile(path, "utf8");
    const second = `wrap 2 ${newDataKey().toString("base64")}\n`;
    await writeFile(path, text + second);
    const both = accountVault(await readVaultKeys(path, false), by);

    const wrapped = await db.transaction((tx) => both.rewrap(tx, 100));

    await writeFile(path, text.replace(/wrap 1 .*\n/, second));
    const after = accountVault(await readVaultKeys(path, false), by);
    expect(wrapped).toBe(1);
    expect((await after.numbers(db, [{ clientId, accountId }])).get(accountId)).toBe(number);
    expect(await db.transaction((tx) => both.rewrap(tx, 100))).toBe(0);
  });

  test("are gone when the claim's key is destroyed", async () => {
    const { clientId, claimId } = await aDispute(db);
    const vault = accountVault(keys, by);
    const [accountId = ""] = await db.transaction((tx) =>
      vault.store(tx, [{ clientId, claimId, kind: "card", number: "4111111111111234" }]),
    );

    await db.transaction((tx) => vault.purge(tx, [{ clientId, claimId }]));

    expect(await vault.numbers(db, [{ clientId, accountId }])).toEqual(new Map());
    expect((await vault.masked(db, [{ clientId, accountId }])).get(accountId)).toBeDefined();
  });

  test("that cannot be numbers are refused without being repeated", async () => {
    const { clientId, claimId } = await aDispute(db);
    const vault = accountVault(keys, by);

    const storing = db.transaction((tx) =>
      vault.store(tx, [{ clientId, claimId, kind: "account", number: "12;drop" }]),
    );

    await expect(storing).rejects.toMatchObject({ code: "input-invalid" });
    await expect(storing).rejects.not.toThrow(/drop/);
  });
});

describe("keys unwrapped at once", () => {
  const wrapping = Buffer.alloc(32, 7);

  test("are those that the library wrapped, each in its place", () => {
    const plain = Array.from({ length: 40 }, newDataKey);

    const opened = unwrapKeys(
      wrapping,
      plain.map((key) => wrapKey(wrapping, key)),
    );

    expect(opened).toEqual(plain);
    expect(unwrapKeys(wrapping, [])).toEqual([]);
  });

  test("are refused where one byte of one was altered, or another key wrapped it", () => {
    const wrapped = [newDataKey(), newDataKey()].map((key) => wrapKey(wrapping, key));

    for (let at = 0; at < 40; at += 1) {
      const altered = Buffer.from(wrapped[1] as Buffer);
      altered[at] = (altered[at] as number) ^ 1;
      expect(() => unwrapKeys(wrapping, [wrapped[0] as Buffer, altered])).toThrow(/altered/);
    }
    expect(() => unwrapKeys(Buffer.alloc(32, 8), wrapped)).toThrow(/altered/);
  });
});
