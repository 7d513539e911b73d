import { deepStrictEqual as equal, ok } from "node:assert";
import { OPA_FOLDER } from "../../../policies/paths";
import { run, succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";

interface Coverage {
  readonly coverage: number;
  readonly covered_lines: number;
  readonly files: Readonly<Record<string, { readonly not_covered?: readonly { readonly start: { row: number } }[] }>>;
}

/** For one test, on a machine however busy; OPA gives it 5 s by itself. */
const IN_TIME = ["--timeout", "120s"];

/** OPA's own opinion of the Rego that ships, and of its tests. */
export function regoChecks(suite: Suite, opa: Check<string>): void {
  suite.check("rego: opa check --strict finds nothing", [opa], async ([program]) => {
    await succeed(program, ["check", "--strict", OPA_FOLDER]);
  });

  suite.check("rego: opa fmt would change nothing", [opa], async ([program]) => {
    const { stdout } = await succeed(program, ["fmt", "--diff", OPA_FOLDER]);
    equal(stdout, "");
  });

  suite.check("rego: opa test passes, and every line is covered", [opa], async ([program], note) => {
    const { stdout } = await succeed(program, ["test", ...IN_TIME, OPA_FOLDER]);
    const { code, stdout: json, tail } = await run(program, ["test", ...IN_TIME, "--coverage", OPA_FOLDER]);
    equal(code, 0, tail);
    const { coverage, covered_lines, files } = JSON.parse(json) as Coverage;
    const missed = Object.entries(files).flatMap(([file, { not_covered = [] }]) =>
      not_covered.map(({ start }) => `${file}:${start.row}`),
    );
    equal(missed, []);
    ok(covered_lines > 500, `the rules and their tests must be found, got ${covered_lines} lines`);
    note(`${stdout.trim().split("\n").at(-1)}, coverage ${coverage} % of ${covered_lines} lines`);
  });
}
