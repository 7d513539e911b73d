import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DevelopmentAuthority, keyPair, pem, type ServerNames } from "./development-authority";

/** Readable by its owner alone */
const PRIVATE = 0o600;
const RENEW_MILLISECONDS = 30 * 60_000;

export interface Workload {
  /** Of the files */
  readonly name: string;
  readonly spiffeId: string;
  /** @default - none: not a server certificate */
  readonly names?: ServerNames;
}

/** X.509-SVIDs in files, renewed while the process lives, as a helper of SPIRE would do it */
export class DevelopmentFiles {
  public readonly bundle: string;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    public readonly folder: string,
    private readonly authority: DevelopmentAuthority,
    private readonly workloads: readonly Workload[],
  ) {
    mkdirSync(this.path("svid"), { recursive: true, mode: 0o700 });
    this.bundle = this.path("svid", "bundle.pem");
    writeFileSync(this.bundle, authority.bundle);
  }

  public path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  public certificate(name: string): string {
    return this.path("svid", `${name}.pem`);
  }

  public key(name: string): string {
    return this.path("svid", `${name}.key`);
  }

  /** Write all of them, and again before they expire. */
  public start(): void {
    this.renew();
    this.timer = setInterval(() => this.renew(), RENEW_MILLISECONDS).unref();
  }

  public stop(): void {
    clearInterval(this.timer);
  }

  public renew(): void {
    for (const { name, spiffeId, names } of this.workloads) {
      const { certificate, key } = this.authority.x509Svid(spiffeId, names);
      put(this.key(name), key);
      put(this.certificate(name), certificate);
    }
  }

  /** A private key on P-256, created on first use */
  public privateKey(name: string): string {
    const path = this.path(`${name}.pem`);
    if (!existsSync(path)) put(path, pem(keyPair().privateKey));
    return path;
  }

  /** A private key on Ed25519, created on first use */
  public noteKey(name: string): string {
    const path = this.path(`${name}.pem`);
    if (!existsSync(path)) put(path, pem(generateKeyPairSync("ed25519").privateKey));
    return path;
  }

  public write(name: string, content: string | Uint8Array): string {
    put(this.path(name), content);
    return this.path(name);
  }
}

/** Atomic: written under another name, then renamed. */
function put(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.new`, content, { mode: PRIVATE });
  renameSync(`${path}.new`, path);
}
