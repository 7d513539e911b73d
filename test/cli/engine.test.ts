import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

test("the engine of this Node knows what it is told, and says nothing", () => {
  const engine = resolve(__dirname, "../../cli/engine.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", "@swc-node/register", engine], {
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([0, "", ""]);
});
