/**
 * An independent reader of Nacha files for tests, written from the Nacha Operating Rules, Appendix
 * Three (record formats), and sharing nothing with the reader or the layouts of the product. It
 * knows PPD and CCD without addenda, and throws with the line at the first thing that is wrong.
 */
export interface RulesEntry {
  readonly transactionCode: string;
  readonly routing: string;
  readonly account: string;
  readonly cents: number;
  readonly identification: string;
  readonly trace: string;
}

export interface RulesFile {
  readonly modifier: string;
  readonly created: string;
  readonly entryClass: string;
  readonly effective: string;
  readonly entries: readonly RulesEntry[];
  readonly debitCents: number;
  readonly creditCents: number;
}

/** Alphameric fields of Appendix Three, Part 1: printable ASCII. */
const ALPHAMERIC = /^[\x20-\x7e]*$/;

export function readByTheRules(content: string): RulesFile {
  const rows = content.split("\n");
  if (rows.pop() !== "") throw new Error("the last record has no end");
  if (rows.length > 10_000) throw new Error("more than 10,000 records");
  if (rows.length % 10 !== 0) throw new Error("not blocked by ten");
  rows.forEach((row, index) => {
    if (row.length !== 94) throw new Error(`record ${index + 1} has ${row.length} characters`);
    if (!ALPHAMERIC.test(row)) throw new Error(`record ${index + 1} is not printable ASCII`);
  });
  let fill = rows.length;
  while (rows[fill - 1] === "9".repeat(94)) fill -= 1;
  if (rows.length - fill > 9) throw new Error("a whole block of filler");
  const [one, five, ...rest] = rows.slice(0, fill) as [string, string, ...string[]];
  const nine = rest.pop() as string;
  const eight = rest.pop() as string;
  match(one, /^101[ 0-9]\d{9}[ 0-9]\d{9}\d{6}\d{4}[A-Z0-9]094101.{23}.{23}.{8}$/, "file header");
  match(
    five,
    /^5(200|220|225).{16}.{20}.{10}(PPD|CCD).{10}.{6}\d{6} {3}1\d{8}\d{7}$/,
    "batch header",
  );
  match(eight, /^8(200|220|225)\d{6}\d{10}\d{12}\d{12}.{10} {19} {6}\d{8}\d{7}$/, "batch control");
  match(nine, /^9\d{6}\d{6}\d{8}\d{10}\d{12}\d{12} {39}$/, "file control");
  const entries = rest.map((row) => entryOf(row, five.slice(79, 87)));
  const of = (codes: string[]): number =>
    entries
      .filter((entry) => codes.includes(entry.transactionCode))
      .reduce((sum, entry) => sum + entry.cents, 0);
  const [debitCents, creditCents] = [of(["27", "37"]), of(["22", "32"])];
  const hash = entries.reduce((sum, entry) => sum + Number(entry.routing.slice(0, 8)), 0) % 1e10;
  equal(Number(eight.slice(4, 10)), entries.length, "batch entry count");
  equal(Number(nine.slice(13, 21)), entries.length, "file entry count");
  equal(Number(eight.slice(10, 20)), hash, "batch hash");
  equal(Number(nine.slice(21, 31)), hash, "file hash");
  equal(Number(eight.slice(20, 32)), debitCents, "batch debits");
  equal(Number(eight.slice(32, 44)), creditCents, "batch credits");
  equal(Number(nine.slice(31, 43)), debitCents, "file debits");
  equal(Number(nine.slice(43, 55)), creditCents, "file credits");
  equal(Number(nine.slice(1, 7)), 1, "batch count");
  equal(Number(nine.slice(7, 13)), rows.length / 10, "block count");
  equal(eight.slice(1, 4), five.slice(1, 4), "service class");
  equal(eight.slice(44, 54), five.slice(40, 50), "company identification");
  equal(eight.slice(79), five.slice(79), "originating DFI and batch number");
  return {
    modifier: one.slice(33, 34),
    created: one.slice(23, 33),
    entryClass: five.slice(50, 53),
    effective: five.slice(69, 75),
    entries,
    debitCents,
    creditCents,
  };
}

function entryOf(row: string, dfi: string): RulesEntry {
  match(row, /^6(22|27|32|37)\d{9}.{17}\d{10}.{15}.{22}.{2}0\d{15}$/, "entry detail");
  const routing = row.slice(3, 12);
  const digits = Array.from(routing, Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [a, b, c, d, e, f, g, h, check] = digits;
  const sum = 3 * (a + d + g) + 7 * (b + e + h) + (c + f);
  equal((10 - (sum % 10)) % 10, check, "check digit");
  equal(row.slice(79, 87), dfi, "trace number's DFI");
  if (row.slice(54, 76).trim() === "") throw new Error("a mandatory name is blank");
  return {
    transactionCode: row.slice(1, 3),
    routing,
    account: row.slice(12, 29).trim(),
    cents: Number(row.slice(29, 39)),
    identification: row.slice(39, 54).trim(),
    trace: row.slice(79),
  };
}

function match(row: string, pattern: RegExp, name: string): void {
  if (!pattern.test(row)) throw new Error(`${name} is not as the rules have it: ${row}`);
}

function equal(said: unknown, counted: unknown, name: string): void {
  if (said !== counted)
    throw new Error(`${name}: says ${String(said)}, counted ${String(counted)}`);
}
