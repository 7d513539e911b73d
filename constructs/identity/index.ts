export { OidcTrust } from "./oidc-trust";
export { RolesAnywhereProfile, type RolesAnywhereProfileProps } from "./roles-anywhere-profile";
export { RolesAnywhereTrust, type RolesAnywhereTrustProps } from "./roles-anywhere-trust";
export { WorkloadIdentity, type WorkloadIdentityProps } from "./workload-identity";
