/**
 * The accounting service of Redress that calls a core of the Fineract shape: what stands in a
 * client's settings as `services.NAME`. docs/recipes/fineract.md explains every line.
 */
const BROKEN_RULE = "validation.msg.domain.rule.violation";
/** Which rule it was stands in a list. */
const RULE = "body.errors.0";

export function fineractService(address: string) {
  return {
    protocol: "rest-json",
    url: address,
    authentication: { kind: "basic", user: "redress", password: "env:FINERACT_PASSWORD" },
    key: {
      format: "uuid",
      header: "Idempotency-Key",
      lifeSeconds: 86_400,
      duplicatesAnsweredFirst: true,
    },
    post: {
      path: "/fineract-provider/api/v1/journalentries",
      headers: { "Fineract-Platform-TenantId": "default" },
      body: {
        officeId: 1,
        transactionDate: "{{today}}",
        dateFormat: "yyyy-MM-dd",
        locale: "en",
        currencyCode: "{{currency}}",
        referenceNumber: "{{adjustment.id}}",
        comments: "{{claim.number}} {{statementText}}",
        debits: {
          $each: "entries",
          as: { glAccountId: "{{entry.debitNumber}}", amount: "{{entry.amount}}" },
        },
        credits: {
          $each: "entries",
          as: { glAccountId: "{{entry.creditNumber}}", amount: "{{entry.amount}}" },
        },
      },
    },
    answer: {
      code: [`${RULE}.userMessageGlobalisationCode`, "body.userMessageGlobalisationCode"],
      message: [`${RULE}.defaultUserMessage`, "body.defaultUserMessage"],
      reference: "body.transactionId",
      amount: "body.changes.amount",
    },
    outcomes: [
      // A broken rule answers 403, which elsewhere means the sign-in: the code tells them apart.
      {
        when: { body: { "body.userMessageGlobalisationCode": BROKEN_RULE } },
        outcome: "refused",
      },
    ],
  };
}
