import { deepStrictEqual as equal } from "node:assert";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { succeed } from "../harness/process";
import { pythonWith } from "../harness/python";
import type { Check, Suite } from "../harness/suite";
import type { Addresses } from "./client-world";

const PACKAGE = resolve(__dirname, "../../../client/python");
const TOOLS = join(__dirname, "../engines/python-build");

/** Python with what builds the package, and judges its types */
export const buildPython = (): Promise<string> => pythonWith("python-build", TOOLS);

/** The package as it is published, in an environment that has nothing else */
export function pythonChecks(suite: Suite, world: Check<Addresses>): void {
  const tools = suite.check("python: the tools that build it are there", [], buildPython);
  const installed = suite.check(
    "python: sdist and wheel hold what belongs to them, and install in an empty environment",
    [tools],
    async ([python], note) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-client-python-"));
      suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      const [source, built, environment] = ["source", "built", "environment"].map((name) => join(folder, name));
      cpSync(PACKAGE, source as string, { recursive: true, filter: (path) => !/__pycache__|_cache$/.test(path) });
      await succeed(python, ["-m", "build", "--no-isolation", "--outdir", built as string, source as string]);
      const [wheel = "", sdist = ""] = readdirSync(built as string).sort();
      equal([wheel, sdist], ["ambit_client-0.1.0-py3-none-any.whl", "ambit_client-0.1.0.tar.gz"]);
      const modules = readdirSync(join(PACKAGE, "src/ambit_client")).filter((name) => !name.startsWith("__pycache"));
      const inWheel = await listed(python, "-m", "zipfile", "-l", join(built as string, wheel));
      equal(ours(inWheel), modules.map((name) => `ambit_client/${name}`).sort());
      const inSdist = await listed(python, "-m", "tarfile", "-l", join(built as string, sdist));
      equal(
        inSdist.filter((name) => /\/(tests?|\.)/.test(name)),
        [],
      );
      await succeed("python3", ["-m", "venv", "--without-pip", environment as string]);
      const own = join(environment as string, "bin/python");
      const install = ["install", "--quiet", "--no-index", join(built as string, wheel)];
      await succeed(python, ["-m", "pip", "--python", own, ...install]);
      note(`${modules.length} files, no other package`);
      return own;
    },
  );
  suite.check("python: mypy finds nothing, in the strictest mode and for Python 3.10", [tools], async ([python]) => {
    await succeed(python, ["-m", "mypy", "--cache-dir", "/dev/null"], { cwd: PACKAGE });
  });
  suite.check(
    "python: threads and asyncio get what the tables say, and of real companions what they ask for",
    [installed, world],
    async ([python, env], note) => {
      const tests = ["-W", "error", "-B", "-m", "unittest", "discover", "-s", join(PACKAGE, "tests")];
      const { tail } = await succeed(python, tests, { env: { ...env, PYTHONPATH: join(PACKAGE, "tests") } });
      const [said = ""] = /^Ran \d+ tests/m.exec(tail) ?? [];
      if (/skipped=/.test(tail) || said === "") throw new Error(`tests were skipped:\n${tail}`);
      note(said);
    },
  );
}

async function listed(python: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await succeed(python, args);
  return stdout.split("\n").map((line) => line.split(" ")[0] ?? "");
}

function ours(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith("ambit_client/")).sort();
}
