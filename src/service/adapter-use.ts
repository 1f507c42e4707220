/**
 * How many calls were taken for an adapter and have not ended. One that was replaced is closed when
 * the last of them has: what waits to leave was written for its connections.
 */
export interface AdapterUse {
  began(): void;
  ended(): void;
  replaced(): void;
}

export function openAdapterUse(close: () => void): AdapterUse {
  let calls = 0;
  let isReplaced = false;
  const closeIfDone = (): void => {
    if (isReplaced && calls === 0) close();
  };
  return {
    began: () => {
      calls += 1;
    },
    ended: () => {
      calls -= 1;
      closeIfDone();
    },
    replaced: () => {
      isReplaced = true;
      closeIfDone();
    },
  };
}
