import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizeAmbit } from "./ambit";
import { synthesizePlain } from "./plain";
import { firstDifference } from "./same-resources";

/** Two folders with what the two functions synthesize, while `act` looks at them */
function withOutputs<T>(
  [one, other]: readonly [(outdir: string) => unknown, (outdir: string) => unknown],
  act: (outdir: string, otherOutdir: string) => T,
): T {
  const folders = [one, other].map((synthesize) => {
    const outdir = mkdtempSync(join(tmpdir(), "ambit-bench-"));
    synthesize(outdir);
    return outdir;
  });
  try {
    return act(folders[0] as string, folders[1] as string);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

// Where this fails, Ambit's resources have changed: write the same change into plain.ts.
test("both sides of the bench emit the same resources", () => {
  const difference = withOutputs(
    [(dir) => synthesizeAmbit(12, dir), (dir) => synthesizePlain(12, dir)],
    firstDifference,
  );
  expect(difference).toBeUndefined();
});

test("a resource that only one side emits is found", () => {
  const plain = (count: number) => (dir: string) => synthesizePlain(count, dir);
  const found = 'kubernetes_config_map_v1_data {"data":{"worker-00001":"worker-00001",';
  expect(withOutputs([plain(2), plain(1)], firstDifference)).toContain(found);
  expect(withOutputs([plain(1), plain(2)], firstDifference)).toContain("worker-00001");
});
