/** Tests the way to an SFTP server: key, sign-in, directory, and an empty file taken away again. */
import type { Secrets } from "../../connections/secrets.ts";
import { skipped, step } from "../../connections/reach.ts";
import type { Found } from "../../connections/reach.ts";
import { Failure } from "../../kernel/failure.ts";
import type { SftpDelivery } from "../delivery-shapes.ts";

import type { ProbeStep } from "./destination.ts";
import { remove, statusOf, writeNew } from "./sftp-files.ts";
import type { ReachStage, SftpSession } from "./sftp-session.ts";
import { Lost, NotReached, openSftp, Refused } from "./sftp-session.ts";

const STAGES: readonly ReachStage[] = ["connection", "hostKey", "signIn"];

export async function probeSftp(
  settings: SftpDelivery,
  secrets: Secrets,
  name: string,
): Promise<ProbeStep[]> {
  const started = performance.now();
  let session: SftpSession;
  try {
    session = await openSftp(settings, secrets);
  } catch (error) {
    const milliseconds = Math.round(performance.now() - started);
    return [...reachedUntil(settings, error, milliseconds), ...notTried("directory", "writing")];
  }
  try {
    const milliseconds = Math.round(performance.now() - started);
    const reached = STAGES.map((stage): ProbeStep => {
      const detail = FOUND[stage](settings, session.hostKey);
      return { name: stage, outcome: "ok", detail, advice: null, milliseconds };
    });
    if (settings.verify === "none") {
      const words = "a drop box that lets nobody look; a test leaves nothing in it";
      return [...reached, skipped("directory", words), skipped("writing", words)];
    }
    const directory = await inDirectory(session, settings);
    const writing =
      directory.outcome === "ok"
        ? await inWriting(session, settings, name)
        : skipped("writing" as const, "not tried");
    return [...reached, directory, writing];
  } finally {
    session.close();
  }
}

const FOUND: Readonly<Record<ReachStage, (settings: SftpDelivery, hostKey: string) => string>> = {
  connection: ({ host, port }) => `connected to ${host}, port ${port}`,
  hostKey: (_, hostKey) => `its key is pinned: ${hostKey}`,
  signIn: ({ user }) => `${user} is let in, and SFTP is open`,
};

const ADVICE: Readonly<Record<ReachStage, string>> = {
  connection: "Compare host and port; does a firewall let us through?",
  hostKey: "Ask the other side whether they changed their key; if so, add it to hostKeys.",
  signIn: "Does the other side know our public key, or is the password still good?",
};

function reachedUntil(settings: SftpDelivery, error: unknown, milliseconds: number): ProbeStep[] {
  if (error instanceof Failure) {
    // Nothing was tried: what it takes to sign in is not there.
    const advice = "Set it where the server and its workers run.";
    const detail = error.message;
    return [
      skipped("connection", "not tried"),
      skipped("hostKey", "not tried"),
      { name: "signIn", outcome: "failed", detail, advice, milliseconds },
    ];
  }
  if (!(error instanceof NotReached)) throw error;
  return STAGES.map((stage): ProbeStep => {
    const order = STAGES.indexOf(stage) - STAGES.indexOf(error.stage);
    if (order > 0) return skipped(stage, "not tried");
    if (order < 0) {
      const detail = stage === "hostKey" ? "its key is pinned" : FOUND[stage](settings, "");
      return { name: stage, outcome: "ok", detail, advice: null, milliseconds };
    }
    const advice = ADVICE[stage];
    return { name: stage, outcome: "failed", detail: error.message, advice, milliseconds };
  });
}

function notTried(...names: ("directory" | "writing")[]): ProbeStep[] {
  return names.map((name) => skipped(name, "not tried"));
}

function inDirectory(session: SftpSession, { directory }: SftpDelivery): Promise<ProbeStep> {
  return step(
    "directory",
    () =>
      inWords(async () => {
        const status = await statusOf(session, directory);
        return status?.isDirectory() === true
          ? { detail: `${directory} is there` }
          : { outcome: "failed", detail: `${directory} is no directory there` };
      }),
    () => "Compare the directory in the settings.",
  );
}

function inWriting(
  session: SftpSession,
  { directory, temporaryDirectory = directory }: SftpDelivery,
  name: string,
): Promise<ProbeStep> {
  const from = `${temporaryDirectory}/.${name}.part`;
  const to = `${directory}/.${name}`;
  return step(
    "writing",
    () =>
      inWords(async () => {
        const { isSynced } = await writeNew(session, from, nothing());
        await session.ask("rename", (sftp, answer) => sftp.rename(from, to, answer));
        await remove(session, to);
        const synced = isSynced ? "synced" : "not synced: the server does not offer it";
        return { detail: `an empty file was written, ${synced}, renamed and taken away` };
      }),
    () => "May this user write there, and is there room?",
  );
}

async function inWords(work: () => Promise<Found>): Promise<Found> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Lost)) throw error;
    const advice = "Ask the other side what this user may do there.";
    return { outcome: "failed", detail: error.message, advice };
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}
