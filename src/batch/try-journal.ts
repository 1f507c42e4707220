/**
 * The journal of one try: each step is committed by itself, and only while the try is the newest;
 * while bytes flow, the lease on the file is kept.
 */
import type { BatchDesk } from "./desk.ts";
import { recordStepOfTry } from "./store-transmissions.ts";
import { keepLease } from "./store.ts";
import type { Journal } from "./transmit/destination.ts";
import { Overtaken } from "./transmit/destination.ts";
import type { FileRow } from "./views.ts";
import { transmissionSteps } from "./views.ts";

export interface Try {
  readonly file: FileRow;
  readonly number: number;
  readonly worker: string;
  readonly leaseSeconds: number;
}

export async function tryJournal(desk: BatchDesk, one: Try): Promise<Journal> {
  const { file, number, worker } = one;
  const { database, clock, ids } = desk.engine;
  const steps = await transmissionSteps(database, file.clientId, file.id);
  return {
    earlier: steps.filter((step) => step.transmission === file.transmission),
    before: steps.filter((step) => step.transmission < file.transmission),
    pass: (name) => desk.failpoints.at(`batch.transmit.${name}`),
    record: async (step, detail = {}) => {
      desk.failpoints.at(`batch.transmit.${step}`);
      const { clientId, transmission } = file;
      const row = { clientId, id: ids.next(), fileId: file.id, transmission, attempt: number };
      const now = clock.now().toString();
      const isKept = await recordStepOfTry(database, { ...row, step, detail, actor: worker }, now);
      if (!isKept) throw new Overtaken(`a newer try of file ${file.id} has begun`);
      desk.failpoints.at(`batch.transmit.${step}.recorded`);
    },
  };
}

/** Passes the bytes on and keeps the lease meanwhile. Throws `Overtaken` when it is lost. */
export async function* leased(
  desk: BatchDesk,
  { file, number, leaseSeconds }: Try,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const { database, clock } = desk.engine;
  let keptAt = clock.now();
  for await (const chunk of content) {
    yield chunk;
    const now = clock.now();
    if (now.since(keptAt).total("seconds") < leaseSeconds / 3) continue;
    const until = now.add({ seconds: leaseSeconds }).toString();
    if (!(await keepLease(database, file, number, until))) {
      throw new Overtaken(`a newer try of file ${file.id} has begun`);
    }
    keptAt = now;
  }
}
