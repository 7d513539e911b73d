import { refuse, shown } from "./errors";
import { plainString } from "./plain";

/** SPIFFE-ID section 2.1: lower-case letters, digits, dots, dashes and underscores. */
const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;

/** The name of one SPIFFE trust domain, without `spiffe://`. */
export class TrustDomain {
  private constructor(public readonly name: string) {}

  /** @throws DeclarationError `trust-domain.malformed` */
  public static of(value: unknown, where: string, property = "trustDomain"): TrustDomain {
    const name = plainString(value, where, property, "trust-domain.malformed");
    if (!TRUST_DOMAIN.test(name)) {
      const bare = name
        .replace(/^[a-z]+:\/\//i, "")
        .replace(/[:/].*$/, "")
        .toLowerCase();
      refuse(
        "trust-domain.malformed",
        where,
        `${property} must be a bare lower-case name without scheme, port or path, got ${shown(name)}` +
          (TRUST_DOMAIN.test(bare) ? `: write ${shown(bare)}` : ""),
      );
    }
    return new TrustDomain(name);
  }

  public toString(): string {
    return this.name;
  }
}
