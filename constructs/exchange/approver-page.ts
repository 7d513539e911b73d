/** Where people decide on approvals in a browser, from outside the cluster */
export interface ApproverPage {
  /**
   * Kubernetes secret (type `kubernetes.io/tls`, in `ambit-system`) with a certificate for the host in `people` of the
   * platform. cert-manager renews such a secret; the exchange reads it again when it is replaced.
   */
  readonly certificate: string;
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
