import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { SpiffeId } from "../../domain";
import { pemOf } from "./certificates";

/** An X.509-SVID with its key, checked: the leaf carries exactly this SPIFFE ID and belongs to the key */
export interface X509Svid {
  readonly spiffeId: string;
  readonly trustDomain: string;
  /** The leaf first */
  readonly chain: readonly X509Certificate[];
  /** SHA-256 of the leaf in base64url, as in `x5t#S256` */
  readonly thumbprint: string;
  /** Whole seconds since the epoch: the earliest expiry in the chain */
  readonly expiresAt: number;
  /** The chain in PEM */
  readonly cert: string;
  /** PKCS #8 in PEM */
  readonly key: string;
}

/** Everything a workload has at one moment. It is replaced as a whole. */
export interface X509Context {
  /** At least one; the first is the default */
  readonly svids: readonly [X509Svid, ...X509Svid[]];
  /** Authorities in PEM by trust domain: that of each SVID, and federated ones */
  readonly bundles: ReadonlyMap<string, string>;
}

/** The present X.509-SVID with the authorities of its own trust domain */
export interface HeldSvid extends X509Svid {
  /** PEM */
  readonly ca: string;
}

/** Where the present SVID comes from. It follows rotations by itself. */
export interface SvidSource {
  /** The present SVID; undefined if there is none, or if it has expired */
  current(): HeldSvid | undefined;

  /** Why there is no SVID, or no newer one */
  readonly lastProblem: string;

  /**
   * Wait for the first SVID.
   *
   * @param deadlineMs milliseconds from now
   * @throws Error with the reason, once the deadline has passed or no SVID can come
   */
  ready(deadlineMs: number): Promise<HeldSvid>;

  /** Be told of each SVID that comes, and of undefined if it was taken away. Call the result to hear no more. */
  onChange(listener: (svid: HeldSvid | undefined) => void): () => void;

  close(): void;
}

/**
 * Check chain and key against each other and against the SPIFFE ID.
 *
 * @param spiffeId expected identity; the leaf's own if left out
 * @throws Error
 */
export function svidOf(chain: readonly X509Certificate[], key: KeyObject, spiffeId?: string): X509Svid {
  const [leaf] = chain;
  if (leaf === undefined) throw new Error("an SVID must have a certificate, got none");
  const id = SpiffeId.parse(spiffeIdOf(leaf), "SVID", "URI of the certificate");
  if (spiffeId !== undefined && spiffeId !== `${id}`) throw new Error(`an SVID for ${spiffeId} has the URI ${id}`);
  if (leaf.ca) throw new Error(`the certificate of ${id} must be no authority`);
  if (!leaf.checkPrivateKey(key)) throw new Error(`the key must be that of the certificate of ${id}, got another`);
  return {
    spiffeId: `${id}`,
    trustDomain: `${id.trustDomain}`,
    chain,
    thumbprint: Buffer.from(leaf.fingerprint256.replaceAll(":", ""), "hex").toString("base64url"),
    expiresAt: Math.min(...chain.map(({ validTo }) => Math.floor(Date.parse(validTo) / 1000))),
    cert: pemOf(chain),
    key: key.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/**
 * The SVID to use, with the authorities of its trust domain.
 *
 * @throws Error if the context has none of them
 */
export function heldSvid({ svids: [svid], bundles }: X509Context): HeldSvid {
  const ca = bundles.get(svid.trustDomain);
  if (ca === undefined || ca === "")
    throw new Error(`the bundle of ${svid.trustDomain} must have an authority, got none`);
  return { ...svid, ca };
}

export function privateKeyInDer(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } catch {
    throw new Error("the key of an SVID must be PKCS #8 in DER");
  }
}

/** An SVID has exactly one URI among its names. Names that Node has to quote are no SPIFFE ID. */
export function spiffeIdOf({ subjectAltName }: X509Certificate): string {
  const uris = (subjectAltName ?? "").split(", ").filter((name) => name.startsWith("URI:"));
  const [uri] = uris;
  if (uri === undefined || uris.length > 1) throw new Error(`an SVID must have exactly one URI, got ${uris.length}`);
  return uri.slice("URI:".length);
}
