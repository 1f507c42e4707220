/**
 * Reads camt.053 (statement) and camt.054 (notification), versions 2 to 8 and after: a line for
 * each transaction of an entry, or for the entry where it details none. Summary and balances are
 * counted again (`camt-totals.ts`).
 */
import type { XmlElement } from "../xml-elements.ts";
import { localName, namespaceOf, readElements, UnreadableXml } from "../xml-elements.ts";

import { checkReport, unexplainedMove } from "./camt-totals.ts";
import type { CamtEntry } from "./camt-totals.ts";
import type { InboundDocument, InboundFault, InboundLine } from "./document.ts";
import { unread } from "./document.ts";
import type { Money } from "./xml-tree.ts";
import { at, childrenOf, Message, moneyOf, textAt } from "./xml-tree.ts";

const KINDS = {
  "camt.053": { root: "BkToCstmrStmt", report: "Stmt" },
  "camt.054": { root: "BkToCstmrDbtCdtNtfctn", report: "Ntfctn" },
} as const;

const PENDING = new Set(["PDNG", "FUTR"]);

interface Reading {
  readonly message: Message;
  readonly faults: InboundFault[];
  /** What balances moved and no entry says, of all reports. */
  unexplained: bigint;
}

export function readCamt(format: keyof typeof KINDS, text: string): InboundDocument {
  const root = elementsOf(text);
  if ("reason" in root) return unread(root);
  const { root: name, report } = KINDS[format];
  const reading: Reading = { message: new Message(text), faults: [], unexplained: 0n };
  const body = at(root, name);
  const namespace = namespaceOf(root) ?? "";
  if (localName(root.name) !== "Document" || body === undefined) {
    return unread({ line: 1, place: "document", reason: `is no ${format} message` });
  }
  if (namespace !== "" && !namespace.includes(`:${format}.`)) {
    return unread({ line: 1, place: "document", reason: `is in the namespace ${namespace}` });
  }
  const reports = childrenOf(body, report);
  if (reports.length === 0) tell(reading, body, report, "is missing");
  if (textAt(body, "GrpHdr/MsgId") === null) tell(reading, body, "GrpHdr/MsgId", "is missing");
  const lines = reports.flatMap((one) => linesOf(reading, one));
  return {
    identity: identityOf(body),
    createdAt: textAt(body, "GrpHdr/CreDtTm"),
    account: only(reports.map(accountOf)),
    currency: only(reports.map((one) => textAt(one, "Acct/Ccy") ?? only(currenciesOf(one)))),
    controls: controlsOf(lines, reading.unexplained),
    lines,
    faults: reading.faults,
  };
}

/** A balance that moved otherwise than the lines is a sum that differs: a person looks at it. */
function controlsOf(
  lines: readonly InboundLine[],
  unexplained: bigint,
): InboundDocument["controls"] {
  if (unexplained === 0n) return {};
  const side = unexplained > 0n ? "credit" : "debit";
  const counted = lines.reduce(
    (sum, line) => (line.side === side ? sum + (line.amountMinor ?? 0n) : sum),
    0n,
  );
  const said = counted + (unexplained > 0n ? unexplained : -unexplained);
  return side === "credit" ? { creditMinor: said } : { debitMinor: said };
}

/** The message, which some senders put into an envelope beside a business application header. */
function documentIn(root: XmlElement): XmlElement {
  if (localName(root.name) === "Document") return root;
  const found = [root, ...root.children].flatMap((one) => childrenOf(one, "Document"));
  return found.length === 1 ? (found[0] as XmlElement) : root;
}

/** The message, or the fault of a text that is no XML. */
export function elementsOf(text: string): XmlElement | InboundFault {
  try {
    return documentIn(readElements(text));
  } catch (error) {
    if (!(error instanceof UnreadableXml)) throw error;
    return { line: error.line, place: "document", reason: error.message };
  }
}

/** Pages of one message may share its id. */
function identityOf(body: XmlElement): string | null {
  const id = textAt(body, "GrpHdr/MsgId");
  const page = textAt(body, "GrpHdr/MsgPgntn/PgNb") ?? "1";
  return id === null || Number(page) === 1 ? id : `${id}/${page}`;
}

function accountOf(report: XmlElement): string | null {
  return textAt(report, "Acct/Id/IBAN") ?? textAt(report, "Acct/Id/Othr/Id");
}

function currenciesOf(report: XmlElement): (string | null)[] {
  return childrenOf(report, "Ntry").map((one) => at(one, "Amt")?.attributes["Ccy"] ?? null);
}

function only(values: readonly (string | null)[]): string | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

function tell(reading: Reading, element: XmlElement, place: string, reason: string): void {
  reading.faults.push({ line: reading.message.lineOf(element), place, reason });
}

function linesOf(reading: Reading, report: XmlElement): InboundLine[] {
  if (accountOf(report) === null) tell(reading, report, "Acct/Id", "is missing");
  const entries: CamtEntry[] = [];
  let isWhole = true;
  const lines = childrenOf(report, "Ntry").flatMap((element) => {
    const entry = entryOf(reading, element);
    if (entry === null) isWhole = false;
    else entries.push(entry);
    return entry === null ? [] : linesOfEntry(reading, entry);
  });
  if (isWhole) {
    reading.unexplained += unexplainedMove(report, entries);
    checkReport(report, entries, (element, place, reason) => tell(reading, element, place, reason));
  }
  return lines;
}

