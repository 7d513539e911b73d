import type { Rule } from "../rule";
import { apiAuthorizer } from "./network/api-authorizer";
import { clusterEndpoint } from "./network/cluster-endpoint";
import { openEgress } from "./network/egress";
import { endpointPolicy } from "./network/endpoint-policy";
import { functionUrl } from "./network/function-url";
import { openIngress } from "./network/ingress";

export const NETWORK_RULES: readonly Rule[] = [
  apiAuthorizer,
  clusterEndpoint,
  openEgress,
  endpointPolicy,
  functionUrl,
  openIngress,
];
