import type { KubernetesObject } from "./objects/object";
import type { Labels } from "./sets/selector";
import type { Workload } from "./workload";

/** A principal in a cluster: an agent by name, a service account, user or group by Terraform address */
export interface Principal {
  /** Matches it across two estates */
  readonly key: string;
  readonly name: string;
  readonly isAgent: boolean;
  /** Its RBAC subjects, such as `account finance/clerk` or `group devs` */
  readonly subjects: ReadonlySet<string>;
  readonly accounts: readonly Account[];
  readonly workloads: readonly Workload[];
  readonly pods: readonly PodShape[];
}

export interface Account {
  readonly namespace: string;
  readonly name: string;
  /** Its declaration */
  readonly object?: KubernetesObject;
}

/** Pods with the same labels in the same namespace */
export interface PodShape {
  readonly namespace: string;
  readonly labels: Labels;
}

export function accountSubject(namespace: string, name: string): string {
  return `account ${namespace}/${name}`;
}

/** Address of a principal in the configuration */
export function addressOf({ name, accounts, workloads }: Principal): string {
  return workloads[0]?.object.address ?? accounts.find(({ object }) => object !== undefined)?.object?.address ?? name;
}
