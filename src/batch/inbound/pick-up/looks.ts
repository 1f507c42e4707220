/**
 * What earlier looks at a place saw, to tell a file that is whole from one that is being written.
 * Lost with the process: then a file waits for one look more.
 */
import type { WaitingFile } from "./place.ts";

export interface WholeRule {
  readonly quietSeconds: number;
  readonly doneMarker?: string | undefined;
}

export interface Sorted {
  readonly whole: readonly WaitingFile[];
  /** Done-markers of files that are gone, seen so at two looks. */
  readonly leftMarkers: readonly string[];
}

interface Seen {
  readonly version: string;
  readonly since: number;
}

const LEFT = "left";

export class Looks {
  readonly #lookedAt = new Map<string, number>();
  readonly #seen = new Map<string, ReadonlyMap<string, Seen>>();
  readonly #kept = new Map<string, string>();

  /** True once every so many seconds, and that look then counts. Times are epoch milliseconds. */
  isTime(place: string, everySeconds: number, now: number): boolean {
    if (now - (this.#lookedAt.get(place) ?? -Infinity) < everySeconds * 1000) return false;
    this.#lookedAt.set(place, now);
    return true;
  }

  /** True for bytes that were stored and that the place did not let go of since. */
  isKept(place: string, name: string, sha256: Uint8Array): boolean {
    return this.#kept.get(`${place}\n${name}`) === Buffer.from(sha256).toString("hex");
  }

  /** Remembers what was stored until it is put away. */
  keep(place: string, name: string, sha256: Uint8Array | null): void {
    const key = `${place}\n${name}`;
    if (sha256 === null) this.#kept.delete(key);
    else this.#kept.set(key, Buffer.from(sha256).toString("hex"));
  }

  sort(place: string, files: readonly WaitingFile[], rule: WholeRule, now: number): Sorted {
    const before = this.#seen.get(place) ?? new Map<string, Seen>();
    const seen = new Map<string, Seen>();
    /** How long it has looked like this. */
    const stillFor = (name: string, version: string): number => {
      const known = before.get(name);
      const since = known?.version === version ? known.since : now;
      seen.set(name, { version, since });
      return known?.version === version ? now - since : -1;
    };
    const quiet = rule.quietSeconds * 1000;
    const isQuiet = ({ name, whole }: WaitingFile): boolean => {
      switch (whole.by) {
        case "clock": {
          const changedAt = whole.changedAt.getTime();
          // Dated in the future, it goes by another clock than we do.
          if (changedAt > now) return stillFor(name, String(changedAt)) >= quiet;
          return now - changedAt >= quiet;
        }
        case "looks":
          return stillFor(name, whole.version) >= quiet;
        case "place":
          return true;
      }
    };
    const { doneMarker } = rule;
    const sorted: Sorted =
      doneMarker === undefined
        ? { whole: files.filter(isQuiet), leftMarkers: [] }
        : marked(files, doneMarker, (name) => stillFor(name, LEFT) >= 0);
    this.#seen.set(place, seen);
    return sorted;
  }
}

/** A name that has a marker is a file, also where it ends like one: it is never cleared away. */
function marked(
  files: readonly WaitingFile[],
  doneMarker: string,
  wasLeft: (name: string) => boolean,
): Sorted {
  const names = new Set(files.map((file) => file.name));
  const hasMarker = (name: string): boolean => names.has(`${name}${doneMarker}`);
  const isMarker = (name: string): boolean => name.endsWith(doneMarker);
  const hasFile = (name: string): boolean => names.has(name.slice(0, -doneMarker.length));
  return {
    whole: files.filter(({ name }) => hasMarker(name) && !(isMarker(name) && hasFile(name))),
    leftMarkers: [...names].filter(
      (name) => isMarker(name) && !hasFile(name) && !hasMarker(name) && wasLeft(name),
    ),
  };
}
