/**
 * A core of the Jack Henry shape: SOAP 1.1, TrnAdd with numbered errors, some of which may be
 * overridden by sending their codes back, TrnAddValidate, and a search of an account's history. It
 * knows no keys: what is sent twice is posted twice. The id in `EFTTrnId` is kept, so that the
 * search finds it.
 */
import type { CorePosting } from "../book.ts";
import { decimalOf, minorOf, totalOf } from "../book.ts";
import type { CoreAnswer, CoreRequest, CoreShape, CoreState } from "../shape.ts";
import type { AskedTransaction, NumberedError } from "./errors.ts";
import { ERRORS, errorsOf } from "./errors.ts";
import { allTextsOf, element, envelope, operationOf, soapFault, textOf } from "./soap.ts";

export const JACK_HENRY_SECRETS = { JACK_HENRY_PASSWORD: "jx-Wm3!password" };
const USER = "redress";

export function jackHenryCore(): CoreShape {
  return {
    name: "jack-henry",
    secrets: JACK_HENRY_SECRETS,
    kindOf: ({ body }) => {
      const reference = textOf(body, "EFTTrnId");
      switch (operationOf(body)) {
        case "TrnAdd":
          return { kind: "post", reference };
        case "TrnAddValidate":
          return { kind: "validate", reference };
        case "AcctHistSrch":
          return { kind: "lookUp", reference };
        default:
          return { kind: "other", reference };
      }
    },
    handle,
    duplicate: (posting, minor) => duplicate(posting, minor),
    refusal: () => refused([ERRORS.closed]),
  };
}

function handle({ body }: CoreRequest, state: CoreState): CoreAnswer {
  if (!isSignedIn(body)) {
    return soapFault("wsse:FailedAuthentication", "The security token could not be authenticated");
  }
  switch (operationOf(body)) {
    case "TrnAdd":
      return add(body, state);
    case "TrnAddValidate": {
      const found = standing(body, askedIn(body), state);
      if (found.length > 0) return refused(found);
      return envelope(200, element("TrnAddValidateResponse", "<RsStat>Success</RsStat>"));
    }
    case "AcctHistSrch":
      return search(body, state);
    default:
      return soapFault("soap:Client", "no such operation");
  }
}

function isSignedIn(body: string): boolean {
  const { JACK_HENRY_PASSWORD: password } = JACK_HENRY_SECRETS;
  return textOf(body, "Username") === USER && textOf(body, "Password") === password;
}

function add(body: string, state: CoreState): CoreAnswer {
  const asked = askedIn(body);
  const found = standing(body, asked, state);
  if (found.length > 0) return refused(found);
  const { account, offset, isCredit } = asked;
  const posting = state.book.post({
    reference: asked.reference,
    currency: "USD",
    lines: [
      {
        debitAccount: isCredit ? offset : account,
        creditAccount: isCredit ? account : offset,
        minor: asked.minor as bigint,
      },
    ],
    postedOn: asked.effectiveDate,
    at: state.now(),
    text: asked.isMemo ? `memo post: ${asked.text}` : asked.text,
    reverses: null,
  });
  return { ...envelope(200, element("TrnAddResponse", facts(posting))), posting };
}

/** The errors that are left when those that were overridden are taken out. */
function standing(body: string, asked: AskedTransaction, { closed }: CoreState): NumberedError[] {
  const overridden = new Set(allTextsOf(body, "ErrCode"));
  return errorsOf(asked, closed).filter((one) => !(one.overridable && overridden.has(one.code)));
}

function askedIn(body: string): AskedTransaction {
  return {
    account: textOf(body, "AcctId"),
    accountType: textOf(body, "AcctType"),
    offset: textOf(body, "GLInterfaceCode"),
    isCredit: textOf(body, "DrCr") === "C",
    minor: minorOf(textOf(body, "Amt")),
    tranCode: textOf(body, "TrnCodeCode"),
    isMemo: textOf(body, "MemoPostOnly") === "true",
    reference: textOf(body, "EFTTrnId"),
    effectiveDate: textOf(body, "EffDt"),
    text: textOf(body, "Rmk"),
  };
}

/** Of one account's history what carries the id: as often as it was posted. */
function search(body: string, { book }: CoreState): CoreAnswer {
  const account = textOf(body, "AcctId");
  const found = book
    .of(textOf(body, "EFTTrnId"))
    .filter(({ lines: [line] }) => [line?.debitAccount, line?.creditAccount].includes(account));
  const infos = found.map((one) => `<AcctHistSrchInfo>${facts(one)}</AcctHistSrchInfo>`);
  const content = `<TotRec>${found.length}</TotRec>${infos.join("")}`;
  const [first] = found;
  return {
    ...envelope(200, element("AcctHistSrchResponse", content)),
    ...(first === undefined ? {} : { posting: first }),
  };
}

function facts(posting: CorePosting): string {
  return (
    `<BatchNum>41</BatchNum><SeqNum>${posting.id.slice(-6)}</SeqNum>` +
    `<TrnRcptId>${posting.id}</TrnRcptId><EFTTrnId>${posting.reference}</EFTTrnId>` +
    `<Amt>${decimalOf(totalOf(posting))}</Amt><PostDt>${posting.postedOn}</PostDt>` +
    `<RsStat>Success</RsStat>`
  );
}

function duplicate(posting: CorePosting, minor: bigint): CoreAnswer {
  const text = `Duplicate of receipt ${posting.id}`;
  const amount = `<Amt>${decimalOf(minor)}</Amt>`;
  const original = `<OrigTrn><TrnRcptId>${posting.id}</TrnRcptId>${amount}</OrigTrn>`;
  return { ...refused([{ code: "1099", text, overridable: false }], original), posting };
}

function refused(errors: readonly NumberedError[], more = ""): CoreAnswer {
  const records = errors.map(
    ({ code, text, overridable }) =>
      `<FaultRecInfo><ErrCode>${code}</ErrCode>` +
      `<ErrCat>${overridable ? "Override" : "Error"}</ErrCat>` +
      `<ErrDesc>${text}</ErrDesc></FaultRecInfo>`,
  );
  const list = `<FaultRecInfoArray>${records.join("")}</FaultRecInfoArray>`;
  return soapFault("soap:Server", errors[0]?.text ?? "", `<HdrFault>${list}${more}</HdrFault>`);
}
