import { createHash } from "node:crypto";
import { INPUT_LIMITS } from "../domain/decision/limits";
import { BundleError, type Files, FLEET_DATA, MANIFEST, structured } from "./bundle";
import { jsonObject, type JsonObject, readToken, type TokenSigner, writeToken } from "./token";

export const SIGNATURES = ".signatures.json";
export const REVISION_DATA = "ambit/revision/data.json";
/** Default scope of a signature */
export const DEFAULT_SCOPE = "deploy";

const ISSUER = "ambit";
const KNOWN = /^\.(?:manifest|signatures\.json)$|^(?:[\w-]+\/)+(?:[\w-]+\.rego|data\.json)$/;
const HASH = "SHA-256";
/** Of the year 9999 */
const LAST_SECOND = 253_402_300_799;

export interface SignOptions {
  readonly signer: TokenSigner;
  /** From 1; consumers refuse a lower one than they have seen */
  readonly revision: number;
  readonly scope: string;
  /** Seconds since the epoch */
  readonly issuedAt: number;
}

export interface VerifyOptions {
  /** PEM of the public key, EC on P-256 */
  readonly publicKey: string;
  readonly scope: string;
}

export interface SignedBundle {
  readonly revision: number;
  readonly keyId: string;
  /** Seconds since the epoch; its age is not checked */
  readonly issuedAt: number;
  /** What was signed: the files without revision and signature */
  readonly files: Map<string, Uint8Array>;
}

interface SignedFile {
  readonly name: string;
  readonly hash: string;
  readonly algorithm: typeof HASH;
}

/** The files of the deployed bundle: those of the unsigned one, its revision, and the signature over all of them. */
export async function signBundle(unsigned: Files, options: SignOptions): Promise<Map<string, Uint8Array>> {
  const { signer, revision, scope, issuedAt } = options;
  checkUnsigned(unsigned);
  if (!isRevision(revision))
    throw new BundleError(`revision must be a whole number from 1 to ${INPUT_LIMITS.whole}, got ${revision}`);
  if (scope === "") throw new BundleError('the scope must be a name, such as deploy, got ""');
  const files = new Map(unsigned);
  files.set(MANIFEST, structured({ ...manifestOf(unsigned), revision: String(revision) }));
  files.set(REVISION_DATA, structured({ number: revision }));
  const token = await writeToken({ files: hashes(files), iat: issuedAt, iss: ISSUER, scope }, signer);
  files.set(SIGNATURES, Buffer.from(`${JSON.stringify({ signatures: [token] })}\n`));
  return files;
}

/**
 * What OPA checks, and that manifest and data agree on the revision.
 *
 * @throws BundleError
 */
export function verifyBundle(files: Files, { publicKey, scope }: VerifyOptions): SignedBundle {
  const { keyId, claims } = readToken(tokenOf(files), publicKey);
  if (claims.scope !== scope) {
    throw new BundleError(`the signature must be of scope ${shown(scope)}, got ${shown(claims.scope)}`);
  }
  checkFiles(files, claims.files);
  const unsigned = new Map(files);
  for (const name of [SIGNATURES, REVISION_DATA]) unsigned.delete(name);
  const { revision, ...manifest } = manifestOf(files);
  unsigned.set(MANIFEST, structured(manifest));
  return { revision: revisionOf(files, revision), keyId, issuedAt: issuedAtOf(claims.iat), files: unsigned };
}

function issuedAtOf(iat: unknown): number {
  if (Number.isInteger(iat) && (iat as number) >= 0 && (iat as number) <= LAST_SECOND) return iat as number;
  const must = `whole seconds since the epoch, up to the year 9999, in iat`;
  throw new BundleError(`the signature must say when it was made, ${must}, got ${shown(iat)}`);
}

/** Whether two unsigned bundles have the same files */
export function sameFiles(a: Files, b: Files): boolean {
  return a.size === b.size && [...a].every(([name, content]) => equal(content, b.get(name)));
}

function equal(content: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.from(content).equals(other);
}

function checkUnsigned(files: Files): void {
  for (const name of [MANIFEST, FLEET_DATA]) {
    if (!files.has(name)) throw new BundleError(`the unsigned bundle lacks ${name}: synthesize again`);
  }
  const odd = [...files.keys()].find((name) => !KNOWN.test(name));
  if (odd !== undefined) throw new BundleError(`a bundle holds Rego and data.json only, got ${shown(odd)}`);
  const signed = [SIGNATURES, REVISION_DATA].find((name) => files.has(name));
  if (signed !== undefined || "revision" in manifestOf(files)) {
    const what = signed ?? `a revision in ${MANIFEST}`;
    throw new BundleError(`the bundle to sign has ${what}: sign the one that synth wrote`);
  }
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= INPUT_LIMITS.whole;
}

/** The one number that both places name */
function revisionOf(files: Files, inManifest: unknown): number {
  const data = parsed(files, REVISION_DATA);
  const { number } = data;
  if (!isRevision(number) || inManifest !== String(number) || Object.keys(data).length !== 1) {
    throw new BundleError(
      `manifest and ${REVISION_DATA} must name one revision, got ${shown(inManifest)} and ${shown(data)}`,
    );
  }
  return number;
}

function manifestOf(files: Files): JsonObject {
  return parsed(files, MANIFEST);
}

function parsed(files: Files, name: string): JsonObject {
  const content = files.get(name);
  if (content === undefined) throw new BundleError(`the bundle lacks ${name}`);
  return jsonObject(content, name);
}

function checkFiles(files: Files, signed: unknown): void {
  const expected = JSON.stringify(hashes(files));
  if (JSON.stringify(signed) === expected) return;
  const listed = new Map((Array.isArray(signed) ? signed : []).map((file) => [file?.name, file?.hash]));
  const actual = new Map(hashes(files).map(({ name, hash }) => [name, hash]));
  const odd =
    [...actual].find(([name, hash]) => listed.get(name) !== hash)?.[0] ??
    [...listed.keys()].find((name) => !actual.has(name as string));
  throw new BundleError(`the files are not those that were signed: ${shown(odd)} was changed, added or taken away`);
}

/** Sorted by name; the signature's own file is not part of it */
function hashes(files: Files): readonly SignedFile[] {
  const names = [...files.keys()].filter((name) => name !== SIGNATURES).sort();
  return names.map((name) => ({ algorithm: HASH, hash: hashOf(name, files.get(name) as Uint8Array), name }));
}

/** OPA parses structured files and hashes their canonical form, so they must be in it already. */
function hashOf(name: string, content: Uint8Array): string {
  const base = name.split("/").at(-1);
  if (base !== MANIFEST && base !== "data.json") return digest(content);
  const canonical = structured(jsonObject(content, name));
  if (!canonical.equals(content)) throw new BundleError(`${name} must be in canonical form: synthesize again`);
  return digest(canonical.subarray(0, -1));
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function tokenOf(files: Files): string {
  if (!files.has(SIGNATURES)) throw new BundleError(`the bundle is not signed: it has no ${SIGNATURES}`);
  const { signatures } = parsed(files, SIGNATURES);
  const token: unknown = Array.isArray(signatures) && signatures.length === 1 ? signatures[0] : undefined;
  if (typeof token !== "string") throw new BundleError(`${SIGNATURES} must hold exactly one JWT`);
  return token;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
