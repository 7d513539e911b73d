import { join, resolve } from "node:path";
import ts from "typescript";

const DOMAIN = resolve(__dirname, "../../domain");
const FILE = join(DOMAIN, "written-by-a-user.ts");

/** What the compiler says of one expression where a date is expected */
function saidOf(expression: string): readonly string[] {
  const text = `import type { IsoDate } from "./calendar-date";\nexport const date: IsoDate = ${expression};\n`;
  const options: ts.CompilerOptions = { noLib: true, strict: true, noEmit: true, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === FILE || fileExists(name);
  host.getSourceFile = (name, version) =>
    name === FILE ? ts.createSourceFile(name, text, version) : getSourceFile(name, version);
  const program = ts.createProgram([FILE], options, host);
  const problems = program.getSemanticDiagnostics(program.getSourceFile(FILE));
  return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("a day is taken", () => expect(saidOf('"2027-06-30"')).toEqual([]));

test.each(["30.06.2027", "2027/06/30", "06-30", "1999-12-31", "2027-06-30T00:00:00Z", ""])(
  "fails to compile when a date is %p, and says the form in one short line",
  (date) => {
    expect(saidOf(JSON.stringify(date))).toEqual([
      `Type '${JSON.stringify(date)}' is not assignable to type '\`20\${number}-\${number}-\${number}\`'.`,
    ]);
  },
);
