/** Fixed, and apart from the machine's: nothing outside the node's network namespace sees them. */
export const ADDRESSES = {
  node: "10.0.32.10",
  /** Length of the prefix of the node's network */
  nodePrefix: 20,
  /** That nothing answers at: the node has a default route and no way out. */
  router: "10.0.32.1",
  apiserver: "10.0.0.10",
  pods: "10.244.0.0/16",
  /** Pods of the one node */
  nodePods: "10.244.0.0/24",
  services: "172.20.0.0/16",
  /** Service `kubernetes`: the first of the services' network */
  apiserverService: "172.20.0.1",
  dns: "172.20.0.10",
  /** In a range that network policies of the example let pods reach as that of VPC endpoints */
  vpcEndpoint: "10.0.16.10",
  /** In the range that its exchange may reach outside, for the keys of identity providers */
  outside: "203.0.113.10",
  /** On the public internet as the gateway sees it, where the tools of the example are: the address of a sink (RFC 7535) */
  tools: "192.31.196.1",
} as const;

export const NODE_NAME = "node-1";
