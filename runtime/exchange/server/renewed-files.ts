import { createPrivateKey, X509Certificate } from "node:crypto";
import { ConfigError, readText } from "../../checked-config";
import { type Log, told } from "../../log";
import type { ServerIdentity } from "../http/node-server";

export interface CertificateFiles {
  /** Paths of files in PEM: the chain with the leaf first, and its private key */
  readonly certificate: string;
  readonly key: string;
}

const LOOK_MILLISECONDS = 5_000;

/** A server's certificate in files that something else renews. */
export class RenewedFiles {
  public current: ServerIdentity;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param name of the property that names the files, for messages
   * @throws ConfigError if they cannot be read, or do not fit each other
   */
  constructor(
    private readonly files: CertificateFiles,
    private readonly name: string,
    private readonly log: Log,
    private readonly milliseconds = LOOK_MILLISECONDS,
  ) {
    this.current = this.read();
  }

  /** Files that are being replaced do not fit each other for a moment: then what is held stays. */
  public follow(renew: (identity: ServerIdentity) => void): void {
    let refused = "";
    this.timer = setInterval(() => {
      try {
        const identity = this.read();
        refused = "";
        if (identity.certificate === this.current.certificate && identity.key === this.current.key) return;
        renew(identity);
        this.current = identity;
        this.log("certificate.changed", { name: this.name });
      } catch (error) {
        const because = told(error);
        if (because !== refused) this.log("certificate.refused", { name: this.name, because });
        refused = because;
      }
    }, this.milliseconds).unref();
  }

  public close(): void {
    clearInterval(this.timer);
  }

  private read(): ServerIdentity {
    const { name, files } = this;
    const certificate = readText(files.certificate, `${name}.certificate`);
    const key = readText(files.key, `${name}.key`);
    if (!fits(certificate, key)) {
      throw new ConfigError(`${name}.key must be the private key of ${name}.certificate: write the files of one pair`);
    }
    return { certificate, key };
  }
}

function fits(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
