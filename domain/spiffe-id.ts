import { refuse, shown } from "./errors";
import { plainString } from "./plain";
import { TrustDomain } from "./trust-domain";

/** SPIFFE-ID section 2.2 */
const SEGMENT = /^[a-zA-Z0-9._-]+$/;
/** SPIFFE-ID section 2.3, in bytes */
const LONGEST = 2048;

/** The name of one workload: `spiffe://<trust domain>/<path>`. */
export class SpiffeId {
  private constructor(
    public readonly trustDomain: TrustDomain,
    /** Begins with a slash */
    public readonly path: string,
  ) {}

  /** The identity of a Kubernetes service account: one service account is one agent. */
  public static ofServiceAccount(trustDomain: TrustDomain, namespace: string, serviceAccount: string): SpiffeId {
    return SpiffeId.parse(`spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`, "spiffe id");
  }

  /** @throws DeclarationError `spiffe-id.malformed` */
  public static parse(value: unknown, where: string, property = "value"): SpiffeId {
    const uri = plainString(value, where, property, "spiffe-id.malformed");
    const match = /^spiffe:\/\/([^/]+)((?:\/[^/]+)+)$/.exec(uri);
    const segments = match?.[2]?.slice(1).split("/") ?? [];
    const sound = segments.every((segment) => SEGMENT.test(segment) && segment !== "." && segment !== "..");
    if (match === null || !sound || uri.length > LONGEST) {
      refuse(
        "spiffe-id.malformed",
        where,
        `${property} must be spiffe://<trust domain>/<path> with segments of letters, digits, dot, dash and underscore, ` +
          `at most ${LONGEST} bytes, got ${shown(uri)}`,
      );
    }
    return new SpiffeId(TrustDomain.of(match[1], where, property), match[2] as string);
  }

  public toString(): string {
    return `spiffe://${this.trustDomain}${this.path}`;
  }
}
