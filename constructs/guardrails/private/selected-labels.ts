import type { StackJson } from "../stack";
import { type BlockBody, isObject } from "../value";
import { withValues } from "./stands-for";

/** A label of a resource of the stack, such as `kubernetes_deployment_v1.d.spec[0].template[0].metadata[0].labels.app` */
const OF_RESOURCE = /^\$\{\s*(kubernetes_\w+\.[\w-]+)(?:\[[^[\]]*\])?\.([^{}]*)\}$/;

/** Keys and values of a selector, where a value that refers to a label, a local value or a default is what the stack writes there */
export function selectedBy(selector: BlockBody, stack: StackJson): readonly (readonly [string, string])[] {
  return Object.entries(selector).map(([key, value]) => [key, labelWritten(String(value), stack)]);
}

function labelWritten(text: string, stack: StackJson): string {
  const [, address = "", path = ""] = OF_RESOURCE.exec(text) ?? [];
  const written = valueAt(stack.at(address)?.body, path);
  return withValues(written ?? text, stack);
}

/** Numbers of a path are of blocks that stand once. */
function valueAt(body: unknown, path: string): string | undefined {
  let value = body;
  for (const [, key, name] of path.matchAll(/\["([^"]*)"\]|([A-Za-z_][\w-]*)/g)) {
    const object: unknown = Array.isArray(value) ? value[0] : value;
    value = isObject(object) ? object[key ?? name ?? ""] : undefined;
  }
  return typeof value === "string" ? value : undefined;
}
