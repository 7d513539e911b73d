export { Agent, type AgentClass } from "./agent/agent";
export { Platform, type AwsProps, type ClusterProps, type PlatformProps } from "./platform/platform";
export { type NetworkProps, type OpenNetworkProps, type VpcNetworkProps } from "./platform/network";
export {
  Approval,
  Budget,
  Dataset,
  DeclarationError,
  fixedClock,
  Fleet,
  Order,
  Tool,
  Ttl,
  type AgentSpec,
  type Clock,
  type ErrorCode,
  type IsoDate,
  type TaskSpec,
} from "../domain";
