/** A network load balancer of the AWS Load Balancer Controller, that ends no TLS */
const NETWORK = {
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
};

export const INTERNET_FACING = {
  ...NETWORK,
  "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
};

/** The address of who asks reaches the pods, so that network policies see it. */
export const INTERNAL = {
  ...NETWORK,
  "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
  "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=true",
};

/** The controller writes the class, and the provider would replace the load balancer to take it out. */
export const CLASS_IS_THE_CONTROLLERS = { ignoreChanges: ["spec[0].load_balancer_class"] };
