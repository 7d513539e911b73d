import { ConfigError } from "../../checked-config";
import type { Clock } from "../../clock";
import { ReplaceableTrustBundle } from "../../identity/trust-bundle";
import { type Log, told } from "../../log";
import { certificatesInPem } from "../../workload-api/certificates";
import { svidSource } from "../../workload-api/svid-source";
import type { HeldSvid, SvidSource } from "../../workload-api/svid";
import type { ExchangeConfig } from "../config";
import type { ServerIdentity } from "../http/node-server";

/** For the first SVID: SPIRE registers a pod only once it runs. Shorter than the startup probe of two minutes, so that a pod that waits is not started anew. */
const READY_MILLISECONDS = 110_000;

/** The exchange's own SVID, and the authorities it trusts for clients: both follow every rotation. */
export class OwnIdentity {
  private stopListening: () => void = () => undefined;

  private constructor(
    public readonly source: SvidSource,
    public readonly bundle: ReplaceableTrustBundle,
    private readonly log: Log,
  ) {}

  /** @throws Error, ConfigError if there is no SVID of the trust domain */
  public static async of({ tls, trustDomain }: ExchangeConfig, clock: Clock, log: Log): Promise<OwnIdentity> {
    const source = svidSource(tls, clock);
    try {
      const svid = await source.ready(READY_MILLISECONDS);
      if (svid.trustDomain !== trustDomain) {
        throw new ConfigError(`the exchange's own SVID must be of trust domain ${trustDomain}, got ${svid.spiffeId}`);
      }
      return new OwnIdentity(source, new ReplaceableTrustBundle(trustDomain, authoritiesOf(svid)), log);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /** @throws Error if it has expired or was taken away */
  public get server(): ServerIdentity {
    const svid = this.source.current();
    if (svid === undefined) throw new Error("the exchange has no SVID");
    return { certificate: svid.cert, key: svid.key };
  }

  public get isReady(): boolean {
    return this.source.current() !== undefined && this.bundle.x509Authorities.length > 0;
  }

  /** Give each new SVID to the server. Without one, no client is trusted. */
  public follow(renew: (identity: ServerIdentity) => void): void {
    this.stopListening = this.source.onChange((svid) => {
      try {
        this.bundle.replace(svid === undefined ? [] : authoritiesOf(svid));
        if (svid !== undefined) renew({ certificate: svid.cert, key: svid.key });
        this.log("identity.changed", { spiffeId: svid?.spiffeId ?? null, expiresAt: svid?.expiresAt ?? null });
      } catch (error) {
        this.log("identity.refused", { because: told(error) });
      }
    });
  }

  public close(): void {
    this.stopListening();
    this.source.close();
  }
}

function authoritiesOf({ ca }: HeldSvid): readonly Uint8Array[] {
  return certificatesInPem(ca).map(({ raw }) => raw);
}
