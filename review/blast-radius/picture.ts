import type { BlastRadius, ReachedKind } from "./reached";
import type { Group } from "./rows";

/** One thing in a picture of rings: whom the attacker controls is in the middle. */
export interface PictureNode {
  /** Who an identity is, or what kind of thing is reached */
  readonly kind: "agent" | "role" | "account" | Exclude<ReachedKind, "identity">;
  readonly name: string;
  /** Ring: 0 is the middle */
  readonly ring: number;
  /** Place of whoever reaches it, in the list; of the middle its own */
  readonly parent: number;
  /** What is done, or how somebody is reached */
  readonly through: string;
  /** Of an identity that is only possible */
  readonly isPossible?: true;
}

export interface Picture {
  readonly nodes: readonly PictureNode[];
  /** Of each row of each group, the place of its node in the list */
  readonly places: readonly (readonly number[])[];
}

/** Identities by hop, and around each what its rights reach */
export function pictureOf({ of, identities }: BlastRadius, groups: readonly Group[]): Picture {
  const nodes: PictureNode[] = [];
  const known = new Map<string, number>();
  const put = (key: readonly unknown[], node: PictureNode): number => {
    const text = JSON.stringify(key);
    const place = known.get(text) ?? nodes.push(node) - 1;
    known.set(text, place);
    return place;
  };
  // Groups stand by hop, so that whoever reaches somebody is there already.
  const parentOf = ({ hop, route }: Group): number => {
    const name = route.at(-2)?.to ?? of.name;
    return known.get(JSON.stringify([name, hop - 1])) ?? nodes.findIndex((node) => node.name === name);
  };
  const own = groups.map((group) => {
    const { by, hop, route, unknown } = group;
    const certainty = unknown === undefined ? {} : { isPossible: true as const };
    const kind = identities.find(({ name }) => name === by)?.kind ?? of.kind;
    const parent = hop === 0 ? 0 : Math.max(0, parentOf(group));
    return put([by, hop], { kind, name: by, ring: hop, parent, through: route.at(-1)?.what ?? "", ...certainty });
  });
  const places = groups.map(({ hop, rows }, at) =>
    rows.map(({ kind, target, does }) => {
      const parent = own[at] as number;
      if (kind === "identity") return known.get(JSON.stringify([target, hop + 1])) ?? parent;
      const through = kind === "network" || kind === "pod" || kind === "kubernetes" ? "" : does.join(", ");
      return put([parent, kind, target], { kind, name: target, ring: hop + 1, parent, through });
    }),
  );
  return { nodes, places };
}
