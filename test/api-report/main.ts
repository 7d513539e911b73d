import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withoutChangelog } from "./changelog";
import { entryPoints } from "./entry-points";
import { type ApiReports, apiReports } from "./reports";

/** Where the reports lie, one an entry point */
const FOLDER = "api";
/** The packages of this repository, and how their main entry points are called */
const PACKAGES = [
  { folder: ".", project: "tsconfig.build.json", main: "index" },
  { folder: "client/typescript", project: "client/typescript/tsconfig.json", main: "client" },
] as const;
const HELP = `npm run api -- [--check]

Writes to ${FOLDER}/ what each entry point of the packages exports. With --check nothing is written, and it fails (1) if
  - a report differs from what is checked in,
  - a public signature uses a type that no entry point exports,
  - a commit changed a report, and CHANGELOG.md not.
`;

function main(args: readonly string[]): number {
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown !== undefined) {
    process.stdout.write(HELP);
    return unknown === "--help" ? 0 : 2;
  }
  const isCheck = args.includes("--check");
  const reports = PACKAGES.map(reportsOf);
  const files = new Map(
    reports.flatMap(({ texts }) => [...texts].map(([name, text]) => [`${name}.api.md`, text] as const)),
  );
  const problems = [
    ...reports
      .flatMap(({ forgotten }) => forgotten)
      .map((name) => `${name}: a public signature uses it and no entry point exports it: export it`),
    ...(isCheck ? [...stale(files), ...changelogProblems()] : []),
  ];
  if (!isCheck) write(files);
  for (const problem of problems) process.stdout.write(`FAIL  ${problem}\n`);
  if (problems.length === 0) process.stdout.write(`${files.size} entry points: all that they use is exported\n`);
  return problems.length === 0 ? 0 : 1;
}

/** Of declarations that the compiler writes anew */
function reportsOf({ folder, project, main }: (typeof PACKAGES)[number]): ApiReports {
  const declarations = mkdtempSync(join(tmpdir(), "ambit-declarations-"));
  const options = ["-p", project, "--emitDeclarationOnly", "--sourceMap", "false", "--outDir", declarations];
  try {
    execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), ...options], { stdio: "inherit" });
    return apiReports(entryPoints(join(folder, "package.json"), main), declarations);
  } finally {
    rmSync(declarations, { recursive: true, force: true });
  }
}

function stale(files: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...readdirSync(FOLDER), ...files.keys()]);
  return [...names].sort().flatMap((name) => {
    const path = join(FOLDER, name);
    const checkedIn = readdirSync(FOLDER).includes(name) ? readFileSync(path, "utf8") : undefined;
    return checkedIn === files.get(name)
      ? []
      : [`${path} is not what is exported: npm run api, and a line in CHANGELOG.md`];
  });
}

function changelogProblems(): readonly string[] {
  const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" });
  if (git("rev-parse", "--is-shallow-repository").trim() === "true") {
    process.stdout.write("skip  a line in CHANGELOG.md for each change: the history is shallow\n");
    return [];
  }
  return withoutChangelog(git("log", "--format=commit %h %s", "--name-only", "--", FOLDER, "CHANGELOG.md"), FOLDER).map(
    (commit) => `${commit}: it changed ${FOLDER}/ and not CHANGELOG.md`,
  );
}

function write(files: ReadonlyMap<string, string>): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  for (const [name, text] of files) writeFileSync(join(FOLDER, name), text);
}

process.exitCode = main(process.argv.slice(2));
