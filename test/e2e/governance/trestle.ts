import { deepStrictEqual as equal, ok } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coverageOf } from "../../../governance/coverage/coverage-of";
import { oscalComponent } from "../../../governance/coverage/report/oscal";
import { exampleOutput } from "../../support/coverage/example-output";
import { run, succeed } from "../harness/process";
import { pythonWith } from "../harness/python";
import type { Suite } from "../harness/suite";

const ENGINE = join(__dirname, "..", "engines", "trestle");

/** Python with compliance-trestle, which reads OSCAL by models that are made from NIST's schemas */
export const trestlePython = (): Promise<string> => pythonWith("trestle", ENGINE);

/** What its models see in a component definition */
const COUNTED = `
import sys
from trestle.oscal.component import ComponentDefinition
from pathlib import Path
read = ComponentDefinition.oscal_read(Path(sys.argv[1]))
for each in read.components[0].control_implementations:
    print(each.source, len(each.implemented_requirements))
`;

/** OSCAL of the coverage of the example, judged by compliance-trestle */
export function trestleChecks(suite: Suite): void {
  const python = suite.check("trestle: compliance-trestle is there, with a workspace", [], async () => {
    const program = await trestlePython();
    const folder = mkdtempSync(join(tmpdir(), "ambit-trestle-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    await succeed(program, ["-m", "trestle", "init", "--trestle-root", folder]);
    return { program, folder };
  });
  const oscal = suite.check("trestle: the coverage of the example as OSCAL", [], () => {
    const coverage = coverageOf(exampleOutput());
    return { text: oscalComponent(coverage, "0.1.0"), coverage };
  });
  suite.check(
    "trestle: it finds the component definition valid",
    [python, oscal],
    async ([workspace, { text }], note) => {
      const said = await judged(workspace, text);
      ok(/^VALID: /m.test(said), said);
      note(`${text.length} characters`);
    },
  );
  suite.check(
    "trestle: its models read each requirement of each standard",
    [python, oscal],
    async ([{ program, folder }, { text, coverage }], note) => {
      const file = join(folder, "component-definition.json");
      writeFileSync(file, text);
      const { stdout } = await succeed(program, ["-c", COUNTED, file]);
      const read = stdout
        .trim()
        .split("\n")
        .map((line) => Number(line.split(" ")[1]));
      equal(
        read,
        coverage.standards.map(({ entries }) => entries.length),
      );
      note(`${read.length} standards`);
    },
  );
  const broken: readonly (readonly [what: string, from: RegExp | string, to: string])[] = [
    ["UUIDs that are equal", /"uuid": "[^"]+"/g, '"uuid": "00000000-0000-5000-8000-000000000000"'],
    ["an id that is no token", '"control-id": "tenet-1"', '"control-id": "1 tenet"'],
    ["a key that is not known", '"last-modified"', '"modified"'],
  ];
  for (const [what, from, to] of broken) {
    suite.check(
      `trestle: fails for ${what}, so that its word means something`,
      [python, oscal],
      async ([workspace, { text }]) => {
        const changed = text.replace(from, to);
        ok(changed !== text, "nothing was changed");
        const said = await judged(workspace, changed);
        ok(!/^VALID: /m.test(said), said);
      },
    );
  }
}

interface Workspace {
  readonly program: string;
  readonly folder: string;
}

/** What trestle says of a definition, whether it refuses at reading or at validation */
async function judged({ program, folder }: Workspace, text: string): Promise<string> {
  const place = join(folder, "component-definitions", "ambit");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "component-definition.json"), text);
  const which = ["--type", "component-definition", "--name", "ambit", "--trestle-root", folder];
  const { stdout, stderr } = await run(program, ["-m", "trestle", "validate", ...which]);
  return `${stdout}${stderr}`;
}
