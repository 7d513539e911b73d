export { AgentBoundary, type AgentBoundaryProps } from "./agent-boundary";
export { AgentRole, type AgentRoleProps } from "./agent-role";
export { AwsEndpoints, type AwsEndpointsProps } from "./aws-endpoints";
export { sessionPolicy } from "./session-policy";
