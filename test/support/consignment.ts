/** A file to send without a database: its bytes, and a journal kept in memory between tries. */
import { createHash, randomBytes } from "node:crypto";

import type {
  Consignment,
  DeliveryOutcome,
  Destination,
  RecordedStep,
} from "../../src/batch/transmit/destination.ts";

export interface Parcel {
  readonly bytes: Buffer;
  readonly fileName: string;
  readonly steps: RecordedStep[];
  /** One more try of the same transmission. */
  send(destination: Destination, at?: (point: string) => void): Promise<DeliveryOutcome>;
  /** Tries until it is not known to be absent any more. */
  sendUntilTold(destination: Destination, most?: number): Promise<DeliveryOutcome>;
  /** A person asks for it once more. */
  resend(): void;
}

export function aParcel(sizeBytes: number, fileName = "payments-1.txt"): Parcel {
  const bytes = randomBytes(sizeBytes);
  const sha256 = createHash("sha256").update(bytes).digest();
  const steps: RecordedStep[] = [];
  let transmission = 1;
  let tries = 0;
  const send: Parcel["send"] = async (destination, at = () => undefined) => {
    tries += 1;
    const consignment: Consignment = {
      fileName,
      fileId: "0190aaaa",
      tryName: `${transmission}-${tries}`,
      sizeBytes,
      sha256,
      content: () => piecesOf(bytes),
    };
    const current = transmission;
    return destination.place(consignment, {
      earlier: steps.filter((step) => step.transmission === current),
      before: steps.filter((step) => step.transmission < current),
      pass: at,
      record: async (step, detail = {}) => {
        at(step);
        steps.push({ transmission: current, step, detail });
        at(`${step}.recorded`);
      },
    });
  };
  return {
    bytes,
    fileName,
    steps,
    send,
    sendUntilTold: async (destination, most = 5) => {
      for (;;) {
        const outcome = await send(destination);
        if (outcome.kind === "placed" || tries >= most) return outcome;
      }
    },
    resend: () => {
      transmission += 1;
      tries = 0;
    },
  };
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  const size = 64 * 1024;
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}
