import { posix } from "node:path";
import { member } from "../json";
import { bare } from "./besides";
import type { Stack, StackBlock } from "./stack";

/** A stack alone may have been moved as well as its checkout. */
const FEWEST_STACKS = 2;

/** What each stack says of where its state lies. */
export function stateBlocks(stacks: readonly Stack[]): ReadonlyMap<Stack, readonly StackBlock[]> {
  const checkout = checkoutOf(stacks);
  return new Map(
    stacks.flatMap((stack): [Stack, readonly StackBlock[]][] => {
      if (stack.backend === undefined) return [];
      const { type, settings, file } = stack.backend;
      const path = localPath(stack);
      const isInCheckout = path !== undefined && posix.dirname(path) === checkout;
      const placed = isInCheckout ? { ...settings, path: `/…/${posix.basename(path)}` } : settings;
      const place = { file, address: `${stack.name}/terraform.backend` };
      return [[stack, [{ kind: "terraform", place, content: bare({ [type]: placed }) }]]];
    }),
  );
}

/**
 * Where cdktf ran: it writes the folder of its machine into each local state that has no other path. Every checkout has another one,
 * and the same files in it. So it is the folder that most of the states lie in, and undefined where none holds most of them.
 */
function checkoutOf(stacks: readonly Stack[]): string | undefined {
  const folders = stacks.flatMap((stack) => {
    const path = localPath(stack);
    return path === undefined ? [] : [posix.dirname(path)];
  });
  if (folders.length < FEWEST_STACKS) return undefined;
  return folders.find((folder) => folders.filter((one) => one === folder).length > folders.length / 2);
}

/** Of a local state at an absolute path */
function localPath({ backend }: Stack): string | undefined {
  const path = backend?.type === "local" ? member(backend.settings, "path") : undefined;
  return typeof path === "string" && posix.isAbsolute(path) ? posix.normalize(path) : undefined;
}
