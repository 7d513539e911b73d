export { AgentsStack, type AgentsStackProps } from "./agents";
export { ControlStack } from "./control";
export { FoundationStack } from "./foundation";
export { SpireStack } from "./spire";
export { TrustStack } from "./trust";
