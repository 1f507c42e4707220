/**
 * The calls of one service that this process has taken and not yet finished. As many as its
 * concurrency allows are under way; where answers come fast a few more wait beside them, taken
 * ahead, so that the database is asked for hundreds at once instead of for one at a time.
 *
 * What waits is committed as being sent: so only as much waits as leaves within a blink, and the
 * set that was taken last. A rate or an outage leave nothing waiting, a slow core next to nothing.
 */

export interface RunwayLimits {
  readonly concurrency: number;
  readonly ratePerSecond: number | null;
}

export interface Runway<Flight> {
  /** Calls that may be taken beside those that are in hand: waiting, under way, not settled. */
  room(limits: RunwayLimits): number;
  /** True while a few more are not worth a taking, or what is coming is enough. */
  isWellFilled(limits: RunwayLimits): boolean;
  /** So many are being taken now. */
  expects(calls: number): void;
  /** Of the calls expected, these came. */
  add(flights: readonly Flight[], expected: number): void;
  /** The calls that may start now. */
  departures(concurrency: number): Flight[];
  landed(latencyMilliseconds: number): void;
  /** Takes back what waits: the circuit is open. */
  cleared(): Flight[];
}

/** What leaves within this time may be taken ahead. */
const AHEAD_MILLISECONDS = 80;
const MOST_AHEAD = 8;
/** Most of what is in hand is not waiting: its answers are being written. */
const IN_HAND = 4;
const SMOOTHING = 0.05;

export function openRunway<Flight>(): Runway<Flight> {
  const waiting: Flight[] = [];
  let coming = 0;
  let underWay = 0;
  /** Of the calls so far; before the first answer nothing is taken ahead. */
  let latency = Infinity;

  const ahead = ({ concurrency, ratePerSecond }: RunwayLimits): number => {
    if (ratePerSecond !== null) return 0;
    return Math.floor(concurrency * Math.min(MOST_AHEAD, AHEAD_MILLISECONDS / latency));
  };
  return {
    room: (limits) => limits.concurrency + IN_HAND * ahead(limits),
    isWellFilled: (limits) => waiting.length + coming > ahead(limits),
    expects: (calls) => {
      coming += calls;
    },
    add: (flights, expected) => {
      coming -= expected;
      waiting.push(...flights);
    },
    departures: (concurrency) => {
      const leaving = waiting.splice(0, Math.max(0, concurrency - underWay));
      underWay += leaving.length;
      return leaving;
    },
    landed: (milliseconds) => {
      underWay -= 1;
      latency =
        latency === Infinity ? milliseconds : latency + SMOOTHING * (milliseconds - latency);
    },
    cleared: () => waiting.splice(0),
  };
}
