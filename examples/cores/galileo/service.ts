/**
 * The accounting service of Redress that calls a core of the Galileo shape: what stands in a
 * client's settings as `services.NAME`. docs/recipes/galileo.md explains every line.
 */
const ofTheHolder = (debited: string, credited: string) => ({
  $if: "entry.debitIsHolder",
  then: debited,
  else: credited,
});

export function galileoService(address: string) {
  return {
    protocol: "rest-json",
    url: address,
    authentication: {
      kind: "oauth2",
      tokenUrl: `${address}/oauth/token`,
      clientId: "redress",
      clientSecret: "env:GALILEO_CLIENT_SECRET",
    },
    secretHeaders: { "api-trans-key": "env:GALILEO_TRANS_KEY" },
    // 90 days, less a day for clocks and queues.
    key: { format: "int64", header: null, lifeSeconds: 89 * 86_400, duplicatesAnsweredFirst: true },
    post: {
      path: "/intserv/4.0/createAdjustment",
      body: {
        transactionId: "{{key}}",
        // The holder's account is the one that is adjusted, whichever side it stands on.
        accountNo: ofTheHolder("{{entry.debitNumber}}", "{{entry.creditNumber}}"),
        fundingAccount: ofTheHolder("{{entry.creditNumber}}", "{{entry.debitNumber}}"),
        debitCreditIndicator: ofTheHolder("D", "C"),
        amount: "{{entry.amount}}",
        currency: "{{currency}}",
        type: ofTheHolder("{{entry.debitTranCode}}", "{{entry.creditTranCode}}"),
        postDate: "{{postingDate}}",
        description: "{{statementText | first 60}}",
      },
    },
    lookUp: {
      method: "POST",
      path: "/intserv/4.0/getCallStatus",
      body: { requestTransactionId: "{{key}}", requestMethodName: "createAdjustment" },
      outcomes: [
        { when: { code: "0" }, outcome: "posted" },
        { when: { code: "448-01" }, outcome: "notFound" },
        { when: {}, outcome: "unknown" },
      ],
      absenceIsProofAfterSeconds: 120,
    },
    answer: {
      code: "body.status_code",
      message: "body.status",
      reference: "body.response_data.adjustment_id",
      postingDate: "body.response_data.post_date",
      amount: "body.response_data.amount",
      // A core that names the accounts is compared with them, too.
      debitAccount: "body.response_data.debit_account",
      creditAccount: "body.response_data.credit_account",
    },
    outcomes: [
      { when: { code: "0" }, outcome: "posted" },
      { when: { code: "24" }, outcome: "alreadyPosted" },
      { when: { code: ["2", "447-01", "447-03", "447-04"] }, outcome: "refused" },
      // Always status 200: what has no code that is known here says nothing.
      { when: { status: "2xx" }, outcome: "unknown" },
    ],
  };
}
