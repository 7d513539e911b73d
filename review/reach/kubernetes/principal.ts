import type { KubernetesObject } from "./objects/object";
import type { Labels } from "./sets/selector";
import type { Workload } from "./workload";

/** Somebody in a cluster: an agent by name, a service account, user or group by Terraform address */
export interface Principal {
  /** Pairs it in two estates */
  readonly key: string;
  readonly name: string;
  readonly isAgent: boolean;
  /** Who it is for RBAC, such as `account finance/clerk` or `group devs` */
  readonly subjects: ReadonlySet<string>;
  readonly accounts: readonly Account[];
  readonly workloads: readonly Workload[];
  readonly pods: readonly PodShape[];
}

export interface Account {
  readonly namespace: string;
  readonly name: string;
  /** Where it is declared */
  readonly object?: KubernetesObject;
}

/** Pods that look alike to selectors */
export interface PodShape {
  readonly namespace: string;
  readonly labels: Labels;
}

export function accountSubject(namespace: string, name: string): string {
  return `account ${namespace}/${name}`;
}

/** Where somebody stands in the configuration */
export function addressOf({ name, accounts, workloads }: Principal): string {
  return workloads[0]?.object.address ?? accounts.find(({ object }) => object !== undefined)?.object?.address ?? name;
}
