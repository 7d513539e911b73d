export { SESSION_TAG } from "../../domain";
export { AmbitStack, type AmbitStackProps } from "./ambit-stack";
export { DataKey, type KeyOwner, type PlatformKey, SigningKey, type SigningKeyProps } from "./key";
export { LABELS } from "./names";
export { type Namespace, type NamespaceProps, PrivilegedNamespace, RestrictedNamespace } from "./namespace";
export type { MissingImages } from "./missing-images";
export type { Replicas } from "./replicas";
export type { Resources } from "./hardened";
export { platformOf } from "./scope";
