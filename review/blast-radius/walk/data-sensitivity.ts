import { Sensitivity } from "../../../domain";
import type { Gained } from "../../../iam/access/difference";
import type { Registry, RegistryDataset } from "../../reach/declared/registry";

type Pair = Pick<Gained, "action" | "resource" | "kinds">;

/** The highest sensitivity of data that an action on a pattern of ARNs may open; undefined if no dataset is known there */
export function sensitivityAt(pair: Pair, datasets: Registry["datasets"]): Sensitivity | undefined {
  const touched = Object.values(datasets).filter((dataset) => isOfService(pair, dataset) && mayName(pair, dataset));
  return touched.length === 0 ? undefined : Sensitivity.highest(touched.map(({ sensitivity }) => sensitivity));
}

function isOfService({ action, kinds }: Pair, dataset: RegistryDataset): boolean {
  if (kinds.action === "rest" || (isWild(action) && !/^[a-z0-9-]+:/i.test(action))) return true;
  const [service = ""] = action.toLowerCase().split(":");
  return service === placeOf(dataset)?.service;
}

/** Wide rather than narrow: the text before the first wildcard decides. */
function mayName({ resource, kinds }: Pair, dataset: RegistryDataset): boolean {
  const place = placeOf(dataset);
  if (place === undefined) return false;
  if (kinds.resource === "rest") return true;
  const parts = resource.split(":");
  if (parts.length < 6) return isWild(resource);
  const [, , service = "", , , ...rest] = parts;
  if (!isWild(service) && service !== place.service) return false;
  return meets(rest.join(":"), place.name);
}

function placeOf(dataset: RegistryDataset): { readonly service: string; readonly name: string } | undefined {
  switch (dataset.kind) {
    case "bucket":
      return { service: "s3", name: `${dataset.bucket ?? ""}/${dataset.prefix ?? ""}` };
    case "table":
      return { service: "dynamodb", name: `table/${dataset.table ?? ""}` };
    case "secret":
      return { service: "secretsmanager", name: `secret:${dataset.secret ?? ""}` };
    case "external":
      return undefined;
  }
}

function meets(pattern: string, name: string): boolean {
  const literal = pattern.slice(0, Math.max(0, pattern.search(WILD)));
  if (isWild(pattern)) return literal.startsWith(name) || name.startsWith(literal);
  // The ARN of a bucket has no slash as that of its objects has; AWS adds a suffix to the name of a secret.
  return pattern.startsWith(name) || name.startsWith(`${pattern}/`);
}

const WILD = /[*?]|\$\{/;

function isWild(text: string): boolean {
  return WILD.test(text);
}
