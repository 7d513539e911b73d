import { execFileSync } from "node:child_process";
import { HEAP } from "./workshop";

test("a measured process has the same heap on every machine", () => {
  const limit = "process.stdout.write(String(require('node:v8').getHeapStatistics().heap_size_limit))";
  const bytes = Number(execFileSync(process.execPath, [...HEAP, "-e", limit], { encoding: "utf8" }));
  expect(bytes).toBeGreaterThan(1_024 * 2 ** 20);
  expect(bytes).toBeLessThan(1_300 * 2 ** 20);
});
