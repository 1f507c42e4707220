/**
 * Reads pain.002 (payment status report), versions 3 and after: a line for each transaction that
 * it tells of, and one for a whole message or payment where it says something of that.
 *
 * Technical validation is no acceptance: only what a bank accepted for execution counts as such.
 */
import type { XmlElement } from "../xml-elements.ts";
import { localName, namespaceOf } from "../xml-elements.ts";

import { elementsOf } from "./camt.ts";
import type { InboundDocument, InboundFault, InboundLine, InboundStatus } from "./document.ts";
import { unread } from "./document.ts";
import { at, childrenOf, Message, moneyOf, textAt } from "./xml-tree.ts";

const ROOTS = ["CstmrPmtStsRpt", "pain.002.001.02"];

const STATUSES: Readonly<Record<string, InboundStatus>> = {
  ACCC: "accepted",
  ACCP: "accepted",
  ACSC: "accepted",
  ACSP: "accepted",
  ACWC: "accepted",
  CANC: "refused",
  RJCT: "refused",
  ACFC: "unknown",
  ACPT: "unknown",
  ACTC: "unknown",
  ACWP: "unknown",
  BLCK: "unknown",
  PART: "unknown",
  PATC: "unknown",
  PDNG: "unknown",
  PRES: "unknown",
  RCVD: "unknown",
};

interface Reading {
  readonly message: Message;
  readonly fileId: string | null;
  readonly faults: InboundFault[];
}

/** What a level says of all that it holds. */
interface Said {
  readonly code: string | null;
  readonly element: XmlElement;
  readonly reasons: Reasons;
}

/** Read once for a level, however many transactions it counts for. */
interface Reasons {
  readonly code: string | null;
  readonly words: string | null;
}

export function readPain002(text: string): InboundDocument {
  const root = elementsOf(text);
  if ("reason" in root) return unread(root);
  const body = ROOTS.map((name) => at(root, name)).find((one) => one !== undefined);
  const namespace = namespaceOf(root) ?? "";
  if (localName(root.name) !== "Document" || body === undefined) {
    return unread({ line: 1, place: "document", reason: "is no pain.002 message" });
  }
  if (namespace !== "" && !namespace.includes("pain.002.")) {
    return unread({ line: 1, place: "document", reason: `is in the namespace ${namespace}` });
  }
  const original = at(body, "OrgnlGrpInfAndSts") ?? at(body, "OrgnlGrpInf");
  const faults: InboundFault[] = [];
  const message = new Message(text);
  const reading = { message, faults, fileId: textAt(original, "OrgnlMsgId") };
  if (original === undefined) tell(reading, body, "OrgnlGrpInfAndSts", "is missing");
  else if (reading.fileId === null) tell(reading, original, "OrgnlMsgId", "is missing");
  if (textAt(body, "GrpHdr/MsgId") === null) tell(reading, body, "GrpHdr/MsgId", "is missing");
  const lines = original === undefined ? [] : linesOf(reading, body, original);
  return {
    identity: textAt(body, "GrpHdr/MsgId"),
    createdAt: textAt(body, "GrpHdr/CreDtTm"),
    account: null,
    currency: onlyCurrency(lines),
    controls: {},
    lines,
    faults,
  };
}

function onlyCurrency(lines: readonly InboundLine[]): string | null {
  const [only, ...others] = new Set(lines.flatMap(({ currency }) => currency ?? []));
  return others.length === 0 ? (only ?? null) : null;
}

function tell(
  { message, faults }: Reading,
  element: XmlElement,
  place: string,
  reason: string,
): void {
  faults.push({ line: message.lineOf(element), place, reason });
}

function linesOf(reading: Reading, body: XmlElement, original: XmlElement): InboundLine[] {
  const group = saidBy(original, textAt(original, "GrpSts"));
  // Version 2 has the transactions beside the group, later ones within their payment.
  const loose = childrenOf(body, "TxInfAndSts").map((one) => transactionLine(reading, one, group));
  const payments = childrenOf(body, "OrgnlPmtInfAndSts");
  const isOnly = payments.length === 1;
  const within = payments.flatMap((payment) => linesOfPayment(reading, payment, group, isOnly));
  const lines = [...loose, ...within];
  const all = [body, ...payments].flatMap((one) => childrenOf(one, "TxInfAndSts"));
  checkCounts(reading, original, all);
  const told = Number(textAt(original, "OrgnlNbOfTxs") ?? "NaN");
  if (group.code === null && lines.length === 0) {
    tell(reading, original, "GrpSts", "is missing, and nothing else has a status");
  }
  if (group.code === null || lines.length === told) return lines;
  // That a part was accepted is said by its transactions, unless there are none.
  const isOfAll = group.code !== "PART" || lines.length === 0;
  return isOfAll ? [...lines, wholeLine(reading, group, null)] : lines;
}

