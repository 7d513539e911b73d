import { join, relative } from "node:path";
import { readConfig } from "jest-config";
import TestRunner from "jest-runner";
import Runtime from "jest-runtime";
import { TestWatcher } from "jest-watcher";
import { activate } from "./active";
import { CACHE, ROOT } from "./mutant";
import { hasTimedOut } from "./timed-out";
import packageJson from "../../../package.json";

/** Tests of one file to be run, with a mutant or without any */
export interface Job {
  readonly mutant?: string | undefined;
  /** Relative to the root of the repository */
  readonly file: string;
  /** Full names; all of the file without any */
  readonly tests?: readonly string[] | undefined;
}

export interface FailedTest {
  readonly name: string;
  readonly timedOut: boolean;
}

export interface JobResult {
  readonly failed: readonly FailedTest[];
  readonly passed: number;
  readonly cpuSeconds: number;
  /** Why the run broke off, where it did: that is no test that fails */
  readonly broke?: string | undefined;
}

const HERE = relative(ROOT, __dirname);
const CONFIG = {
  ...packageJson.jest,
  rootDir: ROOT,
  cacheDirectory: join(CACHE, "mutants"),
  testEnvironment: `<rootDir>/${HERE}/environment.ts`,
  transform: { "^.+\\.[jt]s$": `<rootDir>/${HERE}/transform.ts` },
};

/** Jest, started once for any number of runs: every file is compiled once, with all mutants in it. */
export class WarmJest {
  private constructor(
    private readonly config: Awaited<ReturnType<typeof readConfig>>,
    private readonly context: Awaited<ReturnType<typeof Runtime.createContext>>,
  ) {}

  public static async start(): Promise<WarmJest> {
    const argv = { _: [], $0: "", config: JSON.stringify(CONFIG), ci: true, silent: true };
    const config = await readConfig(argv, ROOT);
    const context = await Runtime.createContext(config.projectConfig, { maxWorkers: 1, watchman: false });
    return new WarmJest(config, context);
  }

  public async run({ mutant, file, tests }: Job): Promise<JobResult> {
    const testNamePattern = tests === undefined ? undefined : `^(?:${tests.map(escaped).join("|")})$`;
    const runner = new TestRunner({ ...this.config.globalConfig, ...(testNamePattern && { testNamePattern }) }, {});
    let result: Omit<JobResult, "cpuSeconds"> = { failed: [], passed: 0, broke: "no result came" };
    runner.on("test-file-success", ([, { testResults, testExecError, numPassingTests }]) => {
      const failed = testResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName: name, failureMessages }) => ({
          name,
          timedOut: hasTimedOut(failureMessages),
        }));
      result = { failed, passed: numPassingTests, broke: testExecError?.message };
    });
    runner.on("test-file-failure", ([, error]) => {
      result = { failed: [], passed: 0, broke: error.stack ?? error.message };
    });
    const start = process.cpuUsage();
    activate(mutant);
    try {
      const test = { context: this.context, path: join(ROOT, file) };
      await runner.runTests([test], new TestWatcher({ isWatchMode: false }), { serial: true });
    } finally {
      activate(undefined);
    }
    const { user, system } = process.cpuUsage(start);
    return { ...result, cpuSeconds: (user + system) / 1e6 };
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
