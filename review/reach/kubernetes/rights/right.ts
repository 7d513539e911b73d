import { type Box, boxText, type Dimensions, type Values, checkPairs } from "../sets/box";
import type { JsonObject } from "../../../read/json";
import { blocks, texts } from "../objects/values";
import type { KubernetesObject } from "../objects/object";
import { TextValues } from "../sets/text-values";

/** One right of a role where it is bound, for one resource and one verb */
export interface Right {
  /** Dimensions: `type` (resource, url, role), `namespace` ("" is the cluster), `group`, `resource`, `subresource`, `verb`, `name` */
  readonly box: Box;
  /** Pattern of a non-resource URL */
  readonly url?: string;
  readonly verb: string;
  /** Object of the verb, in words */
  readonly on: string;
  /** Terraform address of the binding */
  readonly address: string;
  /** Equal for equal rights */
  readonly written: string;
}

export function right(given: Omit<Right, "written">): Right {
  return { ...given, written: JSON.stringify([boxText(given.box), given.url]) };
}

/** Value of the dimension `type` */
export const RESOURCE = "resource";
export const URL = "url";
/** All rights of a role whose rules the estate does not hold */
export function roleType(kind: string, name: string): string {
  return `role ${kind} ${name}`;
}

const ALL = "*";

/**
 * Rights of a role in one namespace, or in the whole cluster without one.
 *
 * Source: Kubernetes, `pkg/apis/rbac/v1/evaluation_helpers.go`: resources have no patterns but `*` and `*` before a
 * subresource, and a path may end in `*`.
 */
export function rightsOf(role: KubernetesObject, namespace: string | undefined, address: string): readonly Right[] {
  const rules = blocks(role.body, "rules");
  return rules.flatMap((rule) => [
    ...resourceRights(rule, namespace, address),
    ...(namespace === undefined ? urlRights(rule, address) : []),
  ]);
}

function resourceRights(rule: JsonObject, namespace: string | undefined, address: string): readonly Right[] {
  const groups = texts(rule, "apiGroups");
  const names = texts(rule, "resourceNames");
  const shared: Box = new Map<string, Values>([
    ["type", TextValues.of([RESOURCE])],
    ...dimension("group", groups.includes(ALL) ? undefined : groups),
    ...dimension("name", names.length === 0 ? undefined : names),
    ...inNamespace(namespace),
  ]);
  const place = placeText(namespace);
  checkPairs(texts(rule, "resources").length, texts(rule, "verbs").length, address);
  return texts(rule, "resources").flatMap((resource) =>
    texts(rule, "verbs").map((verb) =>
      right({
        box: new Map([...shared, ...resourceDimensions(resource), ...verbDimension(verb)]),
        verb: verb === ALL ? "any verb" : verb,
        on: `${resourceText(resource, groups)}${names.length === 0 ? "" : ` named ${names.join(", ")}`} ${place}`,
        address,
      }),
    ),
  );
}

function urlRights(rule: JsonObject, address: string): readonly Right[] {
  return texts(rule, "nonResourceURLs").flatMap((url) =>
    texts(rule, "verbs").map((verb) =>
      right({
        box: new Map([["type", TextValues.of([URL])], ...verbDimension(verb)]),
        url,
        verb: verb === ALL ? "any verb" : verb,
        on: `the path ${url}`,
        address,
      }),
    ),
  );
}

export function placeText(namespace: string | undefined): string {
  return namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`;
}

export function inNamespace(namespace: string | undefined): Dimensions {
  return namespace === undefined ? [] : [["namespace", TextValues.of([namespace])]];
}

function verbDimension(verb: string): Dimensions {
  return dimension("verb", verb === ALL ? undefined : [verb]);
}

function dimension(name: string, listed: readonly string[] | undefined): Dimensions {
  return listed === undefined ? [] : [[name, TextValues.of(listed)]];
}

function resourceDimensions(resource: string): Dimensions {
  if (resource === ALL) return [];
  const slash = resource.indexOf("/");
  const [name, part] = slash < 0 ? [resource, ""] : [resource.slice(0, slash), resource.slice(slash + 1)];
  return [...dimension("resource", name === ALL ? undefined : [name]), ...dimension("subresource", [part])];
}

function resourceText(resource: string, groups: readonly string[]): string {
  const what = resource === ALL ? "every resource" : resource;
  const named = groups.filter((group) => group !== "" && group !== ALL);
  if (groups.includes(ALL)) return `${what} of every API group`;
  return named.length === 0 ? what : `${what} of ${named.join(", ")}`;
}
