/** Where the keys of a grid lead: one tab stop, and then arrows or letters. */

const PAGE_ROWS = 10;

/** The row that a key leads to, within the grid; undefined for other keys. */
export function moveOf(key: string, at: number, count: number): number | undefined {
  const to = rawMove(key, at, count);
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

function rawMove(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
    case "j":
      return at + 1;
    case "ArrowUp":
    case "k":
      return at - 1;
    case "PageDown":
      return at + PAGE_ROWS;
    case "PageUp":
      return at - PAGE_ROWS;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
