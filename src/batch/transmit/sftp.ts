/**
 * Delivers a file by SFTP: temporary name, write, sync, read back, then the final name in one
 * request, then the marker. A rename whose answer is lost is settled by looking: while the
 * temporary file is there it did not happen.
 *
 * The server's refusal is proof, a lost connection is none. What a destination lets us prove is
 * declared in its settings; what was proven stands in the record.
 */
import type { Secrets } from "../../connections/secrets.ts";
import type { SftpDelivery } from "../delivery-shapes.ts";

import type { Consignment, DeliveryOutcome, Destination, Journal } from "./destination.ts";
import { couldNotTell, lastOf, mayBeThere, notPlaced } from "./destination.ts";
import { hashOf, offers, remove, statusOf, writeNew } from "./sftp-files.ts";
import { writeMarker } from "./sftp-marker.ts";
import { probeSftp } from "./sftp-probe.ts";
import type { SftpSession } from "./sftp-session.ts";
import { Lost, NotReached, openSftp, Refused } from "./sftp-session.ts";

export function sftpDestination(settings: SftpDelivery, secrets: Secrets): Destination {
  return {
    place: (consignment, journal) => placeBySftp(settings, secrets, consignment, journal),
    probe: (name) => probeSftp(settings, secrets, name),
  };
}

interface Way {
  readonly settings: SftpDelivery;
  readonly secrets: Secrets;
  readonly consignment: Consignment;
  readonly journal: Journal;
  session: SftpSession;
  /** A final name may have been given: from here on absence needs proof. */
  mayBeNamed: boolean;
}

async function placeBySftp(
  settings: SftpDelivery,
  secrets: Secrets,
  consignment: Consignment,
  journal: Journal,
): Promise<DeliveryOutcome> {
  const mayBeNamed = mayBeThere(journal.earlier);
  let way: Way | null = null;
  try {
    const session = await openSftp(settings, secrets);
    way = { settings, secrets, consignment, journal, session, mayBeNamed };
    await journal.record("connected", { hostKey: session.hostKey });
    return await place(way);
  } catch (error) {
    if (!isOfTheServer(error)) throw error;
    return (way?.mayBeNamed ?? mayBeNamed) ? couldNotTell(error.message) : notPlaced(error.message);
  } finally {
    way?.session.close();
  }
}

function isOfTheServer(error: unknown): error is Error {
  return error instanceof Refused || error instanceof Lost || error instanceof NotReached;
}

async function place(way: Way): Promise<DeliveryOutcome> {
  const { consignment, journal, settings } = way;
  const isNamed = lastOf(journal.earlier.filter(isOfNaming), "named") !== undefined;
  if (settings.verify === "none") {
    if (isNamed) return finish(way, "the server had answered that it is named");
    if (way.mayBeNamed) return couldNotTell("nothing can be looked at there: ask the receiver");
    return nameFinally(way, await writeTemporary(way));
  }
  const seen = await look(way, finalPath(way));
  if (seen === "ours") return finish(way, "found at the destination, whole");
  if (seen === "other") {
    return way.mayBeNamed
      ? couldNotTell(`another file is called ${consignment.fileName}: ours may be collected`)
      : notPlaced(`another file is called ${consignment.fileName}`);
  }
  if (isNamed) {
    return settings.doneMarker === undefined || lastOf(journal.earlier, "marked") !== undefined
      ? { kind: "placed", evidence: "the server had answered that it is named; collected since" }
      : couldNotTell("it was named, and is gone before its marker was written");
  }
  const left = await temporaryLeft(way);
  if (left !== null) return typeof left === "string" ? nameFinally(way, left) : left;
  return nameFinally(way, await writeTemporary(way));
}

function isOfNaming({ step }: { readonly step: string }): boolean {
  return step === "naming" || step === "named" || step === "notNamed";
}

type Seen = "absent" | "ours" | "other";

/** By hash, or by size where the file may be read by nobody: then only if we may have named it. */
async function look(way: Way, path: string): Promise<Seen> {
  const { consignment, settings, session } = way;
  const status = await statusOf(session, path);
  if (status === null) return "absent";
  if (!status.isFile() || status.size !== consignment.sizeBytes) return "other";
  if (settings.verify === "size") return isKnown(way, path) ? "ours" : "other";
  const hash = await hashOf(session, path, consignment.sizeBytes);
  return hash.equals(consignment.sha256) ? "ours" : "other";
}

function isKnown(way: Way, path: string): boolean {
  return path !== finalPath(way) || way.mayBeNamed || mayBeThere(way.journal.before);
}

/** The whole temporary file of an earlier try, while the final name is absent; null: begin anew. */
async function temporaryLeft(way: Way): Promise<string | DeliveryOutcome | null> {
  const written = lastOf(way.journal.earlier, "temporaryWritten");
  if (written === undefined) return null;
  const temporary = String(written.detail["temporary"]);
  const seen = await look(way, temporary);
  if (seen === "ours") return temporary;
  if (!way.mayBeNamed) return null;
  return seen === "absent"
    ? couldNotTell("neither the temporary nor the final name is there: it may be collected")
    : couldNotTell("the temporary file was changed by somebody");
}

