/**
 * EBCDIC code page 037 (US, Canada): the 256 characters of Latin-1, each at its own byte, as in
 * the Unicode consortium's table of IBM037. A mainframe's line end is 0x15 (NEL); ASCII's line
 * feed stands at 0x25, its carriage return at 0x0d.
 */
const CODE_PAGE = Buffer.from(
  "000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f" +
    "80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a" +
    "20a0e2e4e0e1e3e5e7f1a22e3c282b7c26e9eaebe8edeeefecdf21242a293bac" +
    "2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22" +
    "d8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4" +
    "b57e737475767778797aa1bfd0dddeae5ea3a5b7a9a7b6bcbdbe5b5dafa8b4d7" +
    "7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff" +
    "5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f",
  "hex",
);

const BYTES: ReadonlyMap<number, number> = new Map(
  [...CODE_PAGE].map((character, byte) => [character, byte]),
);

export function decodeEbcdic(bytes: Uint8Array): string {
  return Buffer.from(bytes.map((byte) => CODE_PAGE[byte] as number)).toString("latin1");
}

/** The byte of a character, or undefined where the code page has none. */
export function ebcdicByte(character: number): number | undefined {
  return BYTES.get(character);
}

/** The text as bytes; null where a character has none. */
export function encodeEbcdic(text: string): Buffer | null {
  const bytes = Buffer.alloc(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const byte = ebcdicByte(text.charCodeAt(index));
    if (byte === undefined) return null;
    bytes[index] = byte;
  }
  return bytes;
}
