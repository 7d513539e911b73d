import type { AgentState, SourceLine } from "../../../domain";
import { byText } from "../../../domain/by-text";
import type { AccessKind } from "../../../domain/dataset-props";
import { own } from "../../../domain/own";
import type { RegistryDataset } from "../../../domain/registry/document";
import type { Output } from "../output";

/** What of a declared agent can be found where it is deployed */
export interface DeclaredAgent {
  readonly name: string;
  readonly state: AgentState;
  readonly declaredAt?: SourceLine;
  readonly workload: { readonly namespace: string; readonly serviceAccount: string };
  readonly tasks: readonly DeclaredTask[];
}

export interface DeclaredTask {
  readonly name: string;
  /** ARN; left out without AWS data */
  readonly role?: string;
  /** By name */
  readonly data: readonly DeclaredData[];
}

export interface DeclaredData {
  readonly name: string;
  /** Left out for a dataset that the registry does not know */
  readonly kind?: RegistryDataset["kind"];
  /** Name of a secret or table, `bucket/prefix` of objects; left out for other kinds */
  readonly place?: string;
  /** Account that it is kept in; left out where that is the platform's */
  readonly account?: string;
  readonly accesses: readonly AccessKind[];
}

/** By name */
export function declaredIn({ registry, sourceOf }: Pick<Output, "registry" | "sourceOf">): readonly DeclaredAgent[] {
  const agents = Object.entries(registry.agents).sort(([one], [other]) => byText(one, other));
  return agents.map(([name, { state, workload, tasks }]) => {
    const declaredAt = sourceOf(name);
    return {
      name,
      state,
      ...(declaredAt && { declaredAt }),
      workload,
      tasks: Object.entries(tasks).map(([task, { aws, data }]) => ({
        name: task,
        ...(aws && { role: aws.role }),
        data: Object.entries(data)
          .sort(([one], [other]) => byText(one, other))
          .map(([dataset, accesses]) => {
            const known = own(registry.datasets, dataset);
            const place = known && placeOf(known);
            return {
              name: dataset,
              ...(known && { kind: known.kind }),
              ...(place !== undefined && { place }),
              ...(known?.account !== undefined && { account: known.account }),
              accesses,
            };
          }),
      })),
    };
  });
}

function placeOf({
  bucket,
  prefix,
  secret,
  table,
}: Pick<RegistryDataset, "bucket" | "prefix" | "secret" | "table">): string | undefined {
  return bucket === undefined ? (secret ?? table) : `${bucket}/${prefix ?? ""}`;
}

/** ARNs, each with the agent that it is declared for */
export function declaredRoles(agents: readonly DeclaredAgent[]): ReadonlyMap<string, string> {
  return new Map(
    agents.flatMap(({ name, tasks }) => tasks.flatMap(({ role }) => (role ? [[role, name] as const] : []))),
  );
}