async function writeTemporary(way: Way): Promise<string> {
  const { consignment, journal, session, settings } = way;
  await removeLeftovers(way);
  const temporary = temporaryPath(way);
  await journal.record("writing", { temporary });
  try {
    const { isSynced } = await writeNew(session, temporary, consignment.content(), () =>
      journal.pass("chunk"),
    );
    if (settings.verify !== "none" && (await look(way, temporary)) !== "ours") {
      throw new Refused("read back", 4, "the temporary file is not what was written");
    }
    const detail = { temporary, isSynced, verified: settings.verify };
    await journal.record("temporaryWritten", detail);
    return temporary;
  } catch (error) {
    if (error instanceof Refused) await remove(session, temporary).catch(() => undefined);
    throw error;
  }
}

/** Temporary files of tries that were cut off: nobody else goes by their names. */
async function removeLeftovers({ journal, session, settings }: Way): Promise<void> {
  if (settings.verify === "none") return;
  for (const { step, detail } of [...journal.before, ...journal.earlier]) {
    if (step !== "writing") continue;
    await remove(session, String(detail["temporary"])).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  }
}

const MOST_CONNECTIONS = 3;

async function nameFinally(way: Way, temporary: string): Promise<DeliveryOutcome> {
  let isPosix = way.settings.rename === "posix";
  for (let connections = 1; ;) {
    await way.journal.record("naming", { temporary, isPosix });
    way.mayBeNamed = true;
    let reason;
    let isRenamed = false;
    try {
      await rename(way, temporary, isPosix);
      isRenamed = true;
    } catch (error) {
      if (error instanceof Refused) {
        ({ message: reason } = error);
      } else {
        if (!(error instanceof Lost) || connections === MOST_CONNECTIONS) throw error;
        connections += 1;
        await connectAgain(way);
      }
    }
    if (isRenamed) {
      await way.journal.record("named");
      return finish(way, "written, read back and renamed");
    }
    const settled = await settleByLooking(way, temporary, reason);
    if (settled !== null) return settled;
    // Refused though the name is free: a server whose plain rename does not work.
    if (reason !== undefined) {
      if (isPosix || !(await isPosixOffered(way))) return notNamed(way, reason);
      isPosix = true;
    }
  }
}

async function rename({ session, ...way }: Way, temporary: string, isPosix: boolean) {
  const target = finalPath(way);
  await session.ask("rename", (sftp, answer) =>
    isPosix
      ? sftp.ext_openssh_rename(temporary, target, answer)
      : sftp.rename(temporary, target, answer),
  );
}

async function connectAgain(way: Way): Promise<void> {
  way.session.close();
  way.session = await openSftp(way.settings, way.secrets);
  await way.journal.record("connected", { hostKey: way.session.hostKey });
}

/** Null: the name is free and the temporary file whole, so the rename did not happen. */
async function settleByLooking(
  way: Way,
  temporary: string,
  refusal: string | undefined,
): Promise<DeliveryOutcome | null> {
  const { fileName } = way.consignment;
  if (way.settings.verify === "none") {
    // The refusal of the only rename there was is proof; a lost answer is none.
    return refusal === undefined
      ? couldNotTell("the answer to the rename was lost, and nothing can be looked at there")
      : notNamed(way, refusal);
  }
  const seen = await look(way, finalPath(way));
  const left = await look(way, temporary);
  if (seen === "ours" && left === "absent") {
    await way.journal.record("named");
    return finish(way, "found at the destination, whole, and its temporary name gone");
  }
  if (left !== "ours") {
    return couldNotTell(`${fileName} is ${seen}, and the temporary file ${left}`);
  }
  if (seen === "absent") return null;
  if (seen === "other") return notNamed(way, `another file is called ${fileName}`);
  // Both: a server that links first and takes the old name away after.
  await remove(way.session, temporary).catch(() => undefined);
  await way.journal.record("named");
  return finish(way, "found at the destination, whole");
}

async function notNamed(way: Way, reason: string): Promise<DeliveryOutcome> {
  await way.journal.record("notNamed", { reason });
  way.mayBeNamed = false;
  return notPlaced(reason);
}

async function isPosixOffered({ session }: Way): Promise<boolean> {
  return session.ask<boolean>("rename", (sftp, answer) =>
    answer(null, offers(sftp, "posix-rename@openssh.com")),
  );
}

async function finish(way: Way, evidence: string): Promise<DeliveryOutcome> {
  const { settings, session, consignment, journal } = way;
  if (settings.doneMarker === undefined) return { kind: "placed", evidence };
  const path = `${finalPath(way)}${settings.doneMarker.suffix}`;
  if (lastOf(journal.earlier, "marked") === undefined) {
    way.mayBeNamed = true;
    await journal.record("marking", { marker: path });
    const problem = await writeMarker(session, settings, path, consignment);
    if (problem !== null) return couldNotTell(`the file is there, its marker not: ${problem}`);
    await journal.record("marked");
  }
  return { kind: "placed", evidence: `${evidence}; marked` };
}

function finalPath({ settings, consignment }: Pick<Way, "settings" | "consignment">): string {
  return joined(settings.directory, consignment.fileName);
}

/** Temporary files begin with a dot: pick-up by pattern does not see them. */
function temporaryPath({ settings, consignment }: Way): string {
  const { fileName, fileId, tryName } = consignment;
  const directory = settings.temporaryDirectory ?? settings.directory;
  return joined(directory, `.${fileName}.${fileId}.${tryName}.part`);
}

function joined(directory: string, name: string): string {
  return directory.endsWith("/") ? `${directory}${name}` : `${directory}/${name}`;
}
