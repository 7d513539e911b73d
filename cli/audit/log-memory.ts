import { hash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { NoteKey } from "../../runtime/audit/tlog/note-key";
import { CliError } from "../program";
import { xdgFolder } from "../xdg-folder";

/** Where what readers remember of logs lies */
export function cacheFolder(): string {
  return join(xdgFolder("XDG_CACHE_HOME"), "audit");
}

/**
 * What the reader keeps about a log, in the reader's own folder: the last checkpoint, which detects rollbacks, and the
 * index. Only the signed checkpoint is trusted.
 */
export class LogMemory {
  public readonly folder: string;

  constructor(cache: string, { name, id }: NoteKey, origin = name) {
    this.folder = join(cache, hash("sha256", `${name}\n${id}\n${origin}`, "hex").slice(0, 32));
  }

  public checkpoint(): { readonly bytes: Uint8Array; readonly file: string } | undefined {
    const file = this.path("checkpoint");
    const bytes = this.read("checkpoint");
    return bytes && { bytes, file };
  }

  public keep(checkpoint: Uint8Array): void {
    this.write("checkpoint", checkpoint);
  }

  /** @returns undefined if there is none. @throws CliError */
  public read(name: string): Buffer | undefined {
    return this.known(name, () => {
      try {
        return readFileSync(this.path(name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  /** Write a file that is whole or not there. @throws CliError */
  public write(name: string, bytes: Uint8Array): void {
    this.known(name, () => {
      const path = this.path(name);
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}`;
      writeFileSync(temporary, bytes);
      renameSync(temporary, path);
    });
  }

  public path(name: string): string {
    return join(this.folder, name);
  }

  private known<T>(name: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw new CliError(`${this.path(name)} fails: ${(error as Error).message}: name another folder with --cache`);
    }
  }
}
