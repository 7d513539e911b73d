export { AgentNamespace, type AgentNamespaceProps } from "./agent-namespace";
export { AgentNetworkPolicy, type AgentNetworkPolicyProps } from "./agent-network-policy";
export { AgentWorkload, type AgentWorkloadProps, COMPANION_URL } from "./agent-workload";
export { type FleetDocumentsProps, registryDocument, writeFleetDocuments } from "./fleet-documents";
