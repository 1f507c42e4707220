/**
 * The accounting service of Redress that calls a core of the Jack Henry shape: what stands in a
 * client's settings as `services.NAME`. docs/recipes/jack-henry.md explains every line.
 */
const ERRORS = "body.Fault.detail.HdrFault.FaultRecInfoArray.FaultRecInfo";
const ORIGINAL = "body.Fault.detail.HdrFault.OrigTrn";
const FOUND = "body.AcctHistSrchResponse";
const NAMESPACE = { "@xmlns": "http://jackhenry.com/jxchange/TPG/2008" };

/** The holder's account is the one that is posted to; of two ledger accounts the debited one. */
const ofTheAccount = (credited: unknown, debited: unknown) => ({
  $if: "entry.creditIsHolder",
  then: credited,
  else: debited,
});

const ACCOUNT = {
  AcctId: ofTheAccount("{{entry.creditNumber}}", "{{entry.debitNumber}}"),
  AcctType: ofTheAccount("D", { $if: "entry.debitIsHolder", then: "D", else: "G" }),
};

const TRANSACTION = {
  ErrOvrRdInfoArray: { ErrOvrRd: { $each: "overrides", as: { ErrCode: "{{override.code}}" } } },
  AccountId: ACCOUNT,
  TrnInfo: {
    Amt: "{{entry.amount}}",
    TrnCodeCode: ofTheAccount("{{entry.creditTranCode}}", "{{entry.debitTranCode}}"),
    DrCr: ofTheAccount("C", "D"),
    EffDt: "{{postingDate}}",
    MemoPostOnly: "{{memoPost}}",
    EFTTrnId: "{{key}}",
    GLInterfaceCode: ofTheAccount("{{entry.debitNumber}}", "{{entry.creditNumber}}"),
    TrnDescArray: { RmkInfo: { Rmk: "{{statementText | first 50}}" } },
  },
};

const REFUSALS = [
  { when: { body: { [`${ERRORS}.*.ErrCat`]: "Error" } }, outcome: "refused" },
  { when: { body: { [`${ERRORS}.*.ErrCat`]: "Override" } }, outcome: "refusedOverridable" },
];

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
      body: { TrnAdd: { ...NAMESPACE, ...TRANSACTION } },
    },
    validate: {
      path: "/jxchange/TransactionService",
      action: "http://jackhenry.com/ws/TrnAddValidate",
      body: { TrnAddValidate: { ...NAMESPACE, TrnAdd: TRANSACTION } },
      outcomes: REFUSALS,
    },
    lookUp: {
      path: "/jxchange/InquiryService",
      action: "http://jackhenry.com/ws/AcctHistSrch",
      body: { AcctHistSrch: { ...NAMESPACE, AccountId: ACCOUNT, EFTTrnId: "{{key}}" } },
      answer: {
        code: `${FOUND}.TotRec`,
        reference: `${FOUND}.AcctHistSrchInfo.0.TrnRcptId`,
        amount: `${FOUND}.AcctHistSrchInfo.0.Amt`,
        postingDate: `${FOUND}.AcctHistSrchInfo.0.PostDt`,
      },
      outcomes: [
        { when: { code: "0" }, outcome: "notFound" },
        { when: { code: "1" }, outcome: "posted" },
        { when: {}, outcome: "unknown" },
      ],
      absenceIsProofAfterSeconds: 120,
    },
    answer: {
      code: `${ERRORS}.0.ErrCode`,
      codes: `${ERRORS}.*.ErrCode`,
      message: `${ERRORS}.0.ErrDesc`,
      reference: ["body.TrnAddResponse.TrnRcptId", `${ORIGINAL}.TrnRcptId`],
      amount: ["body.TrnAddResponse.Amt", `${ORIGINAL}.Amt`],
      postingDate: "body.TrnAddResponse.PostDt",
    },
    outcomes: [
      { when: { code: "1099" }, outcome: "alreadyPosted" },
      {
        when: { body: { "body.Fault.faultcode": "wsse:FailedAuthentication" } },
        outcome: "notProcessed",
        reason: "does not accept our sign-in",
      },
      ...REFUSALS,
    ],
  };
}
