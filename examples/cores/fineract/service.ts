/**
 * The accounting service of Redress that calls a core of the Fineract shape: what stands in a
 * client's settings as `services.NAME`. docs/recipes/fineract.md explains every line.
 */
export function fineractService(address: string) {
  return {
    protocol: "rest-json",
    url: address,
    authentication: { kind: "basic", user: "redress", password: "env:FINERACT_PASSWORD" },
    key: { format: "uuid", header: "Idempotency-Key", lifeSeconds: 86_400 },
    post: {
      path: "/fineract-provider/api/v1/journalentries",
      headers: { "Fineract-Platform-TenantId": "default" },
      body: {
        officeId: 1,
        transactionDate: "{{postingDate}}",
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
      code: "body.userMessageGlobalisationCode",
      message: "body.defaultUserMessage",
      reference: "body.transactionId",
      amount: "body.changes.amount",
    },
    outcomes: [
      // A domain rule answers 403, which elsewhere means the sign-in: the code tells them apart.
      {
        when: {
          status: 403,
          code: [
            "error.msg.glJournalEntry.invalid.account.disabled",
            "error.msg.glJournalEntry.no.debits.or.credits",
            "error.msg.glJournalEntry.debit.credit.sum.mismatch",
            "error.msg.glJournalEntry.invalid.future.date",
            "error.msg.glJournalEntry.invalid.accounting.closed",
          ],
        },
        outcome: "refused",
      },
    ],
  };
}
