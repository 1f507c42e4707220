/** Which of the names that exist somebody meant who wrote one that does not. Pure. */

const MOST_EDITS = 2;
const MOST_NAMES = 3;

/** The nearest first, a few at most; none where nothing is near. Capitals do not count. */
export function namesNear(written: string, names: readonly string[]): string[] {
  const asked = written.toLowerCase();
  const most = Math.min(MOST_EDITS, Math.floor(written.length / 2));
  return names
    .map((name) => ({ name, edits: editsBetween(asked, name.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .toSorted((one, other) => one.edits - other.edits)
    .slice(0, MOST_NAMES)
    .map(({ name }) => name);
}

/** Letters put in, taken out or exchanged on the way from one to the other (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 0; row < one.length; row += 1) {
    const now = [row + 1];
    for (let column = 0; column < other.length; column += 1) {
      const isSame = one.charAt(row) === other.charAt(column);
      const exchanged = (before[column] ?? 0) + (isSame ? 0 : 1);
      now.push(Math.min(exchanged, (before[column + 1] ?? 0) + 1, (now[column] ?? 0) + 1));
    }
    before = now;
  }
  return before.at(-1) ?? 0;
}
