/**
 * The accounting service of Redress that calls a core of the Jack Henry shape: what stands in a
 * client's settings as `services.NAME`. docs/recipes/jack-henry.md explains every line.
 */
const ERROR = "body.Fault.detail.HdrFault.FaultRecInfoArray.FaultRecInfo.0";
const ORIGINAL = "body.Fault.detail.HdrFault.OrigTrn";

const FIELDS = {
  "@xmlns": "http://jackhenry.com/jxchange/TPG/2008",
  ErrOvrRdInfoArray: {
    ErrOvrRdInfo: { $each: "overrides", as: { ErrCode: "{{override.code}}" } },
  },
  AcctId: "{{entry.creditNumber}}",
  DrCr: "Cr",
  Amt: "{{entry.amount}}",
  TrnCode: "{{entry.creditTranCode}}",
  OffSetAcctId: "{{entry.debitNumber}}",
  OffSetTrnCode: "{{entry.debitTranCode}}",
  EffDt: "{{postingDate}}",
  Desc: "{{statementText}}",
  RefText: "{{key}}",
};

export function jackHenryService(address: string) {
  return {
    protocol: "soap",
    url: address,
    soap: {
      version: "1.1",
      security: { user: "redress", password: "env:JACK_HENRY_PASSWORD" },
    },
    key: { format: "uuid", header: null, lifeSeconds: 0 },
    post: {
      path: "/jxchange/TransactionService",
      action: "http://jackhenry.com/ws/TrnAdd",
      body: { TrnAdd: FIELDS },
    },
    validate: {
      path: "/jxchange/TransactionService",
      action: "http://jackhenry.com/ws/TrnAddValidate",
      body: { TrnAddValidate: FIELDS },
      outcomes: [
        { when: { body: { [`${ERROR}.ErrCat`]: "Error" } }, outcome: "refused" },
        { when: { body: { [`${ERROR}.ErrCat`]: "Override" } }, outcome: "refusedOverridable" },
      ],
    },
    lookUp: {
      path: "/jxchange/InquiryService",
      action: "http://jackhenry.com/ws/TrnInq",
      body: { TrnInq: { "@xmlns": FIELDS["@xmlns"], RefText: "{{key}}" } },
      answer: {
        code: "body.TrnInqResponse.RecCount",
        reference: "body.TrnInqResponse.TrnInfo.0.RcptId",
        amount: "body.TrnInqResponse.TrnInfo.0.Amt",
        postingDate: "body.TrnInqResponse.TrnInfo.0.PostDt",
      },
      outcomes: [
        { when: { code: "0" }, outcome: "notFound" },
        { when: { code: "1" }, outcome: "posted" },
        { when: {}, outcome: "unknown" },
      ],
      absenceIsProofAfterSeconds: 120,
    },
    answer: {
      code: `${ERROR}.ErrCode`,
      message: `${ERROR}.ErrDesc`,
      reference: ["body.TrnAddResponse.RcptId", `${ORIGINAL}.RcptId`],
      amount: ["body.TrnAddResponse.Amt", `${ORIGINAL}.Amt`],
      postingDate: "body.TrnAddResponse.PostDt",
    },
    outcomes: [
      { when: { code: "1099" }, outcome: "alreadyPosted" },
      { when: { body: { [`${ERROR}.ErrCat`]: "Error" } }, outcome: "refused" },
      { when: { body: { [`${ERROR}.ErrCat`]: "Override" } }, outcome: "refusedOverridable" },
    ],
  };
}
