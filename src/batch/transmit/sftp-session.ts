/**
 * A session with an SFTP server whose key is pinned. Every operation ends in one of three ways:
 * done, refused by the server's own answer, or lost, and only then is anything left open.
 */
import { createHash } from "node:crypto";

import ssh2 from "ssh2";
import type { AnyAuthMethod, ParsedKey, ServerHostKeyAlgorithm, SFTPWrapper } from "ssh2";

import type { Secrets } from "../../connections/secrets.ts";
import { Failure } from "../../kernel/failure.ts";
import type { SftpReach } from "../delivery-shapes.ts";

/** The server answered that it did not do it (draft-ietf-secsh-filexfer-02 §7). */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  constructor(operation: string, status: number, words: string) {
    super(
      `${operation}: ${STATUS[status] ?? `status ${status}`}${words === "" ? "" : ` (${words})`}`,
    );
    this.status = status;
  }
}

/** No answer came: whether it was done is not known. */
export class Lost extends Error {
  override readonly name = "Lost";
}

export type ReachStage = "connection" | "hostKey" | "signIn";

/** Nothing was asked of the server yet. */
export class NotReached extends Error {
  override readonly name = "NotReached";
  readonly stage: ReachStage;
  constructor(stage: ReachStage, words: string) {
    super(words);
    this.stage = stage;
  }
}

export const NO_SUCH_FILE = 2;
const STATUS: Readonly<Record<number, string>> = {
  1: "end of file",
  2: "no such file",
  3: "permission denied",
  4: "the server refuses",
  5: "bad message",
  8: "the server cannot do that",
};
/** Codes that a server never sends: the library's words for a connection that is gone. */
const GONE: ReadonlySet<number> = new Set([6, 7]);

export type Answer<Value> = (error?: Error | null, value?: Value) => void;

export interface SftpSession {
  /** SHA256:… of the key that the server showed. */
  readonly hostKey: string;
  /** Throws `Refused` or `Lost`. */
  ask<Value = void>(
    operation: string,
    start: (sftp: SFTPWrapper, answer: Answer<Value>) => void,
  ): Promise<Value>;
  close(): void;
}

/** Throws `NotReached`, or `configuration-invalid` where a secret is missing or no key. */
export async function openSftp(settings: SftpReach, secrets: Secrets): Promise<SftpSession> {
  const methods = methodsOf(settings, secrets);
  const client = new ssh2.Client();
  const shown = { hostKey: "", isPinned: true };
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  const lose = (words: string): void => gone.reject(new Lost(words));
  try {
    await new Promise<void>((resolve, reject) => {
      client.once("ready", resolve);
      client.on("error", (error) => {
        reject(notReached(error, shown));
        lose("the connection was lost");
      });
      client.once("close", () => {
        reject(notReached(new Error("closed"), shown));
        lose("the connection was lost");
      });
      client.connect({
        host: settings.host,
        port: settings.port,
        username: settings.user,
        authHandler: methods,
        readyTimeout: settings.connectSeconds * 1000,
        keepaliveInterval: settings.answerSeconds * 500,
        keepaliveCountMax: 2,
        ...pinnedAlgorithms(settings.hostKeys),
        hostVerifier: (key: Buffer) => {
          shown.hostKey = fingerprintOf(key);
          shown.isPinned = settings.hostKeys.some((pin) => isPinnedBy(pin, key));
          return shown.isPinned;
        },
      });
      // A request is several small writes: held back, each would wait for an answer.
      client.setNoDelay(true);
    });
    const sftp = await withTime(
      settings,
      client,
      new Promise<SFTPWrapper>((resolve, reject) =>
        client.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error))),
      ),
    );
    sftp.on("error", () => lose("the server's answers cannot be read"));
    sftp.on("close", () => lose("the server ended the session"));
    return session(settings, client, sftp, gone.promise, shown.hostKey);
  } catch (error) {
    client.destroy();
    if (error instanceof NotReached) throw error;
    throw new NotReached("signIn", "the server opens no SFTP session for this user");
  }
}