function linesOfPayment(
  reading: Reading,
  payment: XmlElement,
  group: Said,
  isOnly: boolean,
): InboundLine[] {
  const code = textAt(payment, "PmtInfSts");
  const said: Said = code === null ? group : saidBy(payment, code);
  const transactions = childrenOf(payment, "TxInfAndSts");
  const lines = transactions.map((one) => transactionLine(reading, one, said));
  checkCounts(reading, payment, transactions);
  if (code === null) return lines;
  const told = textAt(payment, "OrgnlNbOfTxs");
  const isAll = told === null || Number(told) === lines.length || code === "PART";
  if (lines.length > 0 && isAll) return lines;
  return [...lines, wholeLine(reading, said, paymentOf(reading, payment, isOnly))];
}

/** Null where the payment is the whole message, as in our own files; never a line's number. */
function paymentOf({ fileId }: Reading, payment: XmlElement, isOnly: boolean): string | null {
  const id = textAt(payment, "OrgnlPmtInfId") ?? "";
  if (id === fileId || (id === "" && isOnly)) return null;
  return /^[0-9]*$/.test(id) ? `payment ${id}`.trim() : id;
}

function transactionLine(reading: Reading, element: XmlElement, over: Said): InboundLine {
  const { message, fileId } = reading;
  const own = textAt(element, "TxSts");
  const endToEndId = textAt(element, "OrgnlEndToEndId");
  const amount = at(element, "OrgnlTxRef/Amt/InstdAmt") ?? at(element, "OrgnlTxRef/IntrBkSttlmAmt");
  const money = amount === undefined ? null : moneyOf(amount);
  if (typeof money === "string") tell(reading, amount ?? element, "OrgnlTxRef/Amt", money);
  const known = money === null || typeof money === "string" ? null : money;
  const id = endToEndId === "NOTPROVIDED" ? null : endToEndId;
  const reference = id ?? textAt(element, "OrgnlInstrId") ?? textAt(element, "OrgnlTxId");
  return {
    lineNumber: message.lineOf(element),
    reference,
    amountMinor: known?.minor ?? null,
    currency: known?.currency ?? null,
    side: null,
    ...outcomeOf(reading, element, own === null ? over : saidBy(element, own)),
    bookedOn: (textAt(element, "AccptncDtTm") ?? "").slice(0, 10) || null,
    original: {
      ...(id === null ? {} : { endToEndId: id }),
      // One transaction that is not named does not speak of all.
      ...(fileId === null || reference === null ? {} : { fileId }),
    },
  };
}

/** Of a message or a payment as a whole. */
function wholeLine(reading: Reading, said: Said, paymentId: string | null): InboundLine {
  const { message, fileId } = reading;
  return {
    lineNumber: message.lineOf(said.element),
    reference: paymentId,
    amountMinor: null,
    currency: null,
    side: null,
    ...outcomeOf(reading, said.element, said),
    bookedOn: null,
    original: fileId === null ? {} : { fileId },
  };
}

function saidBy(element: XmlElement, code: string | null): Said {
  return { code, element, reasons: reasonsOf(element) };
}

function reasonsOf(element: XmlElement): Reasons {
  const all = childrenOf(element, "StsRsnInf");
  const [first] = all;
  const words = all.flatMap((one) => childrenOf(one, "AddtlInf").map((text) => text.text.trim()));
  return {
    code: textAt(first, "Rsn/Cd") ?? textAt(first, "Rsn/Prtry"),
    words: words.length === 0 ? null : [...new Set(words)].join(" "),
  };
}

/** A transaction's own reasons, or else those of the level that it is counted under. */
function outcomeOf(
  reading: Reading,
  element: XmlElement,
  { code, element: told, reasons: over }: Said,
): Pick<InboundLine, "status" | "code" | "reason"> {
  const isKnown = code !== null && Object.hasOwn(STATUSES, code);
  const status = isKnown ? STATUSES[code] : undefined;
  if (status === undefined) {
    const reason = code === null ? "is missing" : `${code} is none`;
    tell(reading, told, `${localName(element.name)} status`, reason);
  }
  const own = told === element ? over : reasonsOf(element);
  return {
    status: status ?? "unknown",
    code: own.code ?? over.code ?? code,
    reason: own.words ?? over.words,
  };
}

/** A report that lists other numbers of refused transactions than it counts is broken. */
function checkCounts(
  reading: Reading,
  level: XmlElement,
  transactions: readonly XmlElement[],
): void {
  const counts = new Map<string | null, number>();
  for (const one of transactions) {
    const status = textAt(one, "TxSts");
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  for (const element of childrenOf(level, "NbOfTxsPerSts")) {
    const status = textAt(element, "DtldSts");
    const said = textAt(element, "DtldNbOfTxs") ?? "";
    const counted = counts.get(status) ?? 0;
    const mayBeFewer = status !== "RJCT" || counted === 0;
    if (!/^[0-9]{1,15}$/.test(said)) tell(reading, element, "DtldNbOfTxs", "is no count");
    else if (counted > Number(said) || (counted < Number(said) && !mayBeFewer)) {
      tell(reading, element, "DtldNbOfTxs", `says ${said}, counted ${counted}`);
    }
  }
}
