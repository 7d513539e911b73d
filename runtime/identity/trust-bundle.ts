import { TrustDomain } from "../../domain";
import { type Certificate, authorityOf } from "./certificate";

/** Who may vouch for workloads of one trust domain, now */
export interface TrustBundle {
  /** Without `spiffe://` */
  readonly trustDomain: string;
  /** Certificates of the authorities, as they are at this moment */
  readonly x509Authorities: readonly Certificate[];
}

/** A bundle that whoever watches the authorities replaces as a whole, never in part */
export class ReplaceableTrustBundle implements TrustBundle {
  public readonly trustDomain: string;
  private authorities: readonly Certificate[] = [];

  /**
   * @param authorities in DER; none is trusted until there are some
   * @throws MalformedDer
   */
  constructor(trustDomain: string, authorities: readonly Uint8Array[] = []) {
    this.trustDomain = TrustDomain.of(trustDomain, "trust bundle").name;
    this.replace(authorities);
  }

  public get x509Authorities(): readonly Certificate[] {
    return this.authorities;
  }

  /** @throws MalformedDer where one is no certificate: all stay as they were */
  public replace(authorities: readonly Uint8Array[]): void {
    this.authorities = authorities.map(authorityOf);
  }
}
