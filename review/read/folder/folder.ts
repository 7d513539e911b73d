import { createHash } from "node:crypto";
import { closeSync, constants, type Dirent, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { byKey } from "../../../domain/by-text";
import type { JsonObject } from "../json";
import { ReadError } from "../read-error";
import { strictJsonObject } from "./strict-json";

/** Most bytes of one file */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 50_000;

/** Folders that Terraform, git and package managers use for themselves */
const IGNORED = new Set([".git", ".terraform", "node_modules"]);

/**
 * The files of an untrusted folder, by relative path with `/`.
 *
 * Only listed files can be read: no path leads out.
 */
export class Folder {
  public readonly files: readonly string[];
  /** Ignored entries of the folder, with everything below them */
  public readonly ignored: string[] = [];
  private readonly paths: ReadonlySet<string>;
  private readonly digests = new Map<string, string>();
  private readonly values = new Map<string, unknown>();

  /**
   * @param once the values read of other folders, by digest; without it a file is hashed only where its digest is asked for
   * @throws ReadError for a symbolic link, an entry that is neither file nor folder, and more files than the limit
   */
  constructor(
    private readonly root: string,
    private readonly once?: ReadCache,
  ) {
    const files: string[] = [];
    this.list("", files);
    this.files = files.sort();
    this.paths = new Set(files);
  }

  public has(path: string): boolean {
    return this.paths.has(path);
  }

  /** SHA-256 of the files hashed, sorted by path */
  public get read(): ReadonlyMap<string, string> {
    return new Map([...this.digests].sort(byKey));
  }

  /** SHA-256 of a file, which is read for it */
  public digest(path: string): string {
    const known = this.digests.get(path);
    if (known !== undefined) return known;
    const bytes = this.bytes(path);
    return this.digests.get(path) ?? this.hashed(path, bytes);
  }

  public bytes(path: string): Buffer {
    if (!this.paths.has(path)) throw new ReadError(path, "", "is not in the folder");
    const bytes = readFile(join(this.root, path), path);
    if (this.once !== undefined) this.hashed(path, bytes);
    return bytes;
  }

  private hashed(path: string, bytes: Buffer): string {
    const digest = createHash("sha256").update(bytes).digest("hex");
    this.digests.set(path, digest);
    return digest;
  }

  /** Reads every file, so that every digest is known */
  public readAll(): void {
    for (const path of this.files) this.digest(path);
  }

  public object(path: string): JsonObject {
    return this.readAs("object", path, (bytes) => strictJsonObject(bytes, path));
  }

  /** The result of a reader for the bytes of a file; equal bytes are read once */
  public readAs<Read>(reader: string, path: string, read: (bytes: Buffer) => Read): Read {
    if (this.once !== undefined) {
      const bytes = this.bytes(path);
      return this.once.of(reader, this.digest(path), () => read(bytes));
    }
    const key = `${reader} ${path}`;
    if (!this.values.has(key)) this.values.set(key, read(this.bytes(path)));
    return this.values.get(key) as Read;
  }

  /** The object in a file; undefined if there is no such file */
  public objectIfAny(path: string): JsonObject | undefined {
    return this.has(path) ? this.object(path) : undefined;
  }

  private list(folder: string, files: string[]): void {
    for (const entry of entriesOf(join(this.root, folder), folder)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (IGNORED.has(entry.name)) this.ignored.push(path);
      else if (entry.isDirectory()) this.list(path, files);
      else if (entry.isFile()) files.push(path);
      else {
        throw new ReadError(path, "", entry.isSymbolicLink() ? "is a symbolic link: copy what it names" : "is no file");
      }
      if (files.length > MAX_FILES) {
        throw new ReadError(path, "", `is one of more than ${MAX_FILES} files: name a smaller folder`);
      }
    }
  }
}

function entriesOf(folder: string, name: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new ReadError(name === "" ? folder : name, "", `cannot be listed (${codeOf(error)}): name a readable folder`);
  }
}

function readFile(path: string, name: string): Buffer {
  const file = opened(path, name);
  try {
    const { size } = fstatSync(file);
    if (size > MAX_FILE_BYTES) {
      throw new ReadError(name, "", `must be at most ${MAX_FILE_BYTES} bytes, got ${size}: split the stack`);
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function opened(path: string, name: string): number {
  try {
    // The file may have been replaced by a link since it was listed.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw new ReadError(name, "", `cannot be opened (${codeOf(error)}): give it a plain name and let it be read`);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/**
 * Results of reading files, by content: a file in two folders is read once, and its result is one value. Two states of
 * a fleet share most of their files.
 */
export class ReadCache {
  private readonly known = new Map<string, unknown>();

  /**
   * @param reader name of the reader, which must give the same result for the same bytes
   * @param digest SHA-256 of the bytes
   */
  public of<Read>(reader: string, digest: string, read: () => Read): Read {
    const key = `${reader} ${digest}`;
    if (!this.known.has(key)) this.known.set(key, read());
    return this.known.get(key) as Read;
  }
}
