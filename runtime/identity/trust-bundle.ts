import { TrustDomain } from "../../domain";
import { type Certificate, authorityOf } from "./certificate";

/** Who may vouch for workloads of one trust domain, now */
export interface TrustBundle {
  /** Without `spiffe://` */
  readonly trustDomain: string;
  /** Certificates of the authorities, as they are at this moment */
  readonly x509Authorities: readonly Certificate[];
}

/** A bundle that is always replaced as a whole by the watcher of the authorities */
export class ReplaceableTrustBundle implements TrustBundle {
  public readonly trustDomain: string;
  private authorities: readonly Certificate[] = [];

  /**
   * @param authorities in DER; initially none are trusted
   * @throws MalformedDer
   */
  constructor(trustDomain: string, authorities: readonly Uint8Array[] = []) {
    this.trustDomain = TrustDomain.of(trustDomain, "trust bundle").name;
    this.replace(authorities);
  }

  public get x509Authorities(): readonly Certificate[] {
    return this.authorities;
  }

  /** @throws MalformedDer if one is no certificate: all stay as they were */
  public replace(authorities: readonly Uint8Array[]): void {
    this.authorities = authorities.map(authorityOf);
  }
}
