import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Suite } from "./suite";

const ROOT = resolve(__dirname, "../../..");
/** Bytes of what a run prints: where many tests fail, it is much. */
const MAX_OUTPUT = 100_000_000;

/** What the tests that need Node alone read */
const COPIED = [
  "cli",
  "constructs",
  "docs",
  "domain",
  "fleet",
  "governance",
  "iam",
  "images",
  "policies",
  "review",
  "runtime",
  "stacks",
  "test/cases",
  "test/cli",
  "test/constructs",
  "test/docs",
  "test/domain",
  "test/fleet",
  "test/iam",
  "test/policies",
  "test/review",
  "test/runtime",
  "test/stacks",
  "test/support",
  "main.ts",
  "package.json",
  "package-lock.json",
  ".swcrc",
  "tsconfig.json",
];

/** A copy of the sources and their tests in a temporary folder, put away after the suite. */
export function workingCopy(suite: Suite): string {
  const folder = mkdtempSync(join(tmpdir(), `ambit-${suite.name}-`));
  suite.afterwards(() => rmSync(folder, { recursive: true }));
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  return folder;
}

export interface TestRun {
  readonly passed: boolean;
  readonly output: string;
}

/** Runs the copy's tests below `tests`, without colours. */
export function jestIn(folder: string, tests: readonly string[]): Promise<TestRun> {
  const jest = join(folder, "node_modules/jest/bin/jest.js");
  const args = [jest, "--ci", "--bail", "--rootDir", folder, ...tests];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) =>
      resolve({ passed: error === null, output: `${stdout}${stderr}` }),
    );
  });
}
