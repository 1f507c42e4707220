/** Whether the destination answered for the file, and what is meanwhile taken for granted. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { FileState } from "../../../src/batch/file-machine.ts";
import type { BatchDetails, BatchProfile } from "../api/batch-types.ts";
import { profilesQuery } from "../api/queries.ts";
import { alarmsQuery } from "../api/return-queries.ts";
import { showInstant, withInstants } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { BatchAttestation } from "./batch-attestation.tsx";

export function BatchAcknowledgement({ file }: { readonly file: BatchDetails }) {
  const profiles = useQuery(profilesQuery(file.client)).data ?? [];
  const alarms = useQuery(alarmsQuery(file.client)).data?.items ?? [];
  const profile = profiles.find((one) => one.name === file.profile);
  // Somebody takes it there: only a person knows that it arrived.
  const isCarried = profile?.delivery === "byHand" && file.state === "generated";
  const alarm = alarms.find((one) => one.subject === file.id);
  return (
    <div className={ui["stack"]}>
      {alarm === undefined ? null : <p className={ui["problem"]}>{withInstants(alarm.text)}</p>}
      <p>{wordsFor(file, profile)}</p>
      {profile !== undefined && profile.returnFormat !== null ? (
        <p className={ui["soft"]}>
          Answers come in as {profile.returnFormat}: <Link to="/batches/returns">Return files</Link>
        </p>
      ) : null}
      {(MAY_BE_SAID[file.state] || isCarried) &&
      file.totals.adjustments > 0 &&
      file.release !== "waiting" ? (
        <BatchAttestation file={file} />
      ) : null}
    </div>
  );
}

/** Where a person's word is wanted: it left, or may have, and not all of it was answered. */
const MAY_BE_SAID: Readonly<Record<FileState, boolean>> = {
  generated: false,
  sending: false,
  deliveryUnknown: true,
  handedOver: true,
  acknowledged: false,
  transmissionFailed: false,
  void: false,
};

function wordsFor(file: BatchDetails, profile: BatchProfile | undefined): string {
  if (file.acknowledgedAt !== null) {
    return `Each line has its answer since ${showInstant(file.acknowledgedAt)}.`;
  }
  if (file.state === "void") return "The file is void: no answer is awaited.";
  if (file.state === "deliveryUnknown") {
    return "Whether it was handed over is not known: nothing is executed before somebody says so.";
  }
  if (file.handedOverAt === null) return "It is not handed over yet: nothing is executed.";
  if (profile?.basis === "onAcknowledgement") {
    return "Handed over, not wholly answered: a line is executed when its answer accepts it.";
  }
  return "Assumed: its lines count as executed since hand-over, until an answer says otherwise.";
}
