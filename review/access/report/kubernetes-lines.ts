import { grouped } from "../../grouped";
import type { KubernetesAccess } from "../access";
import type { Lines } from "./lines";

const TITLES: readonly (readonly [keyof KubernetesAccess, string])[] = [
  ["rights", "rights in the cluster"],
  ["identities", "who it is in the cluster, and what it runs"],
  ["egress", "where its pods may connect to"],
  ["ingress", "who may connect to its pods"],
  ["pods", "what its pods may do, and what does not hold them"],
];

export function kubernetesLines(lines: Lines, access: KubernetesAccess): void {
  for (const [part, title] of TITLES) {
    const all = access[part];
    if (all.length === 0) continue;
    lines.title(`${title} · ${all.length}`);
    for (const [address, changes] of grouped(all, ({ source }) => source.address)) {
      for (const { what } of changes) lines.add(`  ${what}`, 1);
      lines.dim(`at ${address}`, 3);
    }
  }
}
