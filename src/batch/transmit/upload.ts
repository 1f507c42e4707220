/**
 * Delivers a file by one upload under its final name, as S3-compatible stores and HTTPS receivers
 * take it: looked first, uploaded, looked again. Until the last bytes are let go nothing can have
 * arrived; from then on only an answer or a look is proof.
 */
import type { Consignment, DeliveryOutcome, Journal } from "./destination.ts";
import { couldNotTell, lastOf, mayBeThere, notPlaced } from "./destination.ts";
import type { HttpAnswer, HttpWay, NoAnswer } from "./http-exchange.ts";

export type Sight =
  | { readonly kind: "ours" | "other" | "absent" }
  /** There is no way to look. */
  | { readonly kind: "blind" }
  | { readonly kind: "unreadable"; readonly reason: string };

export interface Uploader {
  look(http: HttpWay): Promise<Sight>;
  send(http: HttpWay): Promise<HttpAnswer | (NoAnswer & { readonly wasWhole: boolean })>;
  /** Whether a file that is not to be seen never arrived: nobody takes files away. */
  readonly absenceProves: boolean;
  /** Whether a second upload of the same file is taken for the first. */
  readonly isRepeatable: boolean;
}

export async function placeByUpload(
  http: HttpWay,
  uploader: Uploader,
  { fileName }: Consignment,
  journal: Journal,
): Promise<DeliveryOutcome> {
  if (lastOf(journal.earlier, "named") !== undefined) {
    return { kind: "placed", evidence: "the destination had answered that it has it" };
  }
  const mayBe = mayBeThere(journal.earlier);
  const untold = (reason: string): DeliveryOutcome =>
    mayBe ? couldNotTell(reason) : notPlaced(reason);
  const before = await uploader.look(http);
  switch (before.kind) {
    case "ours":
      return { kind: "placed", evidence: "found at the destination, whole" };
    case "other":
      return untold(`another file is called ${fileName}`);
    case "unreadable":
      return untold(before.reason);
    case "absent":
      if (mayBe && !uploader.absenceProves && !uploader.isRepeatable) {
        return couldNotTell("it is not there: never arrived, or collected");
      }
      break;
    case "blind":
      if (mayBe && !uploader.isRepeatable) {
        return couldNotTell("the answer was lost, and there is no way to look: ask the receiver");
      }
  }
  await journal.record("uploading");
  const answer = await uploader.send(http);
  if (answer.kind === "lost") {
    if (!answer.wasWhole) return untold(answer.reason);
    return settleByLooking(http, uploader, journal, answer.reason);
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return confirm(http, uploader, journal, status);
  const words = `it answered HTTP ${status}`;
  if (!isRefusal(status)) return settleByLooking(http, uploader, journal, words);
  await journal.record(mayBe ? "refused" : "notNamed", { status });
  return untold(words);
}

/** Taken for certain not to have been kept: not a conflict, a time-out or a fault of theirs. */
function isRefusal(status: number): boolean {
  return status < 500 && status !== 408 && status !== 409 && status !== 412;
}

/** An answer of success is proof, unless a look shows something else under the name. */
async function confirm(
  http: HttpWay,
  uploader: Uploader,
  journal: Journal,
  status: number,
): Promise<DeliveryOutcome> {
  const seen = await uploader.look(http);
  if (seen.kind === "other") {
    return couldNotTell(`it answered HTTP ${status}, and what is there is not what was sent`);
  }
  if (seen.kind === "absent" && uploader.absenceProves) {
    return couldNotTell(`it answered HTTP ${status}, and nothing is there`);
  }
  await journal.record("named", { status, seen: seen.kind });
  const looked = seen.kind === "ours" ? ", and it was looked at" : "";
  return { kind: "placed", evidence: `it answered HTTP ${status}${looked}` };
}

async function settleByLooking(
  http: HttpWay,
  uploader: Uploader,
  journal: Journal,
  reason: string,
): Promise<DeliveryOutcome> {
  const seen = await uploader.look(http);
  if (seen.kind === "ours") {
    await journal.record("named", { seen: "ours" });
    return { kind: "placed", evidence: `found at the destination, whole (${reason})` };
  }
  // Not there yet is no proof: what we let go may still be on its way. The next try looks first.
  return couldNotTell(seen.kind === "other" ? `${reason}; another file has its name` : reason);
}