function session(
  settings: SftpReach,
  client: ssh2.Client,
  sftp: SFTPWrapper,
  gone: Promise<never>,
  hostKey: string,
): SftpSession {
  return {
    hostKey,
    ask: async <Value>(
      operation: string,
      start: (sftp: SFTPWrapper, answer: Answer<Value>) => void,
    ) => {
      const work = new Promise<Value>((resolve, reject) => {
        try {
          start(sftp, (error, value) =>
            error === undefined || error === null
              ? resolve(value as Value)
              : reject(answered(operation, error)),
          );
        } catch (error) {
          reject(answered(operation, error));
        }
      });
      return withTime(settings, client, Promise.race([work, gone]));
    },
    close: () => client.end(),
  };
}

function answered(operation: string, error: unknown): Error {
  const { code, message = "" } = error as { code?: unknown; message?: string };
  if (typeof code === "number" && !GONE.has(code)) return new Refused(operation, code, message);
  if (/does not support this extended/i.test(message)) return new Refused(operation, 8, "");
  return new Lost(`${operation}: the connection was lost`);
}

/** No answer in time: the connection is given up, so that no answer can come any more. */
async function withTime<Value>(
  { answerSeconds }: SftpReach,
  client: ssh2.Client,
  work: Promise<Value>,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Lost("no answer in time"));
      client.destroy();
    }, answerSeconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function methodsOf(settings: SftpReach, secrets: Secrets): AnyAuthMethod[] {
  const { user: username, password, keys = [] } = settings;
  const methods: AnyAuthMethod[] = keys.map(({ key, passphrase }) => ({
    type: "publickey",
    username,
    key: parsedKey(key, secrets(key), passphrase === undefined ? undefined : secrets(passphrase)),
  }));
  if (password === undefined) return methods;
  return [...methods, { type: "password", username, password: secrets(password) }];
}

function parsedKey(reference: string, text: string, passphrase: string | undefined): ParsedKey {
  // A file of several keys gives a list, whatever the types say.
  const parsed: ParsedKey | Error | readonly ParsedKey[] = ssh2.utils.parseKey(text, passphrase);
  const [key]: readonly (ParsedKey | Error | undefined)[] = [parsed].flat();
  if (key === undefined || key instanceof Error || !key.isPrivateKey()) {
    const words = `what stands at ${reference} is no private key that can be opened`;
    throw new Failure("configuration-invalid", words, { setting: reference });
  }
  return key;
}

function notReached(error: Error, shown: { hostKey: string; isPinned: boolean }): NotReached {
  const { code, level } = error as { code?: unknown; level?: unknown };
  if (!shown.isPinned) {
    const words = `the server's key is not one of those pinned (it showed ${shown.hostKey})`;
    return new NotReached("hostKey", words);
  }
  if (level === "client-authentication") {
    return new NotReached("signIn", "the server does not let this user in");
  }
  const kind = typeof code === "string" ? code : typeof level === "string" ? level : "closed";
  return new NotReached("connection", `no connection was made (${kind})`);
}

export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

function isPinnedBy(pin: string, key: Buffer): boolean {
  if (pin.startsWith("SHA256:")) return pin.replace(/=$/, "") === fingerprintOf(key);
  return Buffer.from(pin.split(" ")[1] ?? "", "base64").equals(key);
}

/** Where whole keys are pinned, the server is asked to show one of their kinds. */
function pinnedAlgorithms(pins: readonly string[]) {
  if (pins.some((pin) => pin.startsWith("SHA256:"))) return {};
  const kinds = pins.map((pin) => pin.split(" ")[0] as ServerHostKeyAlgorithm);
  const asked = kinds.flatMap((kind): ServerHostKeyAlgorithm[] =>
    kind === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [kind],
  );
  return { algorithms: { serverHostKey: [...new Set(asked)] } };
}
