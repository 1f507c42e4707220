/** The operations that a table cannot say, by the name under which the rule book refers to them. */
import type { Operation, Procedure } from "../../rulebook/operations.ts";

import type { Applied } from "../decide-context.ts";
import { adjustManually } from "./adjust-manually.ts";
import { amountInDispute } from "./amount-in-dispute.ts";
import { bookCustomerReceivable } from "./book-customer-receivable.ts";
import { recordCoreSuspensePosting } from "./core-suspense-posting.ts";
import { denyDispute, takeBackDuplicateCredit, withdrawDispute } from "./deny-dispute.ts";
import { importHistory } from "./import-history.ts";
import { cancelDenial, performDebit, recordNoticeSent } from "./planned-denial.ts";
import { recordRegulatoryFact } from "./record-regulatory-fact.ts";
import { reopen } from "./reopen.ts";
import { resolve } from "./resolve.ts";
import { reverseAdjustment } from "./reverse-adjustment.ts";
import { reverseWriteOff, writeOff } from "./write-off.ts";

export const PROCEDURES: Readonly<
  Record<Procedure, (applied: Applied, operation: Operation) => void>
> = {
  writeOff,
  reverseWriteOff,
  denyDispute,
  withdrawDispute,
  recordNoticeSent,
  cancelDenial,
  performDebit,
  takeBackDuplicateCredit,
  bookCustomerReceivable,
  recordCoreSuspensePosting,
  amountInDispute,
  adjustManually,
  reverseAdjustment,
  importHistory,
  resolve,
  reopen,
  recordRegulatoryFact,
};
