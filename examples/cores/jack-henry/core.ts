/**
 * A core of the Jack Henry shape: SOAP 1.1, TrnAdd with numbered errors, some of which may be
 * overridden by sending their codes back, TrnAddValidate, and an inquiry. It knows no keys: what is
 * sent twice is posted twice. The text in `RefText` is kept, so that the inquiry finds it.
 */
import type { CorePosting } from "../book.ts";
import { decimalOf, minorOf, totalOf } from "../book.ts";
import type { CoreAnswer, CoreRequest, CoreShape, CoreState } from "../shape.ts";

const NAMESPACE = "http://jackhenry.com/jxchange/TPG/2008";
const OPERATION = /<(?:[A-Za-z]\w*:)?Body[^>]*>\s*<(?:[A-Za-z]\w*:)?(\w+)/;

export const JACK_HENRY_SECRETS = { JACK_HENRY_PASSWORD: "jx-Wm3!password" };
const USER = "redress";

interface NumberedError {
  readonly code: string;
  readonly text: string;
  readonly overridable: boolean;
}

const ERRORS = {
  notFound: { code: "1003", text: "Account not found", overridable: false },
  closed: { code: "1004", text: "Account is closed", overridable: false },
  dormant: { code: "1005", text: "Account is dormant", overridable: true },
  funds: { code: "1017", text: "Insufficient funds", overridable: true },
  tranCode: { code: "1052", text: "Transaction code is not valid", overridable: false },
} as const satisfies Record<string, NumberedError>;

/** Accounts that end so are dormant; those that begin so do not exist. */
const DORMANT = /77$/;
const ABSENT = /^0{6}/;

export function jackHenryCore(): CoreShape {
  return {
    name: "jack-henry",
    secrets: JACK_HENRY_SECRETS,
    kindOf: (request) => {
      const operation = OPERATION.exec(request.body)?.[1] ?? "";
      const reference = textOf(request.body, "RefText") ?? "";
      if (operation === "TrnAdd") return { kind: "post", reference };
      if (operation === "TrnAddValidate") return { kind: "validate", reference };
      return { kind: operation === "TrnInq" ? "lookUp" : "other", reference };
    },
    handle,
    duplicate: (posting, minor) => fault([duplicateOf(posting)], posting, minor),
    refusal: () => fault([ERRORS.closed]),
  };
}

function handle(request: CoreRequest, state: CoreState): CoreAnswer {
  if (!isSignedIn(request.body)) {
    return envelope(
      401,
      "<soap:Fault><faultcode>wsse:FailedAuthentication</faultcode></soap:Fault>",
    );
  }
  switch (OPERATION.exec(request.body)?.[1]) {
    case "TrnAdd":
      return add(request.body, state);
    case "TrnAddValidate": {
      const found = check(request.body, state);
      return found.length > 0 ? fault(found) : envelope(200, element("TrnAddValidateResponse", ""));
    }
    case "TrnInq":
      return inquire(textOf(request.body, "RefText") ?? "", state);
    default:
      return envelope(500, "<soap:Fault><faultcode>soap:Client</faultcode></soap:Fault>");
  }
}

function add(body: string, state: CoreState): CoreAnswer {
  const found = check(body, state);
  if (found.length > 0) return fault(found);
  const account = textOf(body, "AcctId") ?? "";
  const offset = textOf(body, "OffSetAcctId") ?? "";
  const isCredit = textOf(body, "DrCr") !== "Dr";
  const posting = state.book.post({
    reference: textOf(body, "RefText") ?? "",
    currency: "USD",
    lines: [
      {
        debitAccount: isCredit ? offset : account,
        creditAccount: isCredit ? account : offset,
        minor: minorOf(textOf(body, "Amt") ?? "") as bigint,
      },
    ],
    postedOn: textOf(body, "EffDt") ?? "",
    at: state.now(),
    text: textOf(body, "Desc") ?? "",
    reverses: null,
  });
  return { ...envelope(200, element("TrnAddResponse", facts(posting))), posting };
}

