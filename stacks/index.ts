export { AgentsStack, type AgentsStackProps } from "./agents";
export { ControlStack, type ControlStackProps } from "./control";
export { FoundationStack, type FoundationStackProps } from "./foundation";
export { SpireStack, type SpireStackProps } from "./spire";
export { TrustStack } from "./trust";
