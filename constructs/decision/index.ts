export { CedarPolicyEngine, type CedarPolicyEngineProps } from "./cedar-policy-engine";
export { OPA_VERSIONS, type OpaImage } from "./images";
export type { ConfigMapDelivery, OpaDelivery, SignedDelivery } from "./opa-delivery";
export { OpaDeployment, type OpaDeploymentProps } from "./opa-deployment";
export { OpaRole, type OpaRoleProps } from "./opa-role";
export { OpaSidecar, type OpaSidecarProps } from "./opa-sidecar";
export { PolicyBucket, type PolicyBucketProps } from "./policy-bucket";
