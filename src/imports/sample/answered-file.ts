/**
 * An answer to the sample's latest file: most lines accepted, one refused after it was assumed
 * done, and one that names nothing of ours.
 */
import type { BatchDesk } from "../../batch/desk.ts";
import { receiveFile } from "../../batch/inbound/receive-file.ts";
import { workInbound } from "../../batch/inbound/work-inbound.ts";
import { linesOfFile } from "../../batch/line-views.ts";
import { listFiles } from "../../batch/views.ts";
import { formatAmount } from "../../kernel/money.ts";

const CURRENCY = "USD";
const NOT_OURS = { side: "credit", amountMinor: 1840n, fields: "S-UNKNOWN-2,,,18.40" } as const;

export async function answerLatest(desk: BatchDesk, clientId: string): Promise<void> {
  const { database, clock } = desk.engine;
  const [file] = await listFiles(database, { clients: [clientId], limit: 1 });
  if (file === undefined) return;
  const lines = await linesOfFile(database, { clientId, fileId: file.id }, 0n, 100);
  const rows = lines.map(({ adjustmentId, amountMinor, direction }, index) => {
    const amount = formatAmount(amountMinor, CURRENCY);
    const fate = index === 1 ? "refused,R02,account closed" : "accepted,,";
    return `AD,${adjustmentId},,,${amount},${direction},${fate}`;
  });
  const sum = (side: string): string => {
    const ours = lines.filter((line) => line.direction === side);
    const beside = side === NOT_OURS.side ? NOT_OURS.amountMinor : 0n;
    return formatAmount(
      ours.reduce((total, line) => total + line.amountMinor, beside),
      CURRENCY,
    );
  };
  const text = [
    `AH,ACK-${file.sequence},${clock.now().toString()},,${CURRENCY}`,
    "record,reference,fileId,traceNumber,amount,side,status,code,reason",
    ...rows,
    `AD,${NOT_OURS.fields},${NOT_OURS.side},accepted,,`,
    `AT,${rows.length + 1},${sum("debit")},${sum("credit")}`,
    "",
  ].join("\r\n");
  const received = await receiveFile(desk, {
    clientId,
    profile: file.profile,
    name: `acknowledgement-${file.sequence}.csv`,
    source: "upload",
    bytes: Buffer.from(text),
    actor: "core-feed",
  });
  await workInbound(desk, clientId, received.file.id);
}
