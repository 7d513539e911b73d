export { AgentsStack, type AgentsStackProps } from "./agents";
export { ControlStack, type ControlStackProps } from "./control";
export { FoundationStack, type FoundationStackProps, type OpaRunsIn } from "./foundation";
export { SpireStack, type SpireStackProps } from "./spire";
export { type StarterChoices, StartersStack, type StartersStackProps } from "./starters";
export { TrustStack } from "./trust";
