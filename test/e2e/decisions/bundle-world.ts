import { deepStrictEqual as equal } from "node:assert";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { policyJson } from "../../../domain";
import { bundleFiles, type Files, tarGz } from "../../../policies/bundle";
import { signBundle } from "../../../policies/signature";
import type { TokenSigner } from "../../../policies/token";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { examplePolicy } from "../../support/decisions/policy";
import { request } from "../../support/decisions/request";
import type { BundleServer } from "./bundle-server";
import { SCOPE, type ServedOpa } from "./served-opa";

/** OPA with the server of its bundle */
export interface BundleWorld {
  readonly server: BundleServer;
  readonly opa: ServedOpa;
  readonly signer: TokenSigner;
  /** The revision that decides now */
  revision: number;
}

/** The unsigned bundle of the example fleet */
export function exampleBundle(policy = examplePolicy): Map<string, Buffer> {
  return bundleFiles(policyJson(policy));
}

/** The files of a deployed bundle */
export function signedFiles(
  signer: TokenSigner,
  revision: number,
  files: Files = exampleBundle(),
): Promise<Map<string, Uint8Array>> {
  return signBundle(files, { signer, revision, scope: SCOPE, issuedAt: Math.floor(Date.now() / 1000) });
}

export async function signed(signer: TokenSigner, revision: number, files?: Files): Promise<Buffer> {
  return tarGz(await signedFiles(signer, revision, files));
}

/** Publish the next revision, and wait until it decides. */
export async function publishNext(at: BundleWorld, files?: Files): Promise<void> {
  at.revision += 1;
  at.server.publish(await signed(at.signer, at.revision, files));
  await at.opa.activated(at.revision);
}

/** An allowed request is allowed, by the revision that is said to decide. */
export async function serves({ opa, revision }: Pick<BundleWorld, "opa" | "revision">): Promise<void> {
  const verdict = await opa.decide(request({ revisionSeen: revision }));
  equal(verdict, { allow: true, reasons: [], observed: [], revision });
}

/** A new key in a file */
export function newKey(path: string): KeyFileSigner {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return new KeyFileSigner(path);
}
