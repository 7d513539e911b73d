import { Bounded } from "../../bounded";
import type { Clock } from "../../clock";
import { vouchedX509Svid, type X509Svid } from "../../identity/x509-svid";
import { certificatesInPem } from "../../workload-api/certificates";
import { Denial } from "../denial";

/** Certificates that are remembered: more than connections there are */
const MOST_CERTIFICATES = 4_096;

/**
 * The identities that the gateway's peers have proved. Envoy has verified chain and key of the connection; the certificate's end is looked at
 * here for each request, as a connection may outlive it.
 */
export class PeerCertificates {
  private readonly known = new Bounded<X509Svid>(MOST_CERTIFICATES);

  constructor(
    private readonly trustDomain: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @param certificate PEM of the leaf, percent-encoded, as Envoy sends it; empty if the peer sent none
   * @throws Denial `gateway.peer`
   */
  public of(certificate: string): X509Svid {
    const svid = this.known.of(certificate) ?? this.examined(certificate);
    if (this.clock() >= svid.expiresAt) {
      this.known.drop(certificate);
      throw Denial.of("gateway.peer", "the certificate of the connection has expired");
    }
    return svid;
  }

  private examined(certificate: string): X509Svid {
    if (certificate === "") throw Denial.of("gateway.peer");
    let svid: X509Svid;
    try {
      const [leaf] = certificatesInPem(decodeURIComponent(certificate));
      if (leaf === undefined) throw new Error("there is no certificate");
      svid = vouchedX509Svid(leaf.raw, this.trustDomain, this.clock());
    } catch (error) {
      throw Denial.of("gateway.peer", undefined, { cause: error });
    }
    this.known.put(certificate, svid);
    return svid;
  }
}
