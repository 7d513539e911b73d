import {
  type AgentDeclaration,
  declaredAt,
  type Fleet,
  LIMITS,
  refuse,
  refuseFound,
  shown,
  type Starter,
  taintedFederation,
  taintedSelfStart,
  type Task,
} from "../../domain";
import { issuerAddress } from "../../domain/issuer-address";
import { checkSources } from "../../domain/rules/source-rules";
import { starterIssuer } from "../../domain/starter";
import type { Platform } from "../platform/platform";
import { isPublic } from "../platform/public-ways";
import { canBeApproved } from "./approval-rules";
import { riskIsControlled } from "./risk-controls";

/** What an agent must satisfy on this platform. */
export function checkAgainstPlatform(
  agent: AgentDeclaration,
  platform: Platform,
  starters: readonly Starter[] = [],
): void {
  const days = agent.expires.daysFrom(platform.clock.now());
  if (days > LIMITS.expiryDays.ceiling) {
    const sentence = `expires must be at most ${LIMITS.expiryDays.ceiling} days ahead, got ${agent.expires} (${days} days)`;
    refuse("expiry.too-far", agent.where, `${sentence}: renew it once a year${declaredAt(agent)}`);
  }
  namesAreNotReserved(agent, platform);
  if (agent.hasAwsData && platform.network.kind === "none") {
    const sentence = "it has AWS data, and the platform names no way to reach AWS";
    const fix = "write the VPC and its endpoint subnets into aws.network, or aws.network.none with a reason";
    refuse("aws-data.no-endpoints", agent.where, `${sentence}: ${fix}${declaredAt(agent)}`);
  }
  selfStartsAreNotTainted([agent], platform);
  const federated = taintedFederation(agent, platform.domains);
  if (federated !== undefined) refuse("federated.refused", agent.where, `${federated}${declaredAt(agent)}`);
  waysAreCleared(agent, platform);
  hostsLeadSomewhere(agent, platform);
  for (const task of agent.tasks.values()) {
    observationEnds(agent, task, platform);
    startsAreProven(agent, task, platform, starters);
    canBeApproved(agent, task, platform);
  }
}

function selfStartsAreNotTainted(agents: readonly AgentDeclaration[], { domains }: Platform): void {
  refuseFound("start.agent-locked-out", taintedSelfStart(agents, domains));
}

/** If no issuer or starter can prove a start, the exchange would refuse every request for the task. */
function startsAreProven(agent: AgentDeclaration, task: Task, { trust }: Platform, starters: readonly Starter[]): void {
  for (const start of task.startedBy) {
    if (start === "agent" || start === "delegation") continue;
    const byUser = start === "user";
    if (byUser ? trust.issuers.length > 0 : trust.starters.some(({ starts }) => starts.includes(start))) continue;
    if (starters.some((starter) => starter.task === task && starter.occasion.start === start)) continue;
    const whose = byUser ? "issuer whose tokens prove that" : `starter for ${start}`;
    const sentence = `task ${shown(task.name)} is started by ${start}, and the platform names no ${whose}`;
    const fix = `add it to ${byUser ? "issuers" : "starters"}, or take ${start} out of startedBy`;
    refuse("start.no-issuer", agent.where, `${sentence}: ${fix}${declaredAt(agent)}`);
  }
}

/** Where what an agent answers may go no further, its listener must not be what lets it out. */
function waysAreCleared(agent: AgentDeclaration, { userListener }: Platform): void {
  if (userListener === undefined) return;
  for (const { facts: way } of agent.ways) {
    if (userListener.clearance.covers(way.clearance) || !isPublic(agent, way)) continue;
    const sentence = `${way.where} may answer ${way.clearance}, and users are answered ${userListener.clearance} at most`;
    const fix = "lower its clearance, or raise that of userListener";
    refuse("serving.above-listener", agent.where, `${sentence}: ${fix}${declaredAt(way)}`);
  }
}

/** Callers within the cluster name the agent in the path: a host is for users alone. */
function hostsLeadSomewhere({ ways, where }: AgentDeclaration, { userListener }: Platform): void {
  if (userListener !== undefined) return;
  for (const { facts: way } of ways) {
    if (way.host === undefined) continue;
    const sentence = `${way.where} has host ${shown(way.host)}, and the platform has no userListener at which users reach it`;
    refuse("serving.malformed", where, `${sentence}: write userListener, or leave host out${declaredAt(way)}`);
  }
}

