import type { X509Certificate } from "node:crypto";
import { TrustDomain } from "../../domain";
import { certificatesInDer, pemOf } from "./certificates";
import { privateKeyInDer, svidOf, type X509Context, type X509Svid } from "./svid";

/** As the proto file names them */
export interface X509Message {
  readonly svids: readonly {
    readonly spiffe_id: string;
    readonly x509_svid: Buffer;
    readonly x509_svid_key: Buffer;
    readonly bundle: Buffer;
  }[];
  readonly federated_bundles: Readonly<Record<string, Buffer>>;
}

export interface JwtMessage {
  readonly svids: readonly { readonly spiffe_id: string; readonly svid: string }[];
}

export interface JwtBundlesMessage {
  readonly bundles: Readonly<Record<string, Buffer>>;
}

export interface JwtSvid {
  readonly spiffeId: string;
  readonly token: string;
}

/** JWKS in JSON by trust domain */
export type JwtBundles = ReadonlyMap<string, string>;

/**
 * Validates a message as a whole: one unsound part makes all of it invalid.
 *
 * @throws Error
 */
export function x509Context({ svids, federated_bundles }: X509Message): X509Context {
  const bundles = new Map<string, string>();
  const found = svids.map(({ spiffe_id, x509_svid, x509_svid_key, bundle }): X509Svid => {
    const svid = svidOf(certificatesInDer(x509_svid), privateKeyInDer(x509_svid_key), spiffe_id);
    bundles.set(svid.trustDomain, authorities(bundle, svid.trustDomain));
    return svid;
  });
  const [first, ...others] = found;
  if (first === undefined) throw new Error("the Workload API must give an SVID, got none");
  for (const [name, bundle] of Object.entries(federated_bundles)) {
    const domain = trustDomainOf(name);
    // The bundle of an own trust domain comes with the SVID, from nowhere else.
    if (!bundles.has(domain)) bundles.set(domain, authorities(bundle, domain));
  }
  return { svids: [first, ...others], bundles };
}

/** @throws Error */
export function jwtSvids({ svids }: JwtMessage): readonly JwtSvid[] {
  const found = svids.map(({ spiffe_id, svid }) => ({ spiffeId: spiffe_id, token: svid }));
  if (found.length === 0 || found.some(({ spiffeId, token }) => spiffeId === "" || token === "")) {
    throw new Error("the Workload API must give JWT-SVIDs with their SPIFFE IDs, got less");
  }
  return found;
}

/** @throws Error */
export function jwtBundles({ bundles }: JwtBundlesMessage): JwtBundles {
  const found = Object.entries(bundles).map(([name, jwks]) => [trustDomainOf(name), text(jwks)] as const);
  if (found.length === 0) throw new Error("the Workload API must give JWT bundles, got none");
  return new Map(found);
}

function authorities(der: Buffer, trustDomain: string): string {
  const certificates: readonly X509Certificate[] = certificatesInDer(der);
  if (certificates.length === 0) throw new Error(`the bundle of ${trustDomain} must have an authority, got none`);
  const other = certificates.find(({ ca }) => !ca);
  if (other !== undefined) throw new Error(`the bundle of ${trustDomain} must have authorities only, got a leaf`);
  return pemOf(certificates);
}

/** The specification keys bundles by SPIFFE ID of the trust domain, some servers by its name. */
function trustDomainOf(name: string): string {
  return `${TrustDomain.of(name.replace(/^spiffe:\/\//, ""), "Workload API", "trust domain")}`;
}

function text(jwks: Buffer): string {
  const json = jwks.toString("utf8");
  const keys = (JSON.parse(json) as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new Error("a JWT bundle must be a JWKS, got something else");
  return json;
}
