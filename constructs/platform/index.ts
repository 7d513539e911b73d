export { SESSION_TAG } from "../../domain";
export { AmbitStack, type AmbitStackProps } from "./ambit-stack";
export { DataKey, type KeyOwner, SigningKey, type SigningKeyProps } from "./key";
export { LABELS } from "./names";
export { type NamespaceProps, PrivilegedNamespace, RestrictedNamespace } from "./namespace";
export { platformOf } from "./scope";
