/** The bundle lies in the platform's bucket; OPA accepts it only if the policy key signed it. */
export interface SignedDelivery {
  /**
   * Seconds between two questions for a newer bundle, at most 60.
   *
   * @default - 10 to 30
   */
  readonly polling?: { readonly min: number; readonly max: number };
}

/** The bundle is a ConfigMap: not signed, read at start, at most 900 KiB. A new one starts new pods. */
export interface ConfigMapDelivery {
  /** Why it is not signed; the plan shows it */
  readonly reason: string;
}

export type OpaDelivery = SignedDelivery | { readonly configMap: ConfigMapDelivery };
