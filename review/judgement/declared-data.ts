import { own, SESSION_TAG } from "../../domain";
import { compact, dataStatements, type DataTarget, principalTag, type Statement } from "../../iam";
import type { DataAccessKind } from "../../iam";
import type { Registry, RegistryDataset, RegistryTask } from "../reach/declared/registry";
import { isObject, member } from "../read/json";
import type { Estate } from "../read/resource";

/** Account, partition and region of data, if the dataset does not name them */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** AWS data of one task, with the statements that grant exactly that */
export interface DeclaredData {
  readonly dataset: string;
  readonly statements: readonly Statement[];
  /** Why AWS would refuse it */
  readonly problem?: string;
}

const ROLE = /^arn:([^:]+):iam::(\d{12}):role\//;

/**
 * Account and partition are those of the role in the registry; the region is that of the provider in the role's
 * stack. Undefined if one of them is unknown.
 */
export function placeOf(role: string, stack: string, { providers }: Estate): Place | undefined {
  const [, partition, account] = ROLE.exec(role) ?? [];
  const settings = providers.get(`${stack}/aws`);
  const region = isObject(settings) ? member(settings, "region") : undefined;
  if (partition === undefined || account === undefined || typeof region !== "string") return undefined;
  return { partition, account, region };
}

/** The AWS data of one registry */
export class DeclaredAccess {
  /** Equal declarations are worked out once. */
  private readonly known = new Map<string, DeclaredData>();

  public constructor(private readonly registry: Registry) {}

  public of(agent: string, task: RegistryTask, place: Place): readonly DeclaredData[] {
    return Object.entries(task.data).flatMap(([name, kinds]) => {
      const dataset = own(this.registry.datasets, name);
      if (dataset === undefined || dataset.kind === "external") return [];
      const { partition, account, region } = place;
      const bound = dataset.boundTo === "agent" ? agent : "";
      const key = JSON.stringify([name, kinds, bound, partition, account, region]);
      const known = this.known.get(key) ?? declared(name, () => targetOf(dataset, agent, place), kinds);
      this.known.set(key, known);
      return known;
    });
  }
}

function declared(dataset: string, target: () => DataTarget, kinds: readonly string[]): DeclaredData {
  try {
    return { dataset, statements: dataStatements(target(), kinds as readonly DataAccessKind[]) };
  } catch (error) {
    return { dataset, statements: [], problem: (error as Error).message };
  }
}

/** Everything that tasks declare, without network and account conditions, which only narrow a role */
export function declaredStatements(data: readonly DeclaredData[]): readonly Statement[] {
  return compact(data.flatMap(({ statements }) => statements));
}

function targetOf(dataset: RegistryDataset, agent: string, { partition, account, region }: Place): DataTarget {
  const place = {
    partition,
    region,
    account: dataset.account ?? account,
    ...(dataset.key !== undefined && { keyArn: dataset.key }),
  };
  const { kind, bucket = "", prefix = "", secret = "", table = "", indexes, boundTo } = dataset;
  if (kind === "bucket") return { kind, ...place, bucket, prefix };
  if (kind === "secret") return { kind, ...place, secret };
  // The compiler refuses a new kind that would be read as a table.
  kind satisfies "external" | "table";
  return {
    kind: "table",
    ...place,
    table,
    ...(indexes !== undefined && { indexes }),
    ...(boundTo !== undefined && { leadingKey: boundTo === "agent" ? agent : principalTag(SESSION_TAG[boundTo]) }),
  };
}
