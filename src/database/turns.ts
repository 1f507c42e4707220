/**
 * Whose turn it is on the one connection of a transaction. Statements go beside each other, in the
 * order in which they were asked for; what is read bit by bit goes alone.
 */
export type Way = "beside" | "alone";

/** Ends the turn. */
export type Done = () => void;

export interface Turns {
  /** At once where nothing stands in the way: then a statement leaves before the next is made. */
  take(way: Way): Done | Promise<Done>;
}

export function openTurns(): Turns {
  /** Resolves when nothing that goes alone is under way or was asked for. */
  let isShared: Promise<void> = Promise.resolve();
  /** Those that go alone, and who came after them: who comes now comes after these. */
  let inOrder = 0;
  const underWay = new Set<Promise<void>>();

  const inTurn = async (way: Way, ended: Promise<void>): Promise<void> => {
    const before = way === "alone" ? Promise.all([isShared, ...underWay]) : isShared;
    underWay.add(ended);
    if (way === "alone") isShared = ended;
    await before;
  };
  return {
    take: (way) => {
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const waits = way === "alone" || inOrder > 0;
      const done = (): void => {
        underWay.delete(ended);
        if (waits) inOrder -= 1;
        resolve();
      };
      if (!waits) {
        underWay.add(ended);
        return done;
      }
      inOrder += 1;
      return inTurn(way, ended).then(() => done);
    },
  };
}
