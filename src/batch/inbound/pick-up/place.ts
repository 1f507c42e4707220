/**
 * A place where a destination leaves its files, as a pick-up sees it: directory, SFTP or S3. What
 * is listed may be read any number of times; it is put out of the way only after it is stored.
 */
export interface WaitingFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly whole: Wholeness;
}

/** How it is known that nobody is still writing a file. */
export type Wholeness =
  /** It last changed then, by the clock that we go by too. */
  | { readonly by: "clock"; readonly changedAt: Date }
  /** The place has a clock of its own: what it says must be the same at two looks. */
  | { readonly by: "looks"; readonly version: string }
  /** The place shows a file when it is whole, and not before. */
  | { readonly by: "place" };

export interface PickUpPlace {
  /** What is still being written under a temporary name is left out. */
  list(): Promise<readonly WaitingFile[]>;
  /** Null where it changed while it was read. Throws `PlaceFailed`. */
  read(file: WaitingFile): Promise<Uint8Array | null>;
  /**
   * Puts the file out of the way, so that it is not listed again. Once done, again is no error; a
   * file of the same name that came in between stays where it is.
   */
  collected(file: WaitingFile, sha256: Uint8Array): Promise<void>;
  /** Takes a done-marker away; one that is gone is no error. */
  removeMarker(name: string): Promise<void>;
  close(): Promise<void>;
}

/** The place cannot be reached or refuses; the message is for the owner of its alarm. */
export class PlaceFailed extends Error {
  override readonly name: string = "PlaceFailed";
}

/** One file cannot be taken or put away; the others of its place can. */
export class FileFailed extends PlaceFailed {
  override readonly name = "FileFailed";
}

const TEMPORARY = /^\.|\.(part|tmp|filepart|partial)$/i;

/** Names that writers use until a file is whole. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

export const COLLECTED = "collected";
const HASH_CHARACTERS = 12;
/** What file systems have room for. */
const LONGEST_NAME_BYTES = 255;

/**
 * With the hash of its content in front, so that a later file of the same name is another. Of a
 * name that gets too long by it the beginning is left out.
 */
export function collectedName(name: string, sha256: Uint8Array): string {
  const hash = Buffer.from(sha256).toString("hex").slice(0, HASH_CHARACTERS);
  let kept = name;
  // A character of two halves is left out as a whole.
  while (Buffer.byteLength(kept) + hash.length + 1 > LONGEST_NAME_BYTES || !kept.isWellFormed()) {
    kept = kept.slice(1);
  }
  return `${hash}-${kept}`;
}
