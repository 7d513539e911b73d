import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { certificate, type CertificateProps, type Certified } from "../certificate";

/** A leaf, then those above it, each signed by the next; with the leaf's key */
export function chainOf(count: number, namedCurve = "P-256"): Certified {
  let [cert, key] = ["", ""];
  let issuer: CertificateProps["issuer"];
  for (let left = count; left > 0; left -= 1) {
    const commonName = `${left} above`;
    const pair = generateKeyPairSync("ec", { namedCurve });
    const made = certificate({ commonName, authority: left > 1, pair, ...(issuer !== undefined && { issuer }) });
    [cert, key, issuer] = [made.cert + cert, made.key, { commonName, key: made.key }];
  }
  return { cert, key };
}

/** Of RSA with 3,072 bits and an exponent as long as that. TLS looks for no path to it, so that the test is quick. */
export function slowAuthority(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [n, e] = [Buffer.alloc(384, 0xfd), Buffer.alloc(384, 0x7f)].map((number) => number.toString("base64url"));
  const publicKey = createPublicKey({ key: { kty: "RSA", n: n as string, e: e as string }, format: "jwk" });
  return certificate({ commonName: "development", authority: true, pair: { publicKey, privateKey } }).cert;
}
