import { createPrivateKey, X509Certificate } from "node:crypto";
import { certificate, type Certified } from "../certificate";

export const TRUST_DOMAIN = "prod.acme.example";
export const AGENT = `spiffe://${TRUST_DOMAIN}/ns/support/sa/support-triage`;
export const EXCHANGE = `spiffe://${TRUST_DOMAIN}/ns/ambit-system/sa/ambit-exchange`;

/** The authority of a trust domain, which signs what tests show each other */
export class Authority {
  public readonly own: Certified;

  constructor(private readonly commonName = "trust domain") {
    this.own = certificate({ commonName });
  }

  public svid(...uris: readonly string[]): Certified {
    return certificate({ commonName: "workload", uris, issuer: { commonName: this.commonName, key: this.own.key } });
  }
}

/** As the Workload API has it */
export function derOf({ cert }: Certified): Buffer {
  return new X509Certificate(cert).raw;
}

export function keyDerOf({ key }: Certified): Buffer {
  return createPrivateKey(key).export({ type: "pkcs8", format: "der" });
}

export function thumbprintOf({ cert }: Certified): string {
  return Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}
