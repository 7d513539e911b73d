import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { succeed } from "../../e2e/harness/process";
import { serve, type Server } from "../../e2e/harness/server";
import type { Processors } from "./processors";

const ROOT = resolve(__dirname, "../../..");
/** What is read at run time, as the build copies it */
const READ = ["policies/cedar", "runtime/workload-api/workload.proto"];
const LISTENS = /^\{.*"port":(\d+)/m;

/** A server of ours that runs */
export interface Served {
  readonly server: Server;
  readonly port: number;
}

/** A folder with the compiled exchange and the processes that it is compared with, each run on its own. */
export class Workshop {
  private constructor(
    private readonly folder: string,
    private readonly on: Processors,
  ) {}

  /** @throws with the compiler's output where the sources do not compile */
  public static async in(folder: string, on: Processors): Promise<Workshop> {
    const compiler = require.resolve("typescript/bin/tsc");
    // The types are checked elsewhere.
    const options = ["-p", join(__dirname, "tsconfig.json"), "--outDir", folder, "--noCheck"];
    await succeed(process.execPath, [compiler, ...options]);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    for (const path of READ) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: (from) => !from.endsWith(".ts") });
    }
    return new Workshop(folder, on);
  }

  /** The exchange as it ships, but for its image */
  public exchange(config: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
    return this.serve("exchange", "runtime/exchange/main", [], { AMBIT_CONFIG: config, ...env });
  }

  /** What {@link import("./processes/echo")} serves */
  public echo(...args: readonly string[]): Promise<Served> {
    return this.serve("echo", "test/bench/exchange/processes/echo", args, {});
  }

  /** What {@link import("./processes/parts")} prints */
  public async parts(...args: readonly string[]): Promise<unknown> {
    const [command, all] = this.on.server(process.execPath, [
      this.path("test/bench/exchange/processes/parts"),
      ...args,
    ]);
    const { stdout } = await succeed(command, all);
    return JSON.parse(stdout);
  }

  private async serve(
    name: string,
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Served> {
    const [command, all] = this.on.server(process.execPath, [...profiler(), this.path(script), ...args]);
    const server = await serve({
      name,
      command,
      args: all,
      env,
      cwd: this.folder,
      ready: (said) => LISTENS.test(said),
      hopeless: /"event":"exchange\.crashed"/,
    });
    return { server, port: Number(LISTENS.exec(server.said())?.[1]) };
  }

  private path(script: string): string {
    return join(this.folder, `${script}.js`);
  }
}

/** For profilers, such as `--cpu-prof --cpu-prof-dir=FOLDER` */
function profiler(): readonly string[] {
  return process.env.AMBIT_BENCH_NODE_OPTIONS?.split(" ") ?? [];
}
