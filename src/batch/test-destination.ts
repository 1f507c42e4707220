/**
 * Tests the way to a profile's destination as far as it goes without a file of money: connection,
 * keys, signing in, the directory, an empty file written and taken away where one may be. Each step
 * with its result, its time, and what to do.
 */
import { skipped, step } from "../connections/reach.ts";
import { Failure } from "../kernel/failure.ts";

import type { OpenPgp } from "./delivery-shapes.ts";
import type { BatchDesk } from "./desk.ts";
import { profileOf } from "./generate.ts";
import type { ProbeStep } from "./transmit/destination.ts";
import { openDestination } from "./transmit/open-destination.ts";
import { openPgpKeys } from "./transmit/open-pgp.ts";

export interface DestinationTest {
  /** `ok` when nothing failed and something was answered; `warning` when a step is doubtful. */
  readonly outcome: "ok" | "warning" | "failed";
  readonly steps: readonly ProbeStep[];
}

/** Throws `not-found` and `configuration-invalid` for the profile itself. */
export async function testDestination(
  desk: BatchDesk,
  { clientId, profile: name }: { readonly clientId: string; readonly profile: string },
): Promise<DestinationTest> {
  const { profile } = await desk.engine.database.transaction((tx) =>
    profileOf(tx, desk, clientId, name),
  );
  const steps = [...(await probe(desk, profile.delivery))];
  if (profile.openpgp !== undefined) steps.push(await sealing(desk, profile.openpgp));
  const has = (outcome: ProbeStep["outcome"]): boolean =>
    steps.some((one) => one.outcome === outcome);
  return { outcome: has("failed") ? "failed" : has("warning") ? "warning" : "ok", steps };
}

async function probe(
  desk: BatchDesk,
  delivery: Parameters<typeof openDestination>[0],
): Promise<ProbeStep[]> {
  try {
    const destination = openDestination(delivery, desk);
    if (destination === null) return [skipped("call", "a person carries the files")];
    return await destination.probe(`redress-test-${desk.engine.ids.next()}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const advice = "Set it where the server and its workers run; references are read by both.";
    return [{ name: "signIn", outcome: "failed", detail: error.message, advice, milliseconds: 0 }];
  }
}

/** Seals a few bytes and throws them away: a key that has expired shows here. */
function sealing(desk: BatchDesk, settings: OpenPgp): Promise<ProbeStep> {
  return step(
    "sealing",
    async () => {
      try {
        const keys = await openPgpKeys(settings, desk.secrets, desk.engine.clock);
        for await (const piece of await keys.seal(nothing())) void piece;
        const signed = keys.signer === null ? "not signed" : `signed by ${keys.signer}`;
        return { detail: `sealed for ${keys.recipients.join(", ")}; ${signed}` };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const advice = "Ask the other side for their public key; compare the references.";
        return { outcome: "failed", detail: error.message, advice };
      }
    },
    () => "Check what stands under openpgp.",
  );
}

async function* nothing(): AsyncGenerator<Buffer> {
  yield Buffer.from("a test of the connection");
}
