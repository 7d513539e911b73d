import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../clock";
import { ReplaceableTrustBundle, type TrustBundle } from "../../identity/trust-bundle";
import { MOST_CERTIFICATES, type VerifiedSvid, verifyX509Svid } from "../../identity/x509-svid";
import { told } from "../../log";
import { certificatesInPem } from "../../workload-api/certificates";
import { CONTROL_PATHS } from "../../workload-api/control-plane";
import type { HeldSvid, SvidSource } from "../../workload-api/svid";
import { Problem } from "../problem";

export interface GatewayPeerProps {
  readonly source: SvidSource;
  readonly clock: Clock;
  /** Undefined for the one in the own trust domain */
  readonly spiffeId: string | undefined;
}

/** The verified certificate of a connection */
interface Shown {
  readonly svid: VerifiedSvid;
  readonly by: TrustBundle;
  readonly at: number;
}

/**
 * The peer that the handshake let in is the gateway: looked at for each request, by the authorities and the time of now. Signatures are verified
 * once a connection, and again where the authorities are others, or where one of the certificates may have ended.
 */
export class GatewayPeer {
  private bundle: { readonly of: string; readonly is: TrustBundle } | undefined;
  private readonly known = new WeakMap<TLSSocket, Shown>();

  constructor(private readonly props: GatewayPeerProps) {}

  /** @throws Problem `companion.no-identity`, `companion.not-gateway` */
  public check(socket: TLSSocket): void {
    const { source, clock } = this.props;
    const own = source.current();
    if (own === undefined) throw Problem.of("companion.no-identity", `there is no SVID: ${source.lastProblem}`);
    const wanted = this.props.spiffeId ?? `spiffe://${own.trustDomain}${CONTROL_PATHS.gateway}`;
    let shown: string;
    try {
      shown = this.shownBy(socket, this.bundleOf(own), clock());
    } catch (error) {
      throw Problem.of("companion.not-gateway", `the client shows no SVID that is good now (${told(error)})`);
    }
    if (shown !== wanted) throw Problem.of("companion.not-gateway", `the client must show ${wanted}, got ${shown}`);
  }

  private shownBy(socket: TLSSocket, by: TrustBundle, now: number): string {
    const known = this.known.get(socket);
    if (known?.by === by && known.at <= now && now < known.svid.verifiedUntil) return known.svid.spiffeId;
    this.known.delete(socket);
    const svid = verifyX509Svid(chainOf(socket), by, now);
    this.known.set(socket, { svid, by, at: now });
    return svid.spiffeId;
  }

  private bundleOf({ trustDomain, ca }: HeldSvid): TrustBundle {
    const of = `${trustDomain} ${ca}`;
    if (this.bundle?.of !== of) {
      const authorities = certificatesInPem(ca).map(({ raw }) => raw);
      this.bundle = { of, is: new ReplaceableTrustBundle(trustDomain, authorities) };
    }
    return this.bundle.is;
  }
}

/** As the peer sent them; one more than an SVID has is one too many */
function chainOf(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length <= MOST_CERTIFICATES) {
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}
