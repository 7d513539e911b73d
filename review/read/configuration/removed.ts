import { asList, isObject, type Json, type JsonObject, member, show } from "../json";
import type { UnreadBlock } from "./stack";

/**
 * What a `removed` block does that is not read. A resource that is forgotten stays in AWS and is no longer managed; provisioners run as it
 * goes. Where `destroy` is left out, Terraform and OpenTofu do not do the same.
 */
export function unreadRemoved(block: JsonObject): readonly Omit<UnreadBlock, "place">[] {
  const { from = null, provisioner = null, connection = null, lifecycle = null, ...others } = block;
  const { "//": _, ...rest } = others;
  const name = show(from);
  const isDestroyed = asList(lifecycle).some((each) => isObject(each) && String(member(each, "destroy")) === "true");
  return [
    {
      why: isDestroyed
        ? `${name} is destroyed, which may have denied something: check which one it is`
        : `${name} is forgotten and not destroyed: what it grants may stay; destroy it`,
    },
    ...(provisioner === null
      ? []
      : [{ why: `commands run as ${name} is removed: take them out`, content: [provisioner, connection] }]),
    ...Object.entries(rest).map(([key, content]) => ({
      why: `${show(key)} of the block is not read: take it out`,
      content: content as Json,
    })),
  ];
}
