/** What a token is bound to: the digest of a certificate (RFC 8705) or the thumbprint of a DPoP key (RFC 9449) */
export type Confirmation = { readonly "x5t#S256": string } | { readonly jkt: string };

/** Who asks, authenticated */
export interface Caller {
  readonly spiffeId: string;
  /** Undefined for a JWT-SVID without a DPoP proof */
  readonly confirmation: Confirmation | undefined;
  /** The DPoP proof, which may be used once; undefined if none was sent */
  readonly proof: { readonly jti: string; readonly jkt: string; readonly issuedAt: number } | undefined;
}
