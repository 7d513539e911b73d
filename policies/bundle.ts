import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BundleError } from "./bundle-error";
import { canonicalJson } from "./canonical";
import { OPA_FOLDER } from "./paths";

export { ARCHIVE_LIMITS, type Files, tarGz, untarGz } from "./archive";
export { BundleError } from "./bundle-error";

/** The packages that a bundle may define; `system/log` masks decision logs */
export const BUNDLE_ROOTS: readonly string[] = ["ambit", "system/log"];
export const MANIFEST = ".manifest";
export const FLEET_DATA = "ambit/fleet/data.json";

/** Mounted beside OPA: who may ask must not depend on what is downloaded */
const NOT_BUNDLED = "authz.rego";
const SOURCE = /^[A-Za-z0-9][A-Za-z0-9_-]*\.rego$/;
const TEST = /_test\.rego$/;
const CUSTOM_PACKAGE = /^package ambit\.custom(?:\.[a-z][a-z0-9_]*)*$/;

export interface BundleOptions {
  /**
   * Folder with Rego of the platform's own, package `ambit.custom` or below. Tests (`_test.rego`) are left out.
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
  const rules = sources(OPA_FOLDER).filter(([name]) => name !== NOT_BUNDLED);
  if (rules.length === 0) throw new BundleError(`there are no policies in ${OPA_FOLDER}: install Ambit again`);
  for (const [name, source] of rules) files.set(`policy/${name}`, source);
  if (options.custom === undefined) return files;
  const custom = sources(options.custom);
  if (custom.length === 0) throw new BundleError(`custom must name a folder with .rego files, got ${options.custom}`);
  for (const [name, source] of custom) {
    checkCustom(join(options.custom, name), source.toString("utf8"));
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
  const names = readdirSync(folder).filter((name) => name.endsWith(".rego") && !TEST.test(name));
  const odd = names.find((name) => !SOURCE.test(name));
  if (odd !== undefined) {
    throw new BundleError(`a policy file must be named of letters, digits, "_" and "-", got ${join(folder, odd)}`);
  }
  return names.sort().map((name) => [name, readFileSync(join(folder, name))] as const);
}

/** A file of another package could change a rule; one of this package can add reasons only. */
function checkCustom(path: string, source: string): void {
  const first = source.split(/\r?\n/).find((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  if (!CUSTOM_PACKAGE.test(first ?? "")) {
    const got = JSON.stringify(first ?? "");
    throw new BundleError(`${path} must begin with "package ambit.custom", or a package below it, got ${got}`);
  }
}
