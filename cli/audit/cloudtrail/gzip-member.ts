import { crc32, inflateRawSync, type InputType } from "node:zlib";
import { MOST_BYTES } from "./plain-text";

/** Of RFC 1952, section 2.3 */
const [HEADER, TRAILER] = [10, 8];
const MAGIC = Buffer.of(0x1f, 0x8b, 8);
const FLAGS = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10 } as const;

/** With `info`, Node's functions tell besides how much they have read. */
type Told = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
const inflated = (bytes: InputType): Told =>
  inflateRawSync(bytes, { info: true, maxOutputLength: MOST_BYTES } as object) as unknown as Told;

/**
 * Content of a file with exactly one gzip member. Node's own gunzip reads further members, and would hide appended
 * data.
 *
 * @throws Error if the file is malformed, as half a sentence
 */
export function gzipMember(bytes: Uint8Array): Buffer {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("it is not compressed by gzip");
  const start = headerEnd(file);
  const { buffer, engine } = inflated(file.subarray(start));
  const trailer = file.subarray(start + engine.bytesWritten);
  if (trailer.length !== TRAILER) throw new Error("there is something behind its end");
  if (trailer.readUInt32LE(0) !== crc32(buffer) || trailer.readUInt32LE(4) !== buffer.length % 2 ** 32)
    throw new Error("its checksum is another");
  return buffer;
}

function headerEnd(file: Buffer): number {
  const flags = file[3] ?? 0;
  let at = HEADER;
  if (flags & FLAGS.extra) at += 2 + (at + 2 <= file.length ? file.readUInt16LE(at) : 0);
  for (const text of [FLAGS.name, FLAGS.comment]) if (flags & text) at = file.indexOf(0, at) + 1;
  if (flags & FLAGS.headerCrc) at += 2;
  return at;
}
