import { createHash } from "node:crypto";
import { BundleError, tarGz, untarGz } from "../policies/bundle";
import { sameFiles, signBundle, type SignedBundle, verifyBundle } from "../policies/signature";
import type { Signer } from "../runtime/signer/signer";
import type { BundleStore } from "./bundle-store";
import { CliError, type Io } from "./program";
import { progress } from "./progress";

export interface SignRequest {
  /** The unsigned bundle, as synth wrote it */
  readonly unsigned: Uint8Array;
  readonly signer: Signer;
  readonly scope: string;
  readonly target: BundleStore;
  /** Looked at where nothing lies at the target: what was signed last */
  readonly last: BundleStore | undefined;
  /** PEM of the key that signed last, where it is another one */
  readonly lastPublicKey: string | undefined;
  /** What must have been deployed before: a lower last revision is an older bundle that was put back */
  readonly after: number | undefined;
  /** Give unchanged files a new revision too */
  readonly resign: boolean;
  /** Seconds since the epoch */
  readonly now: number;
}

export interface Measured {
  /** `sha256:` and 64 hex digits */
  readonly digest: string;
  readonly bytes: number;
}

export interface SignResult {
  readonly result: "published" | "unchanged";
  readonly target: string;
  /** 0 where nothing was signed before */
  readonly from: number;
  readonly revision: number;
  readonly keyId: string;
  readonly files: number;
  readonly unsigned: Measured;
  readonly signed: Measured;
}

interface Last {
  readonly bundle: SignedBundle;
  readonly bytes: Uint8Array;
  /** Whether the key of this deploy signed it */
  readonly sameKey: boolean;
}

/** Sign what synth wrote with the revision after the last one, and put it in the place of the last. */
export async function sign(request: SignRequest, io: Io): Promise<SignResult> {
  const { unsigned, signer, scope, target, now } = request;
  const files = untarGz(unsigned);
  const publicKey = await signer.publicKeyPem();
  const stored = await progress(io, `reading ${target.name}`, target.read());
  const last = await lastOf(request, stored?.bytes, publicKey);
  const from = last?.bundle.revision ?? 0;
  checkAfter(request, from);
  const facts = { target: target.name, from, files: files.size, unsigned: measured(unsigned) };

  if (last !== undefined && stored !== undefined && last.sameKey && !request.resign) {
    if (sameFiles(files, last.bundle.files) && last.bundle.keyId === signer.keyId) {
      const { revision, keyId } = last.bundle;
      return { result: "unchanged", ...facts, revision, keyId, signed: measured(last.bytes) };
    }
  }
  const revision = from + 1;
  const signing = signBundle(files, { signer, revision, scope, issuedAt: now });
  const signed = tarGz(await progress(io, `signing with ${signer.keyId}`, signing));
  // What OPA would refuse is never published.
  verifyBundle(untarGz(signed), { publicKey, scope });
  await progress(io, `writing ${target.name}`, target.replace(stored, signed));
  return { result: "published", ...facts, revision, keyId: signer.keyId, signed: measured(signed) };
}

/** The bundle whose revision is counted on, if there is one. It must be signed, or anybody could set the count. */
async function lastOf(request: SignRequest, stored: Uint8Array | undefined, key: string): Promise<Last | undefined> {
  const { target, last } = request;
  if (stored !== undefined) {
    if (last !== undefined) {
      throw new CliError(`--last is for a place where there is no bundle yet, but there is one: ${target.name}`);
    }
    return trusted(request, target.name, stored, key);
  }
  if (last === undefined) return undefined;
  const given = await last.read();
  if (given === undefined) throw new CliError(`--last must name the bundle that was signed last, got ${last.name}`);
  return trusted(request, last.name, given.bytes, key);
}

function trusted({ scope, lastPublicKey }: SignRequest, name: string, bytes: Uint8Array, publicKey: string): Last {
  try {
    const files = untarGz(bytes);
    try {
      return { bundle: verifyBundle(files, { publicKey, scope }), bytes, sameKey: true };
    } catch (error) {
      if (lastPublicKey === undefined) throw error;
      return { bundle: verifyBundle(files, { publicKey: lastPublicKey, scope }), bytes, sameKey: false };
    }
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    const fix = "put the last sound version back, or name the key that signed it with --last-public-key";
    throw new CliError(`${name} cannot be trusted, and was left alone: ${error.message}: ${fix}`, { cause: error });
  }
}

/** A sound signature does not say that a bundle is the newest one: whoever deployed last has to say. */
function checkAfter({ after, target, last }: SignRequest, from: number): void {
  if (after === undefined || from >= after) return;
  const got = from === 0 ? "no bundle is there" : `the one there has revision ${from}: an older one was put back`;
  const fix = "put the newest version back, or name a copy of it with --last where nothing lies there";
  throw new CliError(`${(last ?? target).name} must hold a bundle of revision ${after} or later, but ${got}: ${fix}`);
}

export function measured(bytes: Uint8Array): Measured {
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes: bytes.length };
}
