import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { INPUT_LIMITS } from "../../domain";
import { sortedKeys } from "../../domain/json";
import { BundleError } from "../../policies/bundle-error";
import {
  jsonObject,
  type JsonObject,
  readToken,
  type TokenSigner,
  verificationKey,
  writeToken,
} from "../../policies/token";
import { type FleetDocument, fleetView } from "./fleet-view";
import type { FleetView } from "./registry";
import { RegistryError } from "./registry-error";

/** So that no other signature of the key counts as one of a registry */
const TOKEN_TYPE = "ambit-registry+jwt";
const ISSUER = "ambit";
const CLAIMS = ["content", "iat", "iss", "packed", "revision", "scope", "trustDomain"];
const MEASURES = ["bytes", "digest"];
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Of the year 9999 */
const LAST_SECOND = 253_402_300_799;
const LINE_BREAK = 0x0a;

/** Beyond these a registry is not looked at. One of 10,000 agents takes about 20 MB before it is packed. */
export const REGISTRY_LIMITS = { tokenBytes: 8_192, packedBytes: 67_108_864, bytes: 268_435_456 } as const;

export interface Measure {
  /** `sha256:` and 64 hex digits */
  readonly digest: string;
  readonly bytes: number;
}

/** Registry and policy document as they are published: one text, compressed, and a JWT that names it */
export interface SignedRegistry {
  readonly token: string;
  /** gzip */
  readonly packed: Uint8Array;
}

/** What is signed */
export interface Manifest {
  readonly revision: number;
  readonly keyId: string;
  /** Seconds since the epoch; its age is not checked */
  readonly issuedAt: number;
  readonly trustDomain: string;
  /** As it is published: checked before it is unpacked */
  readonly packed: Measure;
  /** As it is read */
  readonly content: Measure;
}

export interface SignOptions {
  readonly signer: TokenSigner;
  /** From 1; consumers deny everything below one that they have seen */
  readonly revision: number;
  readonly scope: string;
  /** Seconds since the epoch */
  readonly issuedAt: number;
}

export interface TrustOptions {
  /** PEM of the public keys, EC on P-256: each may have signed */
  readonly publicKeys: readonly string[];
  readonly scope: string;
}

/** One text of both documents, keys sorted: the same fleet gives the same bytes. */
export function registryContent({ registry, policy }: FleetDocument): Buffer {
  return Buffer.from(`${JSON.stringify({ policy, registry }, sortedKeys)}\n`);
}

/**
 * Sign what synth wrote. What the exchange would refuse is never signed.
 *
 * @throws RegistryError
 */
export async function signRegistry(document: FleetDocument, options: SignOptions): Promise<SignedRegistry> {
  const { signer, revision, scope, issuedAt } = options;
  if (!isRevision(revision)) {
    throw new RegistryError(`revision must be a whole number from 1 to ${INPUT_LIMITS.whole}, got ${revision}`);
  }
  if (scope === "") throw new RegistryError('the scope must be a name, such as deploy, got ""');
  const content = registryContent(document);
  const { trustDomain } = fleetView(document, revision).policy;
  const packed = await promisify(gzip)(content, { level: 9 });
  within(packed.length, REGISTRY_LIMITS.packedBytes, "the packed registry");
  within(content.length, REGISTRY_LIMITS.bytes, "the registry");
  const claims = {
    content: measured(content),
    iat: issuedAt,
    iss: ISSUER,
    packed: measured(packed),
    revision,
    scope,
    trustDomain,
  };
  return { token: await writeToken(claims, signer, TOKEN_TYPE), packed };
}

/**
 * What the token says, its signature and every claim checked.
 *
 * @throws RegistryError
 */
export function manifestOf(token: string, { publicKeys, scope }: TrustOptions): Manifest {
  within(Buffer.byteLength(token), REGISTRY_LIMITS.tokenBytes, "the signature");
  const { keyId, claims } = signedBy(token, publicKeys);
  if (claims["iss"] !== ISSUER || claims["scope"] !== scope) {
    const got = shown({ iss: claims["iss"], scope: claims["scope"] });
    throw new RegistryError(`the signature must be of ${ISSUER} and of scope ${shown(scope)}, got ${got}`);
  }
  const { revision, iat, trustDomain } = claims;
  const sound =
    hasKeys(claims, CLAIMS) &&
    isRevision(revision) &&
    isSecond(iat) &&
    typeof trustDomain === "string" &&
    trustDomain !== "";
  if (!sound) throw new RegistryError(`the signature must say ${CLAIMS.join(", ")}, got ${shown(claims)}`);
  return {
    revision,
    keyId,
    issuedAt: iat,
    trustDomain,
    packed: measureOf(claims, "packed", REGISTRY_LIMITS.packedBytes),
    content: measureOf(claims, "content", REGISTRY_LIMITS.bytes),
  };
}

