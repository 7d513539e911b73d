/** A person, as the identity provider of the platform says now */
export interface AuthenticatedPerson {
  /** Claim `iss` */
  readonly issuer: string;
  /** Claim `sub` */
  readonly subject: string;
  /** As written; undefined if the identity provider has not verified it */
  readonly email: string | undefined;
  /** As the claim of the groups has them */
  readonly groups: ReadonlySet<string>;
  /** Seconds since the epoch: when the person last logged in */
  readonly authenticatedAt: number;
}
