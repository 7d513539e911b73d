import { gunzipSync, gzipSync, inflateRawSync } from "node:zlib";
import { BundleError } from "./bundle-error";

/** Contents by path, such as `ambit/fleet/data.json` */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Beyond these an archive is not looked at. A fleet of 10,000 agents takes about 8 MB. */
export const ARCHIVE_LIMITS = { compressedBytes: 67_108_864, bytes: 268_435_456, files: 1_000 } as const;

const BLOCK = 512;
const LONGEST_NAME = 100;
const NAME = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*\.?[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const GZIP_FLAGS = 3;
const GZIP_EXTRA_FLAGS = 8;
const GZIP_SYSTEM = 9;
const UNKNOWN_SYSTEM = 255;
const GZIP_HEADER = 10;
/** Checksum and size */
const GZIP_TRAILER = 8;

/**
 * A gzipped tar archive whose bytes follow from the files alone: names sorted, no time, no owner, one mode.
 * Compressed by zlib: another release of Node may write other bytes that unpack to the same.
 */
export function tarGz(files: Files): Buffer {
  const zipped = gzipSync(tar(files), { level: 9 });
  zipped[GZIP_EXTRA_FLAGS] = 0;
  zipped[GZIP_SYSTEM] = UNKNOWN_SYSTEM;
  return zipped;
}

/**
 * The files of an archive that {@link tarGz} wrote: its tar byte for byte, compressed by any deflate in one gzip member
 * without name, comment or extra field. Any other archive is refused, with any content.
 */
export function untarGz(bytes: Uint8Array): Map<string, Buffer> {
  const { compressedBytes } = ARCHIVE_LIMITS;
  if (bytes.length > compressedBytes) {
    throw new BundleError(`the bundle must have at most ${compressedBytes} bytes, got ${bytes.length}`);
  }
  const archive = unzipped(bytes);
  const files = oneMember(bytes) ? entries(archive) : undefined;
  // One canonical form: no links, no duplicate names, nothing between or after the entries.
  if (files === undefined || !tar(files).equals(archive)) {
    throw new BundleError("the bundle is an archive that Ambit did not write: synthesize, or sign, again");
  }
  return files;
}

/** Whether valid gzip has a bare header, and nothing after its first member: gunzip itself ignores both. */
function oneMember(bytes: Uint8Array): boolean {
  if (bytes[GZIP_FLAGS] !== 0) return false;
  const options = { info: true, maxOutputLength: ARCHIVE_LIMITS.bytes };
  const { engine } = inflateRawSync(bytes.subarray(GZIP_HEADER), options) as unknown as {
    readonly engine: { readonly bytesWritten: number };
  };
  return GZIP_HEADER + engine.bytesWritten + GZIP_TRAILER === bytes.length;
}

function unzipped(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: ARCHIVE_LIMITS.bytes });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ERR_BUFFER_TOO_LARGE" ? `it unpacks to more than ${ARCHIVE_LIMITS.bytes} bytes` : message;
    throw new BundleError(`the bundle cannot be unpacked: ${why}`);
  }
}

/** What the headers name; whether they are sound shows when the archive is written again. */
function entries(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const name = archive.toString("latin1", at, at + LONGEST_NAME).replace(/\0.*$/s, "");
    const size = Number.parseInt(archive.toString("latin1", at + 124, at + 135), 8);
    const start = at + BLOCK;
    if (!(size >= 0) || start + size > archive.length) {
      throw new BundleError(`the bundle is cut off or damaged at ${JSON.stringify(name)}`);
    }
    if (files.has(name)) throw new BundleError(`the bundle names ${JSON.stringify(name)} twice`);
    if (files.size === ARCHIVE_LIMITS.files) {
      throw new BundleError(`the bundle must have at most ${ARCHIVE_LIMITS.files} files`);
    }
    files.set(name, archive.subarray(start, start + size));
    at = start + padded(size);
  }
  return files;
}

function tar(files: Files): Buffer {
  const names = [...files.keys()].sort();
  const blocks = names.flatMap((name) => {
    const content = files.get(name) as Uint8Array;
    return [header(name, content.length), content, Buffer.alloc(padded(content.length) - content.length)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** POSIX.1-1988 ustar: a regular, world-readable file */
function header(name: string, size: number): Buffer {
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    const must = `of letters, digits, ".", "_" and "-", in folders, with at most ${LONGEST_NAME} characters`;
    throw new BundleError(`a file of a bundle must have a relative name ${must}, got ${JSON.stringify(name)}`);
  }
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, "latin1");
  block.write("0000644\0" + "0000000\0" + "0000000\0", 100, "latin1");
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124, "latin1");
  block.write("        0", 148, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
