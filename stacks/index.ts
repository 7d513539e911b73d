export { AgentsStack, type AgentsStackProps } from "./agents";
export { ControlStack } from "./control";
export { FoundationStack, type FoundationStackProps } from "./foundation";
export { SpireStack, type SpireStackProps } from "./spire";
export { TrustStack } from "./trust";
