/** A refused decision leaves the book exactly as it was: everything `record` did is taken back. */
import type { DisputeBook } from "./dispute-book.ts";

export function restoreOnFailure<Result>(book: DisputeBook, work: () => Result): Result {
  const before = snapshot(book);
  try {
    return work();
  } catch (error) {
    before();
    throw error;
  }
}

/** Remembers the book as it is; call the answer to go back there. Cheap: rows are shared. */
export function snapshot(book: DisputeBook): () => void {
  const { state } = book;
  const changes = book.changes.length;
  const operations = book.operations.length;
  const resolutions = book.resolutions.map((one) => ({ ...one }));
  const denials = book.denials.map((one) => ({ ...one }));
  const adjustments = book.adjustments.map((one) => ({ ...one }));
  return () => {
    book.state = state;
    book.changes.length = changes;
    book.operations.length = operations;
    book.resolutions.splice(0, Infinity, ...resolutions);
    book.denials.splice(0, Infinity, ...denials);
    book.adjustments.splice(0, Infinity, ...adjustments);
  };
}
