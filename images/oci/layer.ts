import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack, type Pack } from "tar-stream";
import type { ImageFile } from "./file";

/** Default permissions of a file: readable by all, writable by none. */
const READABLE = 0o444;
const FOLDER = 0o755;
const EPOCH = new Date(0);

/** What is named by the digest of its bytes (OCI image-spec, descriptor) */
export interface Blob {
  /** `sha256:` and 64 hexadecimal digits */
  readonly digest: string;
  /** Bytes */
  readonly size: number;
}

/**
 * Write files as one layer: an uncompressed tar archive, because compressors differ between releases. The same files
 * give the same bytes, in any order: owner root, times of the epoch, sorted by path.
 *
 * @param files at paths that begin with `/`
 * @param blobs folder of the layout that takes it
 * @throws Error for a path that is relative, leaves the root, or occurs twice
 */
export async function writeLayer(files: readonly ImageFile[], blobs: string): Promise<Blob> {
  const archive = pack();
  const hash = createHash("sha256");
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const unfinished = join(blobs, "unfinished");
  const written = pipeline(archive, count, createWriteStream(unfinished));
  await Promise.all([addAll(archive, withFolders(files)), written]);
  const digest = hash.digest("hex");
  await rename(unfinished, join(blobs, digest));
  return { digest: `sha256:${digest}`, size };
}

function withFolders(files: readonly ImageFile[]): readonly ImageFile[] {
  const entries = new Map<string, ImageFile>();
  for (const file of files) {
    const { path } = file;
    if (!/^(\/[^/]+)+$/.test(path) || path.split("/").includes("..")) {
      throw new Error(`a path in an image must be absolute and without "..", got "${path}"`);
    }
    if (entries.has(path)) throw new Error(`an image has "${path}" twice: leave one out`);
    entries.set(path, file);
  }
  for (const { path } of files) {
    for (let above = dirname(path); above !== "/"; above = dirname(above)) {
      const entry = entries.get(above);
      if (entry === undefined) entries.set(above, { path: above, mode: FOLDER, folder: true });
      else if (!("folder" in entry)) throw new Error(`"${path}" is below "${above}", which is no folder`);
    }
  }
  return [...entries.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function addAll(archive: Pack, files: readonly ImageFile[]): Promise<void> {
  for (const file of files) await add(archive, file);
  archive.finalize();
}

async function add(archive: Pack, file: ImageFile): Promise<void> {
  const header = { name: file.path.slice(1), uid: 0, gid: 0, mtime: EPOCH };
  if ("folder" in file) {
    archive.entry({ ...header, name: `${header.name}/`, type: "directory", mode: file.mode });
  } else if ("linkTo" in file) {
    archive.entry({ ...header, type: "symlink", linkname: file.linkTo, mode: 0o777 });
  } else if ("copyOf" in file) {
    const { size } = statSync(file.copyOf);
    await pipeline(createReadStream(file.copyOf), archive.entry({ ...header, mode: file.mode ?? READABLE, size }));
  } else {
    archive.entry({ ...header, mode: file.mode ?? READABLE }, file.content);
  }
}
