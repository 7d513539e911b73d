import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import type { PodOfPlatform, Process } from "../platform/process";
import { RELEASE } from "./images";
import { GRPC_VARIABLES } from "./private/grpc-variables";
import { AGENT, CONTROLLER_MANAGER, SERVER } from "./private/paths";

const { system, server } = SPIRE_NAMESPACE;

export const SPIRE_SERVER: Process = {
  container: SPIRE_ACCOUNT.server,
  args: ["-config", `${SERVER.config}/server.conf`],
  env: GRPC_VARIABLES,
  config: { folder: SERVER.config, map: SPIRE_ACCOUNT.server },
  image: RELEASE,
};

export const SPIRE_CONTROLLER_MANAGER = {
  container: CONTROLLER_MANAGER.name,
  args: [`--config=${CONTROLLER_MANAGER.config}/${CONTROLLER_MANAGER.file}`],
  env: { ENABLE_WEBHOOKS: "true" },
  config: { folder: CONTROLLER_MANAGER.config, map: CONTROLLER_MANAGER.name },
} satisfies Process;

export const SPIRE_AGENT: Process = {
  container: SPIRE_ACCOUNT.agent,
  args: ["-config", `${AGENT.config}/agent.conf`],
  // Of the node, by a field of the pod
  env: { KUBELET_ADDR: undefined },
  config: { folder: AGENT.config, map: SPIRE_ACCOUNT.agent },
  image: RELEASE,
};

export const SPIRE_SERVER_POD: PodOfPlatform = {
  name: SPIRE_ACCOUNT.server,
  namespace: server,
  processes: [SPIRE_SERVER, SPIRE_CONTROLLER_MANAGER],
};

export const SPIRE_AGENT_POD: PodOfPlatform = {
  name: SPIRE_ACCOUNT.agent,
  namespace: system,
  processes: [SPIRE_AGENT],
};
