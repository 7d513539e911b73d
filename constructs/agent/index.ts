export { AgentNamespace, type AgentNamespaceProps } from "./agent-namespace";
export { AgentNetworkPolicy, type AgentNetworkPolicyProps } from "./agent-network-policy";
export { AgentWorkload, type AgentWorkloadProps, COMPANION_URL } from "./agent-workload";
export type {
  AwsAccess,
  PublishedKey,
  RegistryAction,
  RegistryAgent,
  RegistryApproval,
  RegistryApprovers,
  RegistryBudget,
  RegistryCard,
  RegistryDataset,
  RegistryDocument,
  RegistryEdge,
  RegistryHorizon,
  RegistryIssuer,
  RegistryKillSwitch,
  RegistryMatch,
  RegistryNotify,
  RegistryOrder,
  RegistryPeople,
  RegistryPushes,
  RegistrySkill,
  RegistryStarter,
  RegistryTask,
  RegistryTool,
  RegistryTrust,
  RegistryVersion,
  RegistryWay,
} from "../../domain";
export { type FleetDocumentsProps, registryDocument, writeFleetDocuments } from "./fleet-documents";
