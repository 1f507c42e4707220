/**
 * The accounting service of Redress that calls this core: what stands in a client's settings as
 * `services.NAME`. Copy it and change it for a core of your own.
 */

export interface StandInServiceOptions {
  readonly concurrency?: number;
  readonly callSeconds?: number;
  readonly absenceIsProofAfterSeconds?: number | null;
  readonly withLookUp?: boolean;
}

export function standInService(address: string, options: StandInServiceOptions = {}) {
  const { withLookUp = true, absenceIsProofAfterSeconds = 60 } = options;
  return {
    protocol: "rest-json",
    url: address,
    key: { format: "uuid", header: "Idempotency-Key", lifeSeconds: 86_400 },
    post: {
      path: "/postings",
      body: {
        reference: "{{adjustment.id}}",
        claim: "{{claim.number}}",
        dispute: "{{dispute.number}}",
        rule: "{{adjustment.rule}}",
        text: "{{statementText}}",
        amount: "{{amount}}",
        currency: "{{currency}}",
        postingDate: "{{postingDate}}",
        memo: "{{adjustment.memo}}",
        lines: {
          $each: "entries",
          as: {
            entry: "{{entry.id}}",
            debitAccount: "{{entry.debitNumber}}",
            debitCode: "{{entry.debitTranCode}}",
            creditAccount: "{{entry.creditNumber}}",
            creditCode: "{{entry.creditTranCode}}",
            amount: "{{entry.amount}}",
          },
        },
      },
    },
    ...(withLookUp
      ? {
          lookUp: {
            path: "/postings/{{key}}",
            absenceIsProofAfterSeconds,
          },
        }
      : {}),
    answer: {
      code: "body.code",
      message: "body.message",
      reference: "body.id",
      postingDate: "body.postedOn",
      amount: "body.amount",
      currency: "body.currency",
      debitAccount: "body.debitAccount",
      creditAccount: "body.creditAccount",
    },
    outcomes: [
      { when: { header: { "idempotent-replayed": "true" } }, outcome: "alreadyPosted" },
      { when: { code: "KEY_REUSED" }, outcome: "alreadyPosted" },
      { when: { code: "WARNING_CODE" }, outcome: "refusedOverridable" },
    ],
    timeouts: { connectSeconds: 2, callSeconds: options.callSeconds ?? 10 },
    concurrency: options.concurrency ?? 16,
  };
}
