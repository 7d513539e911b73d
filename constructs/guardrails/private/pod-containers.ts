import type { ContainerSpec } from "../pods";
import { blocksOf, type BlockBody } from "../value";

/** Lists of a pod's containers. An ephemeral one runs in a pod that is there. */
export const CONTAINER_LISTS = ["init_container", "container", "ephemeral_container"] as const;

/** The containers of a pod's spec. @throws UndecidedValue for a list that is known at apply only */
export function containersOf(spec: BlockBody, at: string): readonly ContainerSpec[] {
  return CONTAINER_LISTS.flatMap((name) =>
    blocksOf(spec, name, `${at}.${name}`).map((container, index) => ({
      at: `${at}.${name}[${index}]`,
      name: String(container["name"] ?? index),
      spec: container,
    })),
  );
}
