/**
 * A place where a destination leaves its files, as a pick-up sees it: directory, SFTP or S3. What
 * is listed may be read any number of times; it is put out of the way only after it is stored.
 */
export interface WaitingFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** When it last changed, by the place's own clock. Null where the place does not say. */
  readonly changedAt: Date | null;
}

export interface PickUpPlace {
  /** Whole files only: what is still being written under a temporary name is left out. */
  list(): Promise<readonly WaitingFile[]>;
  read(name: string): Promise<Uint8Array>;
  /** Puts the file out of the way, so that it is not listed again. Once done, again is no error. */
  collected(name: string): Promise<void>;
  close(): Promise<void>;
}

const TEMPORARY = /^\.|\.(part|tmp|filepart|partial)$/i;

/** Names that writers use until a file is whole. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}
