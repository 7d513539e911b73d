/** What the signed registry says of people */
export interface PageSettings {
  /** https origin of the page */
  readonly origin: string;
  /** Of the identity provider */
  readonly issuer: string;
  readonly clientId: string;
  /** Of ID tokens, in which a person's groups stand */
  readonly groupsClaim: string;
  /** A login that a person decides with is no older */
  readonly recentLoginSeconds: number;
}

/** What a login needs of it */
export type LoginSettings = Omit<PageSettings, "groupsClaim">;
