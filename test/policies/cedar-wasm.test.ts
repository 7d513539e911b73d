import { spawnSync } from "node:child_process";
import { join } from "node:path";

const PROGRAM = join(__dirname, "../support/decisions/deoptimised-call.ts");

test("the process outlives optimised code that is thrown away while Cedar answers", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--allow-natives-syntax", "--require", "@swc-node/register", PROGRAM],
    { encoding: "utf8" },
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: "success\n" });
});
