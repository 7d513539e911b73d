import type { JsonObject } from "./json";
import { type LogLevel, logLevelOf } from "./log-level";
import { observed } from "./observed";
import { AGENT, BUNDLE } from "./paths";
import { pluginBlocks } from "./plugin";
import { withSettings } from "./settings";

export interface AgentConfigProps {
  readonly trustDomain: string;
  readonly clusterName: string;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** Variable that holds the address of the node's kubelet, whose certificate is checked against it */
  readonly kubeletVariable: string;
  readonly logLevel?: LogLevel | undefined;
  readonly settings?: JsonObject | undefined;
}

/** agent.conf of SPIRE in HCL's JSON form. */
export function agentConfig(props: AgentConfigProps, where: string): JsonObject {
  const config: JsonObject = {
    agent: {
      trust_domain: props.trustDomain,
      server_address: props.serverAddress,
      server_port: props.serverPort,
      data_dir: AGENT.data,
      socket_path: `${AGENT.sockets}/${AGENT.socketName}`,
      log_level: logLevelOf(props.logLevel, where),
      log_format: "json",
      trust_bundle_path: `${AGENT.bundle}/${BUNDLE.key}`,
      trust_bundle_format: BUNDLE.format,
      // An agent that was away while the CA changed starts again from the ConfigMap, instead of never.
      rebootstrap_mode: "auto",
    },
    plugins: pluginBlocks(
      [
        {
          type: "NodeAttestor",
          name: "k8s_psat",
          data: { cluster: props.clusterName, token_path: `${AGENT.token}/spire-agent` },
        },
        // In memory: an agent that starts again attests again.
        { type: "KeyManager", name: "memory", data: {} },
        {
          type: "WorkloadAttestor",
          name: "k8s",
          data: { node_name_env: props.kubeletVariable, use_new_container_locator: true },
        },
      ],
      where,
    ),
    ...observed(AGENT.ports),
  };
  return withSettings(config, props.settings, where);
}
