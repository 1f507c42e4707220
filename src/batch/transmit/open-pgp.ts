/** OpenPGP (RFC 9580): keys by reference, and a stream of clear bytes sealed and signed. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

import { createMessage, decryptKey, encrypt, readKey, readPrivateKey } from "openpgp";
import type { PrivateKey, PublicKey } from "openpgp";

import type { Secrets } from "../../connections/secrets.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dateOf } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import type { OpenPgp } from "../delivery-shapes.ts";

export interface PgpKeys {
  /** Fingerprints. */
  readonly recipients: readonly string[];
  readonly signer: string | null;
  /** Names the set of keys. */
  readonly sha256: Buffer;
  /** Seals for all recipients. Throws `configuration-invalid` where a key is of no use now. */
  seal(clear: AsyncIterable<Buffer>): Promise<AsyncIterable<Uint8Array>>;
}

/** Throws `configuration-invalid` where a reference leads to no key that can be used. */
export async function openPgpKeys(
  settings: OpenPgp,
  secrets: Secrets,
  clock: Clock,
): Promise<PgpKeys> {
  const encryptionKeys = await Promise.all(
    settings.recipients.map((reference) => recipientAt(reference, secrets, clock)),
  );
  const { signWith } = settings;
  const signingKey = signWith === undefined ? null : await signerAt(signWith, secrets);
  const recipients = encryptionKeys.map((key) => key.getFingerprint()).toSorted();
  const signer = signingKey?.getFingerprint() ?? null;
  const named = `${recipients.join(" ")}\n${signer ?? ""}`;
  return {
    recipients,
    signer,
    sha256: createHash("sha256").update(named).digest(),
    seal: async (clear) => {
      const binary = Readable.toWeb(Readable.from(clear)) as ReadableStream<Uint8Array>;
      const message = await createMessage({ binary: binary as never });
      const sealed: unknown = await usable("openpgp", () =>
        encrypt({
          message,
          encryptionKeys,
          ...(signingKey === null ? {} : { signingKeys: signingKey }),
          format: "binary",
          date: dateOf(clock.now()),
        }),
      );
      return Readable.fromWeb(sealed as ReadableStream<Uint8Array>);
    },
  };
}

async function recipientAt(reference: string, secrets: Secrets, clock: Clock): Promise<PublicKey> {
  const armoredKey = secrets(reference);
  return usable(reference, async () => {
    const key = await readKey({ armoredKey });
    await key.getEncryptionKey(undefined, dateOf(clock.now()));
    if (key.isPrivate()) throw new Error("it is a private key");
    return key;
  });
}

async function signerAt(
  { key, passphrase }: NonNullable<OpenPgp["signWith"]>,
  secrets: Secrets,
): Promise<PrivateKey> {
  const armoredKey = secrets(key);
  const words = passphrase === undefined ? null : secrets(passphrase);
  return usable(key, async () => {
    const privateKey = await readPrivateKey({ armoredKey });
    if (privateKey.isDecrypted()) return privateKey;
    if (words === null) throw new Error("it is locked, and there is no passphrase");
    return decryptKey({ privateKey, passphrase: words });
  });
}

/** The library's words name keys and their use, never what a key holds. */
async function usable<Value>(reference: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const words = error instanceof Error ? error.message : "it cannot be used";
    const detail = `the OpenPGP key at ${reference} cannot be used: ${words}`;
    throw new Failure("configuration-invalid", detail, { setting: reference });
  }
}
