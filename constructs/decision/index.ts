export { CedarPolicyEngine, type CedarPolicyEngineProps } from "./cedar-policy-engine";
export { OPA_VERSIONS, type OpaImage } from "./images";
export type { ConfigMapDelivery, OpaDelivery, SignedDelivery } from "./opa-delivery";
export { OpaPolicyEngine, type OpaPolicyEngineProps } from "./opa-policy-engine";
export { OpaRole, type OpaRoleProps } from "./opa-role";
export { PolicyBucket, type PolicyBucketProps } from "./policy-bucket";
