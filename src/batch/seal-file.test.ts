import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { decrypt, generateKey, readKey, readMessage, readPrivateKey } from "openpgp";
import { beforeAll, expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits } from "../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../test/support/batch-desk.ts";
import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { dateOf } from "../kernel/clock.ts";
import { failpointsFrom } from "../kernel/failpoints.ts";
import { generateNow } from "./generate.ts";
import { resend } from "./resend.ts";
import { readBytes } from "./writing/stored-bytes.ts";
import { transmitNext } from "./transmit.ts";
import { listFiles, transmissionSteps } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

interface Pair {
  readonly privateKey: string;
  readonly publicKey: string;
}
let receiver: Pair;
let us: Pair;

beforeAll(async () => {
  const date = dateOf(engine.clock.now().subtract({ hours: 24 }));
  const make = (name: string, passphrase?: string): Promise<Pair> =>
    generateKey({
      userIDs: [{ name, email: `${name}@bank.example` }],
      date,
      format: "armored",
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  receiver = await make("receiver");
  us = await make("us", "open sesame");
});

/** A client whose files are sealed; with the references' files in a directory beside. */
async function aSealedFile(more: Record<string, unknown> = {}) {
  const directory = await aDirectory();
  const secrets = await aDirectory();
  const at = (name: string): string => join(secrets, name);
  await writeFile(at("receiver"), receiver.publicKey);
  await writeFile(at("ours"), us.privateKey);
  await writeFile(at("words"), "open sesame");
  const openpgp = {
    recipients: [`file:${at("receiver")}`],
    signWith: { key: `file:${at("ours")}`, passphrase: `file:${at("words")}` },
    ...more,
  };
  const client = await aBatchClient(engine, directory, { openpgp });
  await pendingCredits(engine, client, ["100.00", "25.00"]);
  await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  const file = async () => {
    const [first] = await listFiles(db, { clients: [client], limit: 1 });
    if (first === undefined) throw new Error("no file");
    return first;
  };
  return { client, directory, secrets, file };
}

async function opened(sealed: Buffer): Promise<Buffer> {
  const { data, signatures } = await decrypt({
    message: await readMessage({ binaryMessage: new Uint8Array(sealed) }),
    decryptionKeys: await readPrivateKey({ armoredKey: receiver.privateKey }),
    verificationKeys: await readKey({ armoredKey: us.publicKey }),
    expectSigned: true,
    format: "binary",
    date: dateOf(engine.clock.now()),
  });
  await signatures[0]?.verified;
  return Buffer.from(data as Uint8Array);
}

test("what arrives is sealed for the receiver and signed by us; both hashes are kept", async () => {
  const { client, directory, file } = await aSealedFile();

  expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "placed" });

  const { id, fileName, sha256, clientId } = await file();
  expect(await readdir(directory)).toEqual([`${fileName}.pgp`]);
  const sealed = await readFile(join(directory, `${fileName}.pgp`));
  const clear: Buffer[] = [];
  for await (const chunk of readBytes(db, { clientId, fileId: id }, desk.keys, null)) {
    clear.push(chunk);
  }
  expect(await opened(sealed)).toEqual(Buffer.concat(clear));
  const steps = await transmissionSteps(db, client, id);
  expect(steps.find((one) => one.step === "sealed")?.detail).toMatchObject({
    clearSha256: sha256.toString("hex"),
    sealedSha256: createHash("sha256").update(sealed).digest("hex"),
    recipients: [(await readKey({ armoredKey: receiver.publicKey })).getFingerprint()],
    signer: (await readKey({ armoredKey: us.publicKey })).getFingerprint(),
  });
});

const gpg = spawnSync("gpg", ["--version"]);
test.skipIf(gpg.status !== 0)("GnuPG opens it and finds our signature good", async () => {
  const { directory, file } = await aSealedFile();
  await transmitNext(desk, SENDING);
  const home = await aDirectory();
  const run = (given: string[], input?: string) =>
    spawnSync("gpg", ["--homedir", home, "--batch", "--yes", "--quiet", ...given], {
      input,
      encoding: "utf8",
    });
  run(["--import"], receiver.privateKey);
  run(["--import"], us.publicKey);

  const { fileName, sizeBytes } = await file();
  const path = join(directory, `${fileName}.pgp`);
  const { stdout, status, stderr } = run(["--status-fd", "2", "--decrypt", path]);

  spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
  expect(stderr).toContain("GOODSIG");
  expect(status).toBe(0);
  expect(Buffer.byteLength(stdout)).toBe(Number(sizeBytes));
});

test.each(["sealed", "sealed.recorded", "writing.recorded", "temporaryWritten", "named"])(
  "ended at %s and gone on, the same envelope arrives once",
  async (point) => {
    const { directory, file } = await aSealedFile();
    const dying = batchDesk(engine, failpointsFrom(`batch.transmit.${point}=fail`));
    await expect(transmitNext(dying, SENDING)).rejects.toThrow(point);

    engine.clock.advance({ seconds: 61 });
    expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "placed" });

    const { fileName } = await file();
    expect(await readdir(directory)).toEqual([`${fileName}.pgp`]);
    await opened(await readFile(join(directory, `${fileName}.pgp`)));
    expect(await db.one(sql`select count(*)::int as count from batch_envelope`)).toEqual({
      count: 1,
    });
  },
);

test("a resent file is the same envelope to the byte; for other keys it is another", async () => {
  const { client, directory, secrets, file } = await aSealedFile();
  await transmitNext(desk, SENDING);
  const { id, fileName } = await file();
  const path = join(directory, `${fileName}.pgp`);
  const first = await readFile(path);
  const again = async (): Promise<Buffer> => {
    await rm(path);
    await resend(desk, { clientId: client, fileId: id, reason: "not received", actor: "ann" });
    await transmitNext(desk, SENDING);
    return readFile(path);
  };

  expect(await again()).toEqual(first);
  await writeFile(join(secrets, "receiver"), us.publicKey);
  expect(await again()).not.toEqual(first);
});

test("a key that is missing or none stops the file, and says which", async () => {
  const { secrets, file } = await aSealedFile();
  await writeFile(join(secrets, "receiver"), "no key at all");

  expect(await transmitNext(desk, SENDING)).toMatchObject({ outcome: "notPlaced" });

  expect((await file()).problem).toContain(`the OpenPGP key at file:${secrets}/receiver`);
});
