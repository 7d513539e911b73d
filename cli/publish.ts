import { createHash } from "node:crypto";
import { BundleError } from "../policies/bundle-error";
import { RegistryError } from "../runtime/registry/registry-error";
import type { Signer } from "../runtime/signer/signer";
import { CliError, type Io } from "./program";
import { progress } from "./progress";
import type { PublishStore } from "./publish-store";

/** What is signed, as far as counting goes on from it */
export interface Signed {
  readonly revision: number;
  readonly keyId: string;
}

/** One kind of thing that is signed and published: it knows its form, `publish` knows when to sign. */
export interface Publishable<T extends Signed> {
  /** As messages name it, such as `bundle` */
  readonly noun: string;
  sign(options: { signer: Signer; revision: number; scope: string; issuedAt: number }): Promise<Uint8Array>;
  /** @throws BundleError, RegistryError */
  verify(bytes: Uint8Array, options: { publicKey: string; scope: string }): Promise<T>;
  /** Whether it was signed before as it is now. Throws a CliError where it must not follow the last one. */
  isSame(last: T): boolean;
}

export interface PublishRequest {
  readonly signer: Signer;
  readonly scope: string;
  readonly target: PublishStore;
  /** Used if the target is empty: the last signed one */
  readonly last: PublishStore | undefined;
  /** PEM of the key that signed last, where it is another one */
  readonly lastPublicKey: string | undefined;
  /** What must have been deployed before: a lower last revision is an older one that was put back */
  readonly after: number | undefined;
  /** Give what is unchanged a new revision too */
  readonly resign: boolean;
  /** Seconds since the epoch */
  readonly now: number;
}

export interface Measured {
  /** `sha256:` and 64 hex digits */
  readonly digest: string;
  readonly bytes: number;
}

export interface PublishResult {
  readonly result: "published" | "unchanged";
  readonly target: string;
  /** 0 if nothing was signed before */
  readonly from: number;
  readonly revision: number;
  readonly keyId: string;
  readonly signed: Measured;
}

interface Last<T> {
  readonly content: T;
  readonly bytes: Uint8Array;
  /** Whether the key of this deploy signed it */
  readonly sameKey: boolean;
}

/** Sign with the revision after the last one, and put it in the place of the last. */
export async function publish<T extends Signed>(
  what: Publishable<T>,
  request: PublishRequest,
  io: Io,
): Promise<PublishResult> {
  const { signer, scope, target, now } = request;
  const publicKey = await signer.publicKeyPem();
  const stored = await progress(io, `reading ${target.name}`, target.read());
  const last = await lastOf(what, request, stored?.bytes, publicKey);
  const from = last?.content.revision ?? 0;
  checkAfter(what.noun, request, from);
  const isSame = last !== undefined && what.isSame(last.content);
  if (last !== undefined && stored !== undefined && last.sameKey && !request.resign) {
    const { revision, keyId } = last.content;
    if (isSame && keyId === signer.keyId) {
      return { result: "unchanged", target: target.name, from, revision, keyId, signed: measured(last.bytes) };
    }
  }
  const revision = from + 1;
  const signing = what.sign({ signer, revision, scope, issuedAt: now });
  const signed = await progress(io, `signing with ${signer.keyId}`, signing);
  // What would be refused where it is used is never published.
  await what.verify(signed, { publicKey, scope });
  await progress(io, `writing ${target.name}`, target.replace(stored, signed));
  const { keyId } = signer;
  return { result: "published", target: target.name, from, revision, keyId, signed: measured(signed) };
}

/** The document whose revision is incremented, if there is one. It must be signed: otherwise any writer could set the count. */
async function lastOf<T extends Signed>(
  what: Publishable<T>,
  request: PublishRequest,
  stored: Uint8Array | undefined,
  key: string,
): Promise<Last<T> | undefined> {
  const { target, last } = request;
  if (stored !== undefined) {
    if (last !== undefined) {
      throw new CliError(`--last is for a place where there is no ${what.noun} yet, but there is one: ${target.name}`);
    }
    return trusted(what, request, target.name, stored, key);
  }
  if (last === undefined) return undefined;
  const given = await last.read();
  if (given === undefined)
    throw new CliError(`--last must name the ${what.noun} that was signed last, got ${last.name}`);
  return trusted(what, request, last.name, given.bytes, key);
}

async function trusted<T extends Signed>(
  what: Publishable<T>,
  { scope, lastPublicKey }: PublishRequest,
  name: string,
  bytes: Uint8Array,
  publicKey: string,
): Promise<Last<T>> {
  try {
    try {
      return { content: await what.verify(bytes, { publicKey, scope }), bytes, sameKey: true };
    } catch (error) {
      if (lastPublicKey === undefined) throw error;
      return { content: await what.verify(bytes, { publicKey: lastPublicKey, scope }), bytes, sameKey: false };
    }
  } catch (error) {
    if (!(error instanceof BundleError || error instanceof RegistryError)) throw error;
    const fix = "put the last sound version back, or name the key that signed it with --last-public-key";
    throw new CliError(`${name} cannot be trusted, and was left alone: ${error.message}: ${fix}`, { cause: error });
  }
}

/** A valid signature does not prove that a document is the newest: the last deploy's revision does. */
function checkAfter(noun: string, { after, target, last }: PublishRequest, from: number): void {
  if (after === undefined || from >= after) return;
  const got = from === 0 ? `no ${noun} is there` : `the one there has revision ${from}: an older one was put back`;
  const fix = "put the newest version back, or name a copy of it with --last if the place is empty";
  throw new CliError(`${(last ?? target).name} must hold a ${noun} of revision ${after} or later, but ${got}: ${fix}`);
}

export function measured(bytes: Uint8Array): Measured {
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes: bytes.length };
}
