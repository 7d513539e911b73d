export { BundlePublisher, type RolesAnywhereBundleProps, type S3BundleProps } from "./bundle-publisher";
export { Federation, type FederationProps } from "./federation";
export { SPIRE_VERSIONS, type SpireImage } from "./images";
export { OidcDiscoveryProvider, type OidcDiscoveryProviderProps } from "./oidc-discovery-provider";
export { OidcDocuments, type OidcDocumentsProps } from "./oidc-documents";
export type { JsonObject, JsonValue } from "./private/json";
export { type SpireLifetimes } from "./private/lifetimes";
export type { LogLevel } from "./private/log-level";
export type { Plugin, PluginType } from "./private/plugin";
export { SpiffeCsiDriver, type SpiffeCsiDriverProps } from "./spiffe-csi-driver";
export { Spire, type SpireContext, type SpireProps } from "./spire";
export { type KubeletAddress, SpireAgent, type SpireAgentProps } from "./spire-agent";
export { SpireControllerManager, type SpireControllerManagerProps } from "./spire-controller-manager";
export { SpireCrds, type SpireCrdsProps } from "./spire-crds";
export { SpireDatabase, type SpireDatabaseProps } from "./spire-database";
export { SpireNamespaces, type SpireNamespacesProps } from "./spire-namespaces";
export { SpireServer } from "./spire-server";
export type {
  BundleEndpointProps,
  EmbeddedSpireServerProps,
  SpireServerDatabase,
  SpireServerIamRole,
  SpireServerProps,
  SpireServerSize,
} from "./spire-server-props";
export { SpireServerRole, type SpireServerRoleProps } from "./spire-server-role";
export { type AwsPrivateCaProps, UpstreamAuthority, type UpstreamSpireProps } from "./upstream-authority";
export { WorkloadRegistration, type WorkloadRegistrationProps } from "./workload-registration";
