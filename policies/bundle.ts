import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BundleError } from "./bundle-error";
import { canonicalJson } from "./canonical";
import { BESIDE_BUNDLE, foreignPackage, isRule } from "./custom-rules";
import { OPA_FOLDER } from "./paths";

export { ARCHIVE_LIMITS, type Files, tarGz, untarGz } from "./archive";
export { BundleError } from "./bundle-error";

/** The packages that a bundle may define; `system/log` masks decision logs */
export const BUNDLE_ROOTS: readonly string[] = ["ambit", "system/log"];
export const MANIFEST = ".manifest";
export const FLEET_DATA = "ambit/fleet/data.json";

const SOURCE = /^[A-Za-z0-9][A-Za-z0-9_-]*\.rego$/;

export interface BundleOptions {
  /**
   * Folder with Rego of the platform's own, package `ambit.custom`. Tests (`_test.rego`) are left out.
   *
   * @default none
   */
  readonly custom?: string;
}

/**
 * The files of the unsigned bundle: manifest, Rego and fleet. No revision is in it; that is set when it is signed.
 *
 * @param policy the policy document as JSON
 */
export function bundleFiles(policy: string, options: BundleOptions = {}): Map<string, Buffer> {
  const files = new Map([
    [MANIFEST, structured({ rego_version: 1, roots: BUNDLE_ROOTS })],
    [FLEET_DATA, structured(parsed(policy))],
  ]);
  const rules = sources(OPA_FOLDER).filter(([name]) => name !== BESIDE_BUNDLE);
  if (rules.length === 0) throw new BundleError(`there are no policies in ${OPA_FOLDER}: install Ambit again`);
  for (const [name, source] of rules) files.set(`policy/${name}`, source);
  if (options.custom === undefined) return files;
  const custom = sources(options.custom);
  if (custom.length === 0) throw new BundleError(`custom must name a folder with .rego files, got ${options.custom}`);
  for (const [name, source] of custom) {
    const foreign = foreignPackage(source.toString("utf8"));
    if (foreign !== undefined) throw new BundleError(`${join(options.custom, name)} ${foreign.what}`);
    files.set(`custom/${name}`, source);
  }
  return files;
}

/** A structured file in the form in which OPA hashes it */
export function structured(value: unknown): Buffer {
  return Buffer.from(`${canonicalJson(value)}\n`);
}

function parsed(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch (error) {
    throw new BundleError(`the policy document must be JSON: ${(error as Error).message}`);
  }
}

function sources(folder: string): readonly (readonly [name: string, source: Buffer])[] {
  const names = readdirSync(folder).filter(isRule);
  const odd = names.find((name) => !SOURCE.test(name));
  if (odd !== undefined) {
    throw new BundleError(`a policy file must be named of letters, digits, "_" and "-", got ${join(folder, odd)}`);
  }
  return names.sort().map((name) => [name, readFileSync(join(folder, name))] as const);
}
