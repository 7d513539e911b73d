import type { Fleet } from "../../domain";
import { type DeclaredRole, type DeclaredRoles, declaredRolesOf } from "../guardrails/declared-roles";
import { registryWithoutAws } from "./documents";
import type { Platform } from "./platform";

/** The roles of a fleet's agents, and what the declarations of each one open */
export function declaredRoles(fleet: Fleet, platform: Platform): DeclaredRoles {
  const { account, network, partition, region } = platform;
  const vpc = network.kind === "vpc" ? network.vpc : undefined;
  const { datasets } = registryWithoutAws(platform, fleet);
  const roles = new Map<string, DeclaredRole>();
  for (const agent of fleet.agents) {
    for (const task of agent.tasks.values()) {
      if (task.awsData.length === 0) continue;
      const name = platform.agentRoleName(agent, task);
      const own = task.awsData.flatMap(({ dataset, kinds }) => {
        const written = datasets[dataset.name];
        return written === undefined ? [] : [{ dataset: written, kinds }];
      });
      const data = [...(roles.get(name)?.data ?? []), ...own];
      roles.set(name, { agent: agent.name, partition, account, region, vpc, data });
    }
  }
  return declaredRolesOf(
    roles,
    fleet.agents.map((agent) => ({
      agent: agent.name,
      spiffeId: agent.spiffeId(platform.trustDomain).toString(),
      namespace: agent.namespace,
      serviceAccount: agent.serviceAccount,
    })),
  );
}