/**
 * The text of a registry, if it is what was signed.
 *
 * @throws RegistryError
 */
export async function signedContent(manifest: Manifest, packed: Uint8Array): Promise<Buffer> {
  same(measured(packed), manifest.packed, "the packed registry");
  const content = await unpacked(packed, manifest.content.bytes);
  same(measured(content), manifest.content, "the registry");
  return content;
}

/**
 * The fleet of a registry, if it is what was signed, and sound.
 *
 * @throws RegistryError
 */
export async function openRegistry(manifest: Manifest, packed: Uint8Array): Promise<FleetView> {
  const content = await signedContent(manifest, packed);
  const { policy, registry } = inRegistryTerms(() => jsonObject(content, "the registry"));
  const view = fleetView({ policy, registry }, manifest.revision);
  if (view.policy.trustDomain !== manifest.trustDomain) {
    const got = `that of the registry is ${view.policy.trustDomain}`;
    throw new RegistryError(`the signature is of trust domain ${manifest.trustDomain}, ${got}: sign again`);
  }
  return view;
}

/** A signed registry as one file: the token in the first line, and the packed registry behind it. */
export function registryFile({ token, packed }: SignedRegistry): Buffer {
  return Buffer.concat([Buffer.from(`${token}\n`), packed]);
}

/** @throws RegistryError */
export function readRegistryFile(bytes: Uint8Array): SignedRegistry {
  const head = Buffer.from(bytes.subarray(0, REGISTRY_LIMITS.tokenBytes + 1));
  const end = head.indexOf(LINE_BREAK);
  if (end < 1) throw new RegistryError("a signed registry must begin with its signature in one line: sign it again");
  return { token: head.toString("latin1", 0, end), packed: bytes.subarray(end + 1) };
}

/** @throws RegistryError if the list is empty, or a key is not a public key on P-256 */
export function checkPublicKeys(publicKeys: readonly string[]): void {
  if (publicKeys.length === 0) throw new RegistryError("publicKeys must name at least one key, got []");
  for (const key of publicKeys) inRegistryTerms(() => verificationKey(key));
}

export function measured(bytes: Uint8Array): Measure {
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes: bytes.length };
}

function signedBy(
  token: string,
  publicKeys: readonly string[],
): { readonly keyId: string; readonly claims: JsonObject } {
  checkPublicKeys(publicKeys);
  let last: unknown;
  for (const publicKey of publicKeys) {
    try {
      return inRegistryTerms(() => readToken(token, publicKey, TOKEN_TYPE));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function inRegistryTerms<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BundleError) throw new RegistryError(error.message, { cause: error });
    throw error;
  }
}

async function unpacked(packed: Uint8Array, bytes: number): Promise<Buffer> {
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: Math.max(1, bytes) });
  } catch (error) {
    throw new RegistryError(`the registry cannot be unpacked to ${bytes} bytes: ${(error as Error).message}`);
  }
}

function measureOf(claims: JsonObject, name: "content" | "packed", most: number): Measure {
  const { digest, bytes } = (claims[name] ?? {}) as Record<string, unknown>;
  const whole = Number.isSafeInteger(bytes) && (bytes as number) >= 1;
  if (!hasKeys(claims[name], MEASURES) || typeof digest !== "string" || !DIGEST.test(digest) || !whole) {
    throw new RegistryError(`the signature must name digest and bytes in ${name}, got ${shown(claims[name])}`);
  }
  within(bytes as number, most, `${name} of the registry`);
  return { digest, bytes: bytes as number };
}

function same(got: Measure, signed: Measure, what: string): void {
  if (got.digest === signed.digest && got.bytes === signed.bytes) return;
  throw new RegistryError(`${what} is not what was signed: ${signed.digest} was, got ${got.digest}`);
}

function within(bytes: number, most: number, what: string): void {
  if (bytes > most) throw new RegistryError(`${what} must have at most ${most} bytes, got ${bytes}`);
}

function hasKeys(value: unknown, keys: readonly string[]): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).sort().join() === keys.join();
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= INPUT_LIMITS.whole;
}

function isSecond(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LAST_SECOND;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
