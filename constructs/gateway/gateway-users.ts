/** Where users, schedules and events come in from outside the cluster */
export interface GatewayUsers {
  /**
   * Kubernetes secret (type `kubernetes.io/tls`, in `ambit-system`) with a certificate for all names below the domain
   * of the platform's `userListener`. cert-manager renews such a secret; Envoy reads it again when it is replaced.
   */
  readonly certificate: string;
  /**
   * Origins of pages that may call agents from a browser, such as `https://desk.acme.example`.
   *
   * @default - none
   */
  readonly origins?: readonly string[];
  /**
   * Requests of one client address in a second, at each pod, at most 10,000.
   *
   * @default 50
   */
  readonly requestsPerSecond?: number;
  /**
   * Address ranges (CIDR) that may connect.
   *
   * @default - all of IPv4
   */
  readonly clientCidrs?: readonly string[];
  /**
   * Annotations of the load balancer's Service, for the controller that makes it.
   *
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
}
