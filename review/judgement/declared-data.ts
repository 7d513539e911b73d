import { own, SESSION_TAG } from "../../domain";
import { compact, dataStatements, type DataTarget, principalTag, type Statement } from "../../iam";
import type { DataAccessKind } from "../../iam";
import type { Registry, RegistryDataset, RegistryTask } from "../reach/declared/registry";
import { isObject, member } from "../read/json";
import type { Estate } from "../read/resource";

/** Where data is that does not say it itself, as the platform's own facts say */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** AWS data of one task, with the statements that give what is declared of it and nothing else */
export interface DeclaredData {
  readonly dataset: string;
  readonly statements: readonly Statement[];
  /** Why AWS would not take it */
  readonly problem?: string;
}

const ROLE = /^arn:([^:]+):iam::(\d{12}):role\//;

/**
 * Account and partition are those of the role, as the registry names it; the region is that of the provider in whose
 * stack the role stands. Undefined where one of them is not written.
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
  /** What many declare alike is worked out once. */
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

/** All that tasks declare, without the network and the account, by which a role may only allow less */
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
  // The compiler stops a kind that is added from being read as a table.
  kind satisfies "external" | "table";
  return {
    kind: "table",
    ...place,
    table,
    ...(indexes !== undefined && { indexes }),
    ...(boundTo !== undefined && { leadingKey: boundTo === "agent" ? agent : principalTag(SESSION_TAG[boundTo]) }),
  };
}
