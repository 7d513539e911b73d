import { type AgentDeclaration, declaredAt, type Fleet, LIMITS, refuse, shown } from "../../domain";
import type { Platform } from "../platform/platform";

/** What an agent must satisfy on this platform. */
export function checkAgainstPlatform(agent: AgentDeclaration, platform: Platform): void {
  const days = agent.expires.daysFrom(platform.clock.now());
  if (days > LIMITS.expiryDays.ceiling) {
    const sentence = `expires must be at most ${LIMITS.expiryDays.ceiling} days ahead, got ${agent.expires} (${days} days)`;
    refuse("expiry.too-far", agent.where, `${sentence}: renew it once a year${declaredAt(agent)}`);
  }
  if (agent.hasAwsData && platform.network.kind === "none") {
    const sentence = "it has AWS data, and the platform names no way to reach AWS";
    const fix = "write the VPC and its endpoint subnets into aws.network, or aws.network.none with a reason";
    refuse("aws-data.no-endpoints", agent.where, `${sentence}: ${fix}${declaredAt(agent)}`);
  }
  for (const task of agent.tasks.values()) {
    const group = task.approval?.group;
    if (group !== undefined && !platform.approvers.includes(group)) {
      const known = platform.approvers.join(", ") || "none";
      const sentence = `task ${shown(task.name)} asks ${shown(group)} for approval, which is no approver group of the platform (${known})`;
      refuse(
        "approval.unknown-group",
        agent.where,
        `${sentence}: add it to approvers, or name one of them${declaredAt(agent)}`,
      );
    }
  }
}

/** What the agents together must satisfy on this platform. */
export function checkFleetAgainstPlatform(fleet: Fleet, platform: Platform): void {
  const roles = new Set<string>();
  for (const agent of fleet.agents) {
    for (const task of agent.tasks.values()) {
      if (task.awsData.length > 0) roles.add(platform.agentRoleName(agent, task));
    }
  }
  if (roles.size > platform.quotas.roles) {
    const sentence = `the fleet needs ${roles.size} IAM roles, the account allows ${platform.quotas.roles}`;
    const fix = "raise the quota at AWS and aws.quotas.roles, or use a second account";
    refuse("quota.exceeded", "fleet", `${sentence}: ${fix}`);
  }
}
