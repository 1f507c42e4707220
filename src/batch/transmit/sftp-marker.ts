/** The marker that tells a receiver that a file is whole: its hash, its size and its name. */
import type { SftpDelivery } from "../delivery-shapes.ts";

import type { Consignment } from "./destination.ts";
import { hashOf, remove, statusOf, writeNew } from "./sftp-files.ts";
import type { SftpSession } from "./sftp-session.ts";
import { Refused } from "./sftp-session.ts";
import { createHash } from "node:crypto";

/** Answers what prevented it, or null. Throws `Lost`; tried again, it goes by what is there. */
export async function writeMarker(
  session: SftpSession,
  settings: SftpDelivery,
  path: string,
  { fileName, sizeBytes, sha256, tryName }: Consignment,
): Promise<string | null> {
  const text = Buffer.from(`${sha256.toString("hex")}  ${sizeBytes}  ${fileName}\n`);
  const content = (async function* () {
    yield text;
  })();
  try {
    if (settings.verify === "none") {
      await writeNew(session, path, content);
      return null;
    }
    const before = await statusOf(session, path);
    if (before !== null) {
      const isOurs = before.size === text.length && (await isSame(session, settings, path, text));
      return isOurs ? null : "another file has its name";
    }
    const temporary = `${path}.${tryName}.part`;
    await remove(session, temporary).catch(ignoreRefusal);
    await writeNew(session, temporary, content);
    await session.ask("rename", (sftp, answer) => sftp.rename(temporary, path, answer));
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.message;
  }
}

async function isSame(
  session: SftpSession,
  { verify }: SftpDelivery,
  path: string,
  text: Buffer,
): Promise<boolean> {
  if (verify === "size") return true;
  const hash = await hashOf(session, path, text.length);
  return hash.equals(createHash("sha256").update(text).digest());
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}
