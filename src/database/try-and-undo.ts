/** Finds out whether something can be done, and leaves no trace of it. */
import type { Transaction } from "./database.ts";

/** Throws what the work throws; what it did is undone either way. */
export async function tryAndUndo(tx: Transaction, work: () => Promise<unknown>): Promise<void> {
  const undone = new Error("it was only tried");
  try {
    await tx.savepoint(async () => {
      await work();
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
}
