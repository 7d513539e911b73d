import type { Principals } from "../platform/cluster-checks";
import { agentPods } from "./policies/agent-pods";
import { foreignPods } from "./policies/foreign-pods";
import { hostAccess } from "./policies/host-access";
import { hostPaths } from "./policies/host-paths";
import { hostVolumes } from "./policies/host-volumes";
import { identityKinds } from "./policies/identity-kinds";
import { identityObjects } from "./policies/identity-objects";
import { killedAgents } from "./policies/killed-agents";
import { namespaces } from "./policies/namespaces";
import { networkPolicies } from "./policies/network-policies";
import { nodeAccess } from "./policies/node-access";
import { platformWorkloads } from "./policies/platform-workloads";
import { podAccess } from "./policies/pod-access";
import { podUpdates } from "./policies/pod-updates";
import { records } from "./policies/records";
import { tokens } from "./policies/tokens";
import { bindingManifest, type Manifest, type Policy, policyManifest } from "./private/policy";

/** What the policies take from a platform */
export interface PolicyFacts {
  readonly deployers: Principals;
  /** Who may write the list of killed agents, besides the deployers */
  readonly killers: Principals;
  readonly hostPathNamespaces: readonly string[];
}

/** A policy and its binding, as objects of Kubernetes */
export interface AdmissionObjects {
  readonly policy: Manifest;
  readonly binding: Manifest;
}

/** All policies of a platform, in the order in which they are made */
export function declaredPolicies({ deployers, killers, hostPathNamespaces }: PolicyFacts): readonly Policy[] {
  return [
    agentPods(),
    foreignPods(),
    podUpdates(),
    killedAgents(),
    identityObjects(deployers),
    identityKinds(deployers),
    networkPolicies(deployers),
    namespaces(deployers),
    podAccess(),
    nodeAccess(),
    hostPaths(hostPathNamespaces),
    hostVolumes(),
    hostAccess(hostPathNamespaces),
    platformWorkloads(deployers),
    tokens(deployers),
    records(deployers, killers),
  ];
}

/** The same as objects, by name: coverage compares an output with them */
export function admissionObjects(facts: PolicyFacts): ReadonlyMap<string, AdmissionObjects> {
  return new Map(
    declaredPolicies(facts).map((policy) => [
      policy.name,
      { policy: policyManifest(policy), binding: bindingManifest(policy) },
    ]),
  );
}
