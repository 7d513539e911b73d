import type { Clock } from "../../clock";
import type { TrustBundle } from "../../identity/trust-bundle";
import { verifyX509Svid, type X509Svid } from "../../identity/x509-svid";
import type { Connection } from "./parts";

/** For so long a connection's certificate is taken for what it was: authorities that expire in between go on as long. */
const KNOWN_SECONDS = 30;

interface Verified {
  readonly svid: X509Svid;
  readonly at: number;
  readonly by: TrustBundle["x509Authorities"];
}

/** Whom the peer of a connection has proved to be */
export interface Peers {
  /**
   * Undefined where the peer sent no certificate
   *
   * @throws Refusal `client.unauthenticated`
   */
  of(connection: Connection): X509Svid | undefined;
}

/** X.509-SVIDs of connections, each verified once in 30 s, and again as soon as the trust bundle is another one. */
export class PeerSvids implements Peers {
  private readonly known = new WeakMap<Connection, Verified>();

  constructor(
    private readonly bundle: TrustBundle,
    private readonly clock: Clock,
  ) {}

  public of(connection: Connection): X509Svid | undefined {
    if (connection.certificates.length === 0) return undefined;
    const now = this.clock();
    const known = this.known.get(connection);
    if (known !== undefined && this.holds(known, now)) return known.svid;
    const by = this.bundle.x509Authorities;
    const svid = verifyX509Svid(connection.certificates, this.bundle, now);
    this.known.set(connection, { svid, at: now, by });
    return svid;
  }

  private holds({ svid, at, by }: Verified, now: number): boolean {
    return by === this.bundle.x509Authorities && now >= at && now < at + KNOWN_SECONDS && now < svid.expiresAt;
  }
}