/** Null where it lacks what no entry may lack; what it lacks is then told. */
function entryOf(reading: Reading, element: XmlElement): CamtEntry | null {
  const money = amountIn(reading, element, "Amt");
  const side = sideOf(element);
  const status =
    textAt(element, "Sts/Cd") ?? textAt(element, "Sts/Prtry") ?? textAt(element, "Sts");
  if (side === null) tell(reading, element, "Ntry/CdtDbtInd", "is neither CRDT nor DBIT");
  if (status === null) tell(reading, element, "Ntry/Sts", "is missing");
  if (money === null || side === null || status === null) return null;
  return {
    element,
    ...money,
    side,
    isBooked: status === "BOOK",
    isPending: PENDING.has(status),
    isReversal: ["true", "1"].includes(textAt(element, "RvslInd") ?? ""),
  };
}

function amountIn(reading: Reading, element: XmlElement, path: string): Money | null {
  const amount = at(element, path);
  if (amount === undefined) {
    tell(reading, element, `${localName(element.name)}/${path}`, "is missing");
    return null;
  }
  const money = moneyOf(amount);
  if (typeof money !== "string") return money;
  tell(reading, amount, `${localName(element.name)}/${path}`, money);
  return null;
}

function sideOf(element: XmlElement): "debit" | "credit" | null {
  const indicator = textAt(element, "CdtDbtInd");
  if (indicator === "CRDT") return "credit";
  return indicator === "DBIT" ? "debit" : null;
}

function linesOfEntry(reading: Reading, entry: CamtEntry): InboundLine[] {
  const details = childrenOf(entry.element, "NtryDtls").flatMap((one) => childrenOf(one, "TxDtls"));
  const [first, ...more] = details;
  // One transaction moved what its entry booked, whatever amount it was instructed in.
  if (more.length === 0) return [lineOf(reading, entry, first, entry, entry.side)];
  return details.map((detail) => {
    const path = ["Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"].find(
      (one) => at(detail, one) !== undefined,
    );
    const money = path === undefined ? null : amountIn(reading, detail, path);
    return lineOf(reading, entry, detail, money, sideOf(detail) ?? entry.side);
  });
}

function lineOf(
  { message }: Reading,
  entry: CamtEntry,
  detail: XmlElement | undefined,
  money: Money | null,
  side: "debit" | "credit",
): InboundLine {
  const element = detail ?? entry.element;
  const returned = at(detail, "RtrInf");
  const bookedAt = textAt(entry.element, "BookgDt/Dt") ?? textAt(entry.element, "BookgDt/DtTm");
  const endToEndId = provided(textAt(detail, "Refs/EndToEndId"));
  const collective = detail === undefined ? textAt(element, "NtryDtls/Btch/MsgId") : null;
  const reference = collective === null ? referenceOf(entry.element, detail) : null;
  const names = textAt(detail, "Refs/MsgId") ?? textAt(entry.element, "NtryDtls/Btch/MsgId");
  // What the servicer calls it is no number of a line in our file.
  const isOurs = endToEndId !== null || provided(textAt(detail, "Refs/InstrId")) !== null;
  const fileId = isOurs || reference === null ? names : null;
  return {
    lineNumber: message.lineOf(element),
    reference,
    amountMinor: money?.minor ?? null,
    currency: money?.currency ?? null,
    side,
    status: statusOf(entry, returned !== undefined),
    code: returned === undefined ? codeOf(entry.element, detail) : reasonCodeOf(returned),
    reason: textAt(returned, "AddtlInf") ?? textsOf(entry.element, detail),
    bookedOn: bookedAt?.slice(0, 10) ?? null,
    original: {
      ...(endToEndId === null ? {} : { endToEndId }),
      ...(fileId === null ? {} : { fileId }),
    },
  };
}

/** A reversal says so by its entry, a return by its transaction; each takes back what moved. */
function statusOf(entry: CamtEntry, isReturned: boolean): InboundLine["status"] {
  if (entry.isPending) return "unknown";
  if (isReturned || (entry.isReversal && entry.isBooked)) return "refused";
  return entry.isBooked ? "posted" : "unknown";
}

function provided(reference: string | null): string | null {
  return reference === "NOTPROVIDED" ? null : reference;
}

/** The most telling reference first; those of the servicer's own last. */
function referenceOf(entry: XmlElement, detail: XmlElement | undefined): string | null {
  const paths = ["EndToEndId", "InstrId", "TxId", "ChqNb", "ClrSysRef"];
  for (const path of paths) {
    const found = provided(textAt(detail, `Refs/${path}`));
    if (found !== null) return found;
  }
  return (
    textAt(detail, "RmtInf/Strd/CdtrRefInf/Ref") ??
    textAt(detail, "Refs/AcctSvcrRef") ??
    textAt(entry, "NtryRef") ??
    textAt(entry, "AcctSvcrRef") ??
    textAt(detail, "Refs/Prtry/Ref")
  );
}

function reasonCodeOf(returned: XmlElement): string | null {
  return textAt(returned, "Rsn/Cd") ?? textAt(returned, "Rsn/Prtry");
}

function codeOf(entry: XmlElement, detail: XmlElement | undefined): string | null {
  for (const element of [at(detail, "BkTxCd"), at(entry, "BkTxCd")]) {
    const parts = ["Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd"].map((path) =>
      textAt(element, path),
    );
    if (parts[0] !== null) return parts.filter((part) => part !== null).join("/");
    const own = textAt(element, "Prtry/Cd");
    if (own !== null) return own;
  }
  return null;
}

function textsOf(entry: XmlElement, detail: XmlElement | undefined): string | null {
  const remittance = childrenOf(at(detail, "RmtInf"), "Ustrd").map((one) => one.text.trim());
  const texts = remittance.filter((text) => text !== "");
  if (texts.length > 0) return texts.join(" ");
  return textAt(detail, "AddtlTxInf") ?? textAt(entry, "AddtlNtryInf");
}