/** A trial that is put off again and again is no control. */
function observationEnds(agent: AgentDeclaration, task: Task, { clock }: Platform): void {
  const days = task.observed?.until.daysFrom(clock.now()) ?? 0;
  if (days <= LIMITS.observeDays.ceiling) return;
  const sentence = `task ${shown(task.name)}: enforcement.observe.until must be at most ${LIMITS.observeDays.ceiling} days ahead, got ${task.observed?.until} (${days} days)`;
  refuse("enforcement.refused", agent.where, `${sentence}: enforce it then, or look again${declaredAt(agent)}`);
}

/** Namespaces in which an agent would stand beside, or as, what decides about it */
const RESERVED_NAMESPACE = /^(default|kube-.*|spire.*)$/;

function namesAreNotReserved(agent: AgentDeclaration, platform: Platform): void {
  const { namespace, serviceAccount, where } = agent;
  const own = [platform.controlNamespace, platform.dns.namespace];
  if (own.includes(namespace) || RESERVED_NAMESPACE.test(namespace)) {
    const sentence = `workload.namespace ${shown(namespace)} belongs to the cluster or the platform`;
    refuse("name.reserved", where, `${sentence}: give the agents a namespace of their own${declaredAt(agent)}`);
  }
  if (serviceAccount === "default") {
    const sentence = `workload.serviceAccount "default" is the account of every pod that names no account`;
    refuse("name.reserved", where, `${sentence}: name another${declaredAt(agent)}`);
  }
  for (const dataset of [...agent.tasks.values()].flatMap((task) => task.awsData.map((access) => access.dataset))) {
    const place = "table" in dataset ? dataset.table : "bucket" in dataset ? dataset.bucket : undefined;
    if (place !== undefined && platform.ownStores.includes(place as string)) {
      const sentence = `${dataset.name} is ${shown(place)}, in which Ambit keeps its own records`;
      refuse("name.reserved", where, `${sentence}: no agent may use it${declaredAt(agent)}`);
    }
  }
}

/** One host is one agent: browsers keep what one of them stores from the other. */
function hostsAreDistinct({ agents }: Fleet, { userListener }: Platform): void {
  const domain = userListener?.domain;
  const hosts = new Map<string, AgentDeclaration>();
  for (const agent of agents) {
    for (const { facts } of agent.ways) {
      const host = facts.host ?? (domain === undefined ? undefined : `${agent.name}.${domain}`);
      const other = host === undefined ? undefined : hosts.get(host);
      if (other !== undefined && other !== agent) {
        const sentence = `${facts.where} is at ${host}, like ${shown(other.name)}${declaredAt(other)}`;
        refuse("serving.overlap", agent.where, `${sentence}: give one of them another host${declaredAt(agent)}`);
      }
      if (host !== undefined) hosts.set(host, agent);
    }
  }
}

/** Of two with one name the exchange would believe the keys of the first alone. */
function startersAreDistinct({ starters }: Fleet, { trust, trustDomain }: Platform): void {
  const known = new Set([...trust.issuers, ...trust.starters].map(({ issuer }) => issuerAddress(issuer)));
  for (const starter of starters) {
    const issuer = starterIssuer(starter.name, trustDomain);
    if (!known.has(issuerAddress(issuer))) continue;
    const sentence = `its tokens would be of ${issuer}, which issuers or starters of the platform name too`;
    refuse("name.duplicate", starter.where, `${sentence}: rename one${declaredAt(starter)}`);
  }
}

/** What the agents together must satisfy on this platform. */
export function checkFleetAgainstPlatform(fleet: Fleet, platform: Platform): void {
  startersAreDistinct(fleet, platform);
  // Those of the fleet's own starters are checked where it is declared what starts it.
  if (platform.eventSources.size > 0) checkSources(fleet, platform.eventSources.values());
  selfStartsAreNotTainted(fleet.agents, platform);
  hostsAreDistinct(fleet, platform);
  const roles = new Map<string, AgentDeclaration>();
  for (const agent of fleet.agents) {
    for (const task of agent.tasks.values()) {
      if (task.awsData.length === 0) continue;
      const name = platform.agentRoleName(agent, task);
      const other = roles.get(name) ?? agent;
      if (other !== agent) {
        refuse(
          "name.duplicate",
          agent.where,
          `its role would be ${name}, like that of ${shown(other.name)}: rename one`,
        );
      }
      roles.set(name, agent);
    }
  }
  riskIsControlled(fleet, platform);
  if (roles.size > platform.quotas.roles) {
    const sentence = `the fleet needs ${roles.size} IAM roles, the account allows ${platform.quotas.roles}`;
    const fix = "raise the quota at AWS and aws.quotas.roles, or use a second account";
    refuse("quota.exceeded", "fleet", `${sentence}: ${fix}`);
  }
}
