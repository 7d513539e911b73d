import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLEET_DATA, MANIFEST, structured, tarGz } from "../../policies/bundle";
import { KeyFileSigner } from "../../runtime/signer/key-file-signer";

/** A small unsigned bundle, like the one that synth writes */
export function unsignedBundle(fleet: unknown = { agents: {} }): Map<string, Buffer> {
  return new Map([
    [MANIFEST, structured({ rego_version: 1, roots: ["ambit", "system/log"] })],
    [FLEET_DATA, structured(fleet)],
    ["policy/decision.rego", Buffer.from("package ambit.decision\n")],
  ]);
}

/** As synth writes it below a folder */
export function synthesizedBundle(place: string, fleet?: unknown): void {
  mkdirSync(join(place, "cdktf.out", "ambit"), { recursive: true });
  writeFileSync(join(place, "cdktf.out", "ambit", "bundle.tar.gz"), tarGz(unsignedBundle(fleet)));
}

/** A folder that is there for one test file */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `ambit-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

export interface KeyFile {
  readonly path: string;
  readonly publicPath: string;
  readonly publicKey: string;
  readonly signer: KeyFileSigner;
}

/** A new key pair, each half in a file */
export function keyFile(folder: string, name: string, curve = "P-256"): KeyFile {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
  const path = join(folder, `${name}.pem`);
  const publicPath = join(folder, `${name}.pub.pem`);
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
  chmodSync(path, 0o600);
  const publicPem = publicKey.export({ type: "spki", format: "pem" }) as string;
  writeFileSync(publicPath, publicPem);
  return { path, publicPath, publicKey: publicPem, signer: new KeyFileSigner(path, name) };
}
