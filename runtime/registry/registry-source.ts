import { readFile, stat } from "node:fs/promises";
import { RegistryError } from "./registry-error";
import { readRegistryFile, REGISTRY_LIMITS } from "./signed-registry";

/** What lies at a source: whose content is only fetched once its signature is believed */
export interface Published {
  readonly token: string;
  /**
   * gzip, as it is stored
   *
   * @throws RegistryError if it is not there as the source says
   */
  packed(): Promise<Uint8Array>;
}

/** Where a signed registry lies. Reads have bounds: an answer comes, or an error does. */
export interface RegistrySource {
  /** As messages name it */
  readonly name: string;
  /** What lies there now, if anything does */
  read(): Promise<Published | undefined>;
}

/** A file, for one machine. */
export class FileSource implements RegistrySource {
  constructor(public readonly name: string) {}

  public async read(): Promise<Published | undefined> {
    const most = REGISTRY_LIMITS.tokenBytes + REGISTRY_LIMITS.packedBytes;
    try {
      const { size } = await stat(this.name);
      if (size > most) throw new RegistryError(`${this.name} must have at most ${most} bytes, got ${size}`);
      const { token, packed } = readRegistryFile(await readFile(this.name));
      return { token, packed: async () => packed };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
