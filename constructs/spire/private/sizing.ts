import { refuse } from "../../../domain";
import type { Resources } from "../../platform/hardened";

export interface ServerSize extends Resources {
  readonly replicas: number;
}

/** Most nodes and most workloads that SPIRE gives sizes for (SPIRE, doc/scaling_spire.md) */
const NODES = [10, 100, 1_000, 5_000] as const;

/** Replicas, cores and GiB by workloads (rows) and nodes (columns); orders of magnitude, says the source. */
const TABLE: readonly (readonly [workloads: number, ...sizes: (readonly [number, number, number])[]])[] = [
  [10, [2, 1, 1], [2, 2, 2], [2, 4, 4], [2, 8, 8]],
  [100, [2, 2, 2], [2, 2, 2], [2, 8, 8], [2, 16, 16]],
  [1_000, [2, 16, 8], [2, 16, 8], [2, 16, 8], [4, 16, 8]],
  [10_000, [4, 16, 16], [4, 16, 16], [4, 16, 16], [8, 16, 16]],
];

/**
 * The size of the servers for so many workloads and nodes: the next larger cell of SPIRE's table.
 *
 * @throws DeclarationError `spire.too-large`
 */
export function serverSize(workloads: number, nodes: number, where: string): ServerSize {
  const column = NODES.findIndex((most) => nodes <= most);
  const row = TABLE.find(([most]) => workloads <= most);
  if (row === undefined || column < 0) {
    const sentence = `SPIRE gives no size for ${workloads} workloads on ${nodes} nodes (at most 10000 on 5000)`;
    return refuse("spire.too-large", where, `${sentence}: write size after a load test, or split the trust domain`);
  }
  const [replicas, cores, gibibytes] = row[column + 1] as readonly [number, number, number];
  return { replicas, cpu: String(cores), memory: `${gibibytes}Gi` };
}

/** About 4,000 workloads need 512 MiB (helm-charts-hardened issue 851): an eighth of a MiB each, and a base. */
export function controllerManagerSize(workloads: number): Resources {
  const mebibytes = 128 * (1 + Math.ceil(workloads / 1_000));
  return { cpu: workloads <= 1_000 ? "100m" : "500m", memory: `${mebibytes}Mi` };
}
