import { Sensitivity } from "../../../domain";
import type { Registry, RegistryDataset } from "../../reach/declared/registry";

/** The highest sensitivity of what an action on a pattern of ARNs may open; undefined where no dataset is known there */
export function sensitivityAt(
  action: string,
  resource: string,
  datasets: Registry["datasets"],
): Sensitivity | undefined {
  const touched = Object.values(datasets).filter(
    (dataset) => isOfService(action, dataset) && mayName(resource, dataset),
  );
  return touched.length === 0 ? undefined : Sensitivity.highest(touched.map(({ sensitivity }) => sensitivity));
}

function isOfService(action: string, dataset: RegistryDataset): boolean {
  const [service = ""] = action.toLowerCase().split(":");
  return isWild(action) && !/^[a-z0-9-]+:/i.test(action) ? true : service === placeOf(dataset)?.service;
}

const EVERYTHING_BUT = "everything but ";

/** Wide rather than narrow: what stands before the first wildcard decides. */
function mayName(resource: string, dataset: RegistryDataset): boolean {
  const place = placeOf(dataset);
  if (place === undefined) return false;
  const parts = resource.split(":");
  if (resource.startsWith(EVERYTHING_BUT) || parts.length < 6) return isWild(resource);
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
  // A whole bucket is named without the slash of what is in it, a secret with a suffix that AWS adds.
  return pattern.startsWith(name) || name.startsWith(`${pattern}/`);
}

const WILD = /[*?]|\$\{/;

function isWild(text: string): boolean {
  return WILD.test(text) || text.startsWith(EVERYTHING_BUT);
}
