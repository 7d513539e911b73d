import { resourcesOf, type StackName, type Synthesized } from "../../support/example-app";
import type { KubeObject } from "./kube-client";
import { translate } from "./translate";

/** One resource of a synthesized stack, as the cluster gets it */
export interface RenderedObject {
  /** As `kubernetes_namespace_v1.Namespaces_Server_…` */
  readonly address: string;
  readonly stack: StackName;
  readonly object: KubeObject;
  /** Who owns the fields, where the resource says so */
  readonly fieldManager?: string;
  /** Paths that may differ afterwards, where the resource is a manifest */
  readonly computedFields?: readonly string[];
}

interface Resource {
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly after: readonly string[];
}

/** The Kubernetes objects of these stacks, each after those that it depends on, and otherwise in an unlikely order. */
export function renderedObjects(app: Synthesized, stacks: readonly StackName[]): readonly RenderedObject[] {
  return stacks.flatMap((stack) => {
    const resources = new Map<string, Resource>();
    for (const [type, named] of Object.entries(resourcesOf(app.stacks[stack]))) {
      for (const [name, attributes] of Object.entries(named)) {
        resources.set(`${type}.${name}`, { type, attributes, after: neededBy(attributes) });
      }
    }
    return ordered(resources).flatMap((address) => {
      const { type, attributes } = resources.get(address) as Resource;
      return type.startsWith("kubernetes_") ? [rendered(stack, address, type, attributes)] : [];
    });
  });
}

function rendered(
  stack: StackName,
  address: string,
  type: string,
  attributes: Readonly<Record<string, unknown>>,
): RenderedObject {
  const { field_manager: fieldManager, computed_fields: computedFields } = attributes;
  return {
    address,
    stack,
    object: translate(type, attributes),
    ...(typeof fieldManager === "string" ? { fieldManager } : {}),
    ...(Array.isArray(computedFields) ? { computedFields: computedFields as string[] } : {}),
  };
}

/** Addresses that `depends_on` or a reference names */
function neededBy(attributes: Readonly<Record<string, unknown>>): readonly string[] {
  const { depends_on: named = [], "//": _, ...rest } = attributes;
  const references = JSON.stringify(rest).matchAll(/(?<!\$)\$\{([a-z0-9_]+\.\w+)/g);
  return [...(named as string[]), ...[...references].map(([, address]) => address as string)];
}

/**
 * The opposite of the order of the file, but for what depends on something.
 *
 * Terraform promises no more than that: where `depends_on` lacks something, this shows it.
 */
function ordered(resources: ReadonlyMap<string, Resource>): readonly string[] {
  const done = new Set<string>();
  const visit = (address: string, path: readonly string[]): void => {
    if (path.includes(address)) throw new Error(`resources wait for each other: ${[...path, address].join(", ")}`);
    const resource = resources.get(address);
    if (resource === undefined || done.has(address)) return;
    for (const need of resource.after) visit(need, [...path, address]);
    done.add(address);
  };
  for (const address of [...resources.keys()].reverse()) visit(address, []);
  return [...done];
}
