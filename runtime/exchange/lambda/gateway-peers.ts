import type { Clock } from "../../clock";
import { vouchedX509Svid, type X509Svid } from "../../identity/x509-svid";
import type { Connection } from "../http/parts";
import type { Peers } from "../http/peer-svids";

/** Mutual TLS ends at API Gateway: it has verified the chain by its trust store, and hands on the leaf alone. */
export class GatewayPeers implements Peers {
  constructor(
    private readonly trustDomain: string,
    private readonly clock: Clock,
  ) {}

  public of({ certificates: [leaf] }: Connection): X509Svid | undefined {
    return leaf === undefined ? undefined : vouchedX509Svid(leaf, this.trustDomain, this.clock());
  }
}

/** Ignores certificates in events. */
export const NO_PEERS: Peers = { of: () => undefined };

/** The certificate in an event of API Gateway. Headers are the client's own words and are not looked at. */
export function connectionOf(requestContext: unknown): Connection {
  const { authentication } = requestContext as GatewayContext;
  const pem = authentication?.clientCert?.clientCertPem;
  return { certificates: typeof pem === "string" ? [derOf(pem)] : [] };
}

/** Malformed PEM yields a malformed certificate, which has no identity. */
function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]*-----/g, ""), "base64");
}

/** Payload format 2.0 (API Gateway developer guide, "Working with AWS Lambda proxy integrations for HTTP APIs") */
interface GatewayContext {
  readonly authentication?: { readonly clientCert?: { readonly clientCertPem?: unknown } } | null;
}
