import { createHash } from "node:crypto";
import { untarGz } from "../../policies/archive";
import { BundleError } from "../../policies/bundle-error";
import { strictJsonObject } from "./folder/strict-json";
import type { JsonObject } from "./json";
import { ReadError } from "./read-error";

const DATA = "ambit/fleet/data.json";

/** Content of OPA's bundle */
export interface PolicyBundle {
  /** SHA-256 of the policies and of the manifest, by path */
  readonly sources: ReadonlyMap<string, string>;
  /** The policy document in it; undefined if there is none */
  readonly policy?: JsonObject;
}

/** An already parsed policy document */
export interface ReadPolicy {
  readonly bytes: Buffer;
  readonly policy: JsonObject;
}

/**
 * @param beside the document beside the archive: synth writes the same bytes into the archive
 * @throws ReadError if synth did not write the archive
 */
export function readBundle(bytes: Buffer, path: string, beside?: ReadPolicy): PolicyBundle {
  const files = entriesOf(bytes, path);
  const data = files.get(DATA);
  const sources = [...files].filter(([name]) => name !== DATA);
  return {
    sources: new Map(sources.map(([name, content]) => [name, createHash("sha256").update(content).digest("hex")])),
    ...(data !== undefined && {
      policy: beside?.bytes.equals(data) ? beside.policy : strictJsonObject(data, `${path}/${DATA}`),
    }),
  };
}

function entriesOf(bytes: Buffer, path: string): ReadonlyMap<string, Buffer> {
  try {
    return untarGz(bytes);
  } catch (error) {
    if (error instanceof BundleError) throw new ReadError(path, "", error.message);
    throw error;
  }
}
