import type { Clock } from "../../clock";
import type { TrustBundle } from "../../identity/trust-bundle";
import { verifyX509Svid, type X509Svid } from "../../identity/x509-svid";
import { Refusal } from "../../refusal/refusal";
import type { Connection } from "./parts";

/** For so long a connection's certificate is taken for what it was: authorities that expire in between go on as long. */
const KNOWN_SECONDS = 30;

/** The SVID, or why there is none */
interface Verified {
  readonly found: X509Svid | Refusal;
  readonly at: number;
  readonly by: TrustBundle["x509Authorities"];
}

/** Verified identity of a connection's peer */
export interface Peers {
  /**
   * Undefined if the peer sent no certificate
   *
   * @throws Refusal `client.unauthenticated`
   */
  of(connection: Connection): X509Svid | undefined;
}

/**
 * X.509-SVIDs of connections, each verified once in 30 s, and again after a change of the trust bundle. Failures are
 * cached too: otherwise each request of an untrusted client would verify its chain again.
 */
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
    if (known !== undefined && this.holds(known, now)) return svidIn(known);
    const by = this.bundle.x509Authorities;
    const verified = { found: this.verified(connection, now), at: now, by };
    this.known.set(connection, verified);
    return svidIn(verified);
  }

  private verified({ certificates }: Connection, now: number): X509Svid | Refusal {
    try {
      return verifyX509Svid(certificates, this.bundle, now);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  private holds({ found, at, by }: Verified, now: number): boolean {
    const isRecent = by === this.bundle.x509Authorities && now >= at && now < at + KNOWN_SECONDS;
    return isRecent && (found instanceof Refusal || now < found.expiresAt);
  }
}

function svidIn({ found }: Verified): X509Svid {
  if (found instanceof Refusal) throw found;
  return found;
}
