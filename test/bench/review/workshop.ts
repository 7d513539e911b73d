import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Measures } from "../stopwatch";
import { widenAgents, widenBoundary } from "./change";
import type { QuestionTimes } from "./timed-questions";

const ROOT = resolve(__dirname, "../../..");
/** What is read at run time, as the build copies it */
const READ = ["policies/opa", "policies/cedar", "review/report/page", "runtime/workload-api/workload.proto"];
const MEGABYTES = 64 * 2 ** 20;

/** Two states of a fleet, as folders that synth wrote */
export interface Pair {
  readonly base: string;
  readonly head: string;
  /** Agents that have more in head */
  readonly gaining: readonly string[];
}

export interface Reviewed extends Measures {
  /** Agents that gain something */
  readonly gaining: readonly string[];
  readonly unknown: number;
}

export interface Questions {
  readonly decide: QuestionTimes;
  readonly policies: QuestionTimes;
  readonly patterns: QuestionTimes;
}

/** A temporary folder with `ambit` and the processes of the bench, compiled, and with the fleets that are reviewed. */
export class Workshop {
  private readonly folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));

  /** @throws with the compiler's output where the sources do not compile */
  constructor() {
    const compiler = require.resolve("typescript/bin/tsc");
    // The types are checked elsewhere.
    const options = ["-p", join(__dirname, "tsconfig.json"), "--outDir", this.folder, "--noCheck"];
    try {
      execFileSync(process.execPath, [compiler, ...options], { encoding: "utf8" });
    } catch (error) {
      this.close();
      throw new Error(`the sources do not compile:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    cpSync(join(ROOT, "package.json"), join(this.folder, "package.json"));
    for (const path of READ) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true, filter: (from) => !from.endsWith(".ts") });
    }
  }

  /** A fleet of which one agent in ten has AWS data, and the same after a pull request that changes some */
  public fleet(agents: number): Pair {
    const [base, head] = [this.synthesized(`base-${agents}`, agents), join(this.folder, `head-${agents}`)];
    return { base, head, gaining: widenAgents(base, head) };
  }

  /** A fleet of which one agent in ten has AWS data, alone */
  public lone(agents: number): string {
    return this.synthesized(`lone-${agents}`, agents);
  }

  public parseOf(...folders: readonly string[]): Measures {
    return JSON.parse(this.run("review", "parse", ...folders)) as Measures;
  }

  /** @throws where no safeguard holds: its time would say nothing */
  public coverage(folder: string): Measures {
    const covered = JSON.parse(this.run("coverage", "coverage", folder)) as Measures & { readonly whole: number };
    if (covered.whole === 0) throw new Error(`the coverage of ${folder} has no safeguard that holds`);
    return covered;
  }

  /** A synth of the agents stack alone, with guardrails or without */
  public agentsStack(agents: number, guarded: "with" | "without"): { readonly folder: string; measures: Measures } {
    const folder = join(this.folder, `agents-${agents}-${guarded}`);
    return { folder, measures: JSON.parse(this.run("guardrails", "synth", `${agents}`, folder, guarded)) as Measures };
  }

  /** @throws where the guardrails refuse something: the folder would not be what synth writes */
  public judge(folder: string): Measures {
    const judged = JSON.parse(this.run("guardrails", "judge", folder)) as Measures & { readonly refused: string[] };
    if (judged.refused.length > 0) throw new Error(`guardrails refuse ${judged.refused.join(", ")} in ${folder}`);
    return judged;
  }

  /** A fleet of which every agent has AWS data, and the same with a wider boundary */
  public boundary(agents: number): Pair {
    const base = this.synthesized(`boundary-base-${agents}`, agents, "all");
    const head = join(this.folder, `boundary-head-${agents}`);
    return { base, head, gaining: widenBoundary(base, head) };
  }

  public parse({ base, head }: Pair): Measures {
    return this.parseOf(base, head);
  }

  /** @throws where others gain than were given more, or something is unknown: its time would say nothing */
  public review({ base, head, gaining }: Pair): Reviewed {
    const reviewed = JSON.parse(this.run("review", "review", base, head)) as Reviewed;
    if ([...reviewed.gaining].sort().join() !== [...gaining].sort().join() || reviewed.unknown > 0) {
      throw new Error(
        `the review of ${head} names ${reviewed.gaining.length} agents and ${reviewed.unknown} unknown things, ` +
          `expected ${gaining.length} agents and nothing unknown`,
      );
    }
    return reviewed;
  }

  /** `ambit review` as a whole, from the start of the process to its end */
  public command({ base, head }: Pair): Measures {
    const spent = join(this.folder, "spent.json");
    const preloaded = ["-r", this.path("test/bench/review/processes/spent")];
    const result = spawnSync(process.execPath, [...preloaded, this.path("cli/ambit"), "review", base, head, "--json"], {
      cwd: this.folder,
      encoding: "utf8",
      maxBuffer: MEGABYTES,
      env: { ...process.env, AMBIT_BENCH_SPENT: spent },
    });
    if (result.status !== 2) throw new Error(`ambit review must find gains (exit code 2), got ${result.status}`);
    return JSON.parse(readFileSync(spent, "utf8")) as Measures;
  }

  public questions({ base }: Pair): Questions {
    return JSON.parse(this.run("review", "questions", base)) as Questions;
  }

  /** Milliseconds on the clock until `ambit --help`, or a program that does nothing, has ended */
  public start(what: "ambit" | "node"): number {
    const begun = performance.now();
    execFileSync(process.execPath, what === "node" ? ["-e", "0"] : [this.path("cli/ambit"), "--help"]);
    return performance.now() - begun;
  }

  public close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private synthesized(name: string, agents: number, ...options: readonly string[]): string {
    const folder = join(this.folder, name);
    this.run("review", "synthesize", `${agents}`, folder, ...options);
    return folder;
  }

  private run(bench: string, script: string, ...args: readonly string[]): string {
    const all = [...profiler(), this.path(`test/bench/${bench}/processes/${script}`), ...args];
    return execFileSync(process.execPath, all, { cwd: this.folder, encoding: "utf8", maxBuffer: MEGABYTES });
  }

  private path(script: string): string {
    return join(this.folder, `${script}.js`);
  }
}

/** For profilers, such as `--cpu-prof --cpu-prof-dir=FOLDER` */
function profiler(): readonly string[] {
  return process.env.AMBIT_BENCH_NODE_OPTIONS?.split(" ") ?? [];
}
