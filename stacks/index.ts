export { AgentsStack, type AgentsStackProps } from "./agents";
export { ControlStack, type ControlStackProps } from "./control";
export { FoundationStack, type FoundationStackProps, type OpaRunsIn } from "./foundation";
export { SpireStack, type SpireStackProps } from "./spire";
export { TrustStack } from "./trust";
