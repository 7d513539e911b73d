import { type DeclaredAgent, declaredRoles } from "./declared";
import type { Deployed, DeployedCluster, DeployedPod, DeployedRole } from "./deployed";

/** A thing of an agent, where it is deployed or should be */
export interface Found {
  readonly kind: "role" | "service account" | "pod" | "registry entry";
  /** ARN, `namespace/name`, or the agent's name */
  readonly name: string;
  readonly agent: string;
}

export interface Orphan extends Pick<Found, "kind" | "name"> {
  /** That it says it belongs to; left out if it says none */
  readonly agent?: string;
  /** Of a role (RFC 3339, UTC); null if there was no use in the last 400 days */
  readonly lastUsed?: string | null;
  readonly because: string;
}

/** What is deployed and not declared, or not as it is deployed */
export function orphansOf(
  declared: readonly DeclaredAgent[],
  { aws, kubernetes, registry }: Deployed,
): readonly Orphan[] {
  const owners = declaredRoles(declared);
  const workloads = new Map(declared.map(({ name, workload }) => [name, workload]));
  const notDeclared = (agent: string | undefined, what: string): string => {
    if (agent === undefined) return `no agent declares the ${what}, and it has no tag of one`;
    return workloads.has(agent) ? `${agent} declares no such ${what}` : `no agent ${agent} is declared`;
  };
  const roleBeyond = ({ arn, agent, lastUsed: at }: DeployedRole): readonly Orphan[] => {
    const owner = owners.get(arn);
    if (owner !== undefined && owner === agent) return [];
    const tagged = agent === undefined ? "with no agent" : `as ${agent}'s`;
    const because =
      owner === undefined ? notDeclared(agent, "role") : `it is declared for ${owner}, and tagged ${tagged}`;
    const lastUsed = at === undefined ? null : new Date(at * 1000).toISOString();
    return [{ kind: "role", name: arn, ...(agent !== undefined && { agent }), lastUsed, because }];
  };
  const beyond = (kind: Orphan["kind"], { namespace, name, agent, serviceAccount }: DeployedPod): readonly Orphan[] => {
    const account = `${namespace}/${serviceAccount}`;
    if (agent === undefined) {
      const because = `it runs by ${account}, the service account of an agent, and has no label of one`;
      return [{ kind, name: `${namespace}/${name}`, because }];
    }
    const workload = workloads.get(agent);
    if (workload?.namespace === namespace && workload.serviceAccount === serviceAccount) return [];
    return [{ kind, name: `${namespace}/${name}`, agent, because: notDeclared(agent, `service account ${account}`) }];
  };
  const { serviceAccounts, pods } = "known" in kubernetes ? kubernetes.known : NOTHING;
  const entries = "known" in registry ? registry.known.filter((agent) => !workloads.has(agent)) : [];
  return [
    ...("known" in aws ? aws.known.flatMap(roleBeyond) : []),
    ...serviceAccounts.flatMap((account) => beyond("service account", { ...account, serviceAccount: account.name })),
    ...pods.flatMap((pod) => beyond("pod", pod)),
    ...entries.map((name): Orphan => ({
      kind: "registry entry",
      name,
      agent: name,
      because: notDeclared(name, "entry"),
    })),
  ];
}

const NOTHING: DeployedCluster = { serviceAccounts: [], pods: [] };

/** What active agents declare, and a source that was asked does not have */
export function missingOf(declared: readonly DeclaredAgent[], deployed: Deployed): readonly Found[] {
  const { aws, kubernetes, registry } = deployed;
  const roles = "known" in aws ? new Set(aws.known.map(({ arn }) => arn)) : undefined;
  const accounts =
    "known" in kubernetes
      ? new Set(kubernetes.known.serviceAccounts.map(({ namespace, name, agent }) => `${namespace}/${name} ${agent}`))
      : undefined;
  const entries = "known" in registry ? new Set(registry.known) : undefined;
  return declared
    .filter(({ state }) => state === "active")
    .flatMap((agent): readonly Found[] => {
      const { name, workload } = agent;
      const account = `${workload.namespace}/${workload.serviceAccount}`;
      return [
        ...[...declaredRoles([agent]).keys()]
          .filter((arn) => roles?.has(arn) === false)
          .map((arn): Found => ({ kind: "role", name: arn, agent: name })),
        ...(accounts?.has(`${account} ${name}`) === false
          ? [{ kind: "service account", name: account, agent: name } as const]
          : []),
        ...(entries?.has(name) === false ? [{ kind: "registry entry", name, agent: name } as const] : []),
      ];
    });
}
