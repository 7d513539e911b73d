import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { controllerManagerSize, serverSize } from "../../../constructs/spire/private/sizing";
import { SpireServer } from "../../../constructs/spire";
import { facts } from "../../../fleet/platform";
import { fails } from "../../support/domain";
import { serverIn, serverWith } from "../../support/spire";
import { newStack, platformWith } from "../../support/synth";

const NODES = [10, 100, 1_000, 5_000];
/** doc/scaling_spire.md of SPIRE, written a second time: servers × (cores, GiB) */
const TABLE: readonly (readonly [number, string])[] = [
  [10, "2×1c1G 2×2c2G 2×4c4G 2×8c8G"],
  [100, "2×2c2G 2×2c2G 2×8c8G 2×16c16G"],
  [1_000, "2×16c8G 2×16c8G 2×16c8G 4×16c8G"],
  [10_000, "4×16c16G 4×16c16G 4×16c16G 8×16c16G"],
];
const CELLS = TABLE.flatMap(([workloads, row]) =>
  row.split(" ").map((cell, at) => [workloads, NODES[at] as number, cell] as const),
);

function cell(workloads: number, nodes: number): string {
  const { replicas, cpu, memory } = serverSize(workloads, nodes, "here");
  return `${replicas}×${cpu}c${memory.replace("Gi", "G")}`;
}

test.each(CELLS)("%i workloads on %i nodes take %s", (workloads, nodes, expected) => {
  expect(cell(workloads, nodes)).toBe(expected);
});

test.each([
  [0, 1, "2×1c1G"],
  [11, 10, "2×2c2G"],
  [10, 11, "2×2c2G"],
  [10, 101, "2×4c4G"],
  [101, 10, "2×16c8G"],
  [100, 1_001, "2×16c16G"],
  [1_001, 100, "4×16c16G"],
  [1_001, 1_001, "8×16c16G"],
])("just beyond a cell, %i workloads on %i nodes take the next: %s", (workloads, nodes, expected) => {
  expect(cell(workloads, nodes)).toBe(expected);
});

const onNodes = (nodes: number) => platformWith({ cluster: { ...facts.cluster, nodes } });

describe("servers", () => {
  const say = "write size after a load test, or split the trust domain";
  fails(
    "there are more workloads than were measured",
    () => serverIn(newStack(), { workloads: 10_001 }),
    "spire.too-large",
    `[test/Server]: SPIRE gives no size for 10001 workloads on 40 nodes (at most 10000 on 5000): ${say}`,
  );
  fails(
    "there are more nodes than were measured",
    () => serverIn(newStack(onNodes(5_001))),
    "spire.too-large",
    `[test/Server]: SPIRE gives no size for 1000 workloads on 5001 nodes (at most 10000 on 5000): ${say}`,
  );
  for (const replicas of [0, -1, 1.5, Number.NaN]) {
    fails(
      `there should be ${replicas} of them`,
      () => serverIn(newStack(), { size: { replicas, cpu: "1", memory: "1Gi" } }),
      "spire.malformed",
      `[test/Server]: size.replicas must be a whole number above zero, got ${replicas}`,
    );
  }
  for (const size of [{ replicas: 2, cpu: "1", memory: "1Gi" }]) {
    fails(
      "several share a file for a database",
      () => SpireServer.embedded(newStack(), "Server", { size }),
      "spire.unsafe",
      '[test/Server]: size.replicas must be 1 with "sqlite", got 2, because each would have a file of its own: ' +
        "name a database",
    );
  }
  fails(
    "SQLite is sized by the table, which begins at two",
    () => serverIn(newStack(), { database: "sqlite" }),
    "spire.unsafe",
    '[test/Server]: size.replicas must be 1 with "sqlite", got 2, because each would have a file of its own: ' +
      "name a database",
  );

  test("are as many and as large as the table says, unless a size is configured", () => {
    const of = (template: ReturnType<typeof serverWith>) => {
      const { spec } = template.only(StatefulSetV1) as {
        spec: { replicas: string; template: { spec: { container: readonly { resources: unknown }[] } } };
      };
      return [spec.replicas, spec.template.spec.container[0]?.resources];
    };
    const all = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
    expect(of(serverWith({ workloads: 5_000 }, onNodes(2_000)))).toEqual(["8", all("16", "16Gi")]);
    expect(of(serverWith({ size: { replicas: 3, cpu: "3", memory: "5Gi" }, workloads: 99_999 }))).toEqual([
      "3",
      all("3", "5Gi"),
    ]);
  });
});

test.each([
  [10, "100m", "256Mi"],
  [1_000, "100m", "256Mi"],
  [1_001, "500m", "384Mi"],
  [4_000, "500m", "640Mi"],
  [10_000, "500m", "1408Mi"],
])("the controller manager of %i workloads takes %s and %s", (workloads, cpu, memory) => {
  expect(controllerManagerSize(workloads)).toEqual({ cpu, memory });
});
