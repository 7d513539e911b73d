import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { localEnvoyArguments } from "../../../constructs/gateway/local-envoy";
import { EnvoyAdmin } from "../../../runtime/authorizer/pod/envoy-admin";
import type { Log } from "../../../runtime/log";

export interface EnvoyProcessProps {
  readonly program: string;
  /** Paths of its configuration and of the socket of its administration */
  readonly config: string;
  readonly admin: string;
  readonly log: Log;
}

const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 5_000;
const PAUSE_MILLISECONDS = 50;
const KEPT_LINES = 5;

/** Envoy as a child of this process, until it is stopped */
export class EnvoyProcess {
  private readonly said: string[] = [];
  private readonly ended: Promise<string>;
  private stopping = false;
  private end: string | undefined;

  private constructor(
    private readonly child: ChildProcess,
    log: Log,
  ) {
    // Where this process ends in any other way, its child does not go on alone.
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
    });
    void this.ended.then((how) => {
      this.end = how;
      process.off("exit", kill);
      if (!this.stopping) log("envoy.ended", { because: how, said: [...this.said] });
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        this.said.push(line);
        this.said.splice(0, this.said.length - KEPT_LINES);
        log("envoy.said", { line });
      });
    }
  }

  /** @throws Error with what Envoy says, if it does not serve */
  public static async start({ program, config, admin, log }: EnvoyProcessProps): Promise<EnvoyProcess> {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const envoy = new EnvoyProcess(spawn(program, localEnvoyArguments(config), { stdio: [...stdio] }), log);
    const administration = new EnvoyAdmin(admin);
    const deadline = performance.now() + START_MILLISECONDS;
    while (!(await administration.ready().then(yes, no))) {
      if (envoy.end === undefined && performance.now() < deadline) {
        await Promise.race([envoy.ended, sleep(PAUSE_MILLISECONDS)]);
        continue;
      }
      const how = envoy.end ?? `did not serve within ${START_MILLISECONDS / 1_000} s`;
      await envoy.stop();
      throw new Error(`${program} ${how}: ${envoy.said.join("\n")}`);
    }
    return envoy;
  }

  public async stop(): Promise<void> {
    this.stopping = true;
    if (this.end !== undefined) return;
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), STOP_MILLISECONDS);
    await this.ended;
    clearTimeout(late);
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