/** Every error at once, as the array in the answer holds them; overridden ones left out. */
function check(body: string, { closed }: CoreState): NumberedError[] {
  const accounts = [textOf(body, "AcctId") ?? "", textOf(body, "OffSetAcctId") ?? ""];
  const minor = minorOf(textOf(body, "Amt") ?? "");
  const found: NumberedError[] = [];
  if (accounts.some((one) => one === "" || ABSENT.test(one))) found.push(ERRORS.notFound);
  if (accounts.some((one) => closed.has(one))) found.push(ERRORS.closed);
  if (accounts.some((one) => DORMANT.test(one))) found.push(ERRORS.dormant);
  if (minor === null || minor <= 0n) found.push(ERRORS.tranCode);
  const overridden = new Set(allTextsOf(body, "ErrCode"));
  return found.filter((one) => !(one.overridable && overridden.has(one.code)));
}

function inquire(reference: string, { book }: CoreState): CoreAnswer {
  const [first] = book.of(reference);
  if (first === undefined)
    return envelope(200, element("TrnInqResponse", "<RecCount>0</RecCount>"));
  const info = `<RecCount>1</RecCount><TrnInfo>${facts(first)}</TrnInfo>`;
  return { ...envelope(200, element("TrnInqResponse", info)), posting: first };
}

function facts(posting: CorePosting): string {
  return (
    `<RcptId>${posting.id}</RcptId><BatNum>41</BatNum><SeqNum>${posting.id.slice(-6)}</SeqNum>` +
    `<Amt>${decimalOf(totalOf(posting))}</Amt><PostDt>${posting.postedOn}</PostDt>` +
    `<RsStat>Success</RsStat>`
  );
}

function duplicateOf(posting: CorePosting): NumberedError {
  return { code: "1099", text: `Duplicate of receipt ${posting.id}`, overridable: false };
}

function fault(errors: readonly NumberedError[], posting?: CorePosting, minor = 0n): CoreAnswer {
  const records = errors.map(
    ({ code, text, overridable }) =>
      `<FaultRecInfo><ErrCode>${code}</ErrCode>` +
      `<ErrCat>${overridable ? "Override" : "Error"}</ErrCat>` +
      `<ErrDesc>${text}</ErrDesc></FaultRecInfo>`,
  );
  const original =
    posting === undefined
      ? ""
      : `<OrigTrn><RcptId>${posting.id}</RcptId><Amt>${decimalOf(minor)}</Amt></OrigTrn>`;
  const list = `<FaultRecInfoArray>${records.join("")}</FaultRecInfoArray>`;
  const detail = `<HdrFault>${list}${original}</HdrFault>`;
  const body =
    `<soap:Fault><faultcode>soap:Server</faultcode><faultstring>${errors[0]?.text ?? ""}` +
    `</faultstring><detail>${detail}</detail></soap:Fault>`;
  return { ...envelope(500, body), ...(posting === undefined ? {} : { posting }) };
}

function element(name: string, content: string): string {
  return `<${name} xmlns="${NAMESPACE}">${content}</${name}>`;
}

function envelope(status: number, body: string): CoreAnswer {
  const start =
    `<?xml version="1.0" encoding="utf-8"?>` +
    `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">`;
  return {
    status,
    headers: { "content-type": "text/xml; charset=utf-8" },
    body: `${start}<soap:Body>${body}</soap:Body></soap:Envelope>`,
  };
}

function isSignedIn(body: string): boolean {
  const { JACK_HENRY_PASSWORD: password } = JACK_HENRY_SECRETS;
  return textOf(body, "Username") === USER && textOf(body, "Password") === password;
}

function textOf(xml: string, name: string): string | undefined {
  return allTextsOf(xml, name)[0];
}

function allTextsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)</`, "g");
  return [...xml.matchAll(pattern)].map(([, text = ""]) => plain(text));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
