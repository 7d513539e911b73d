import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../cli/dev/free-port";
import { opaConfig } from "../../../constructs/decision/private/opa-config";
import { opaFlags } from "../../../constructs/decision/private/opa-flags";
import type { DecisionInput, Verdict } from "../../../domain";
import { soundVerdict } from "../../../runtime/decision/engine";
import { serve, type Server } from "../harness/server";

/** Seconds from one question for a newer bundle to the next */
export const POLLING_SECONDS = 1;
export const SCOPE = "deploy";

const PAUSE_MILLISECONDS = 20;
const PATIENCE_SECONDS = 20;

export interface ServedOpaProps {
  /** Path of the program */
  readonly opa: string;
  /** Own folder, with a short path: the socket lies in it. What it persists is there for the next one. */
  readonly folder: string;
  /** Server of the bundle */
  readonly url: string;
  /** PEM of the key that must have signed it */
  readonly publicKey: string;
}

/** What OPA says of the bundle */
export interface BundleStatus {
  readonly active_revision?: string;
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly message?: string }[];
}

/** OPA under the configuration and the flags that ship, asked on its socket. */
export class ServedOpa {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly server: Server,
    private readonly socket: string,
    private readonly diagnosticPort: number,
  ) {}

  /** Start it, and wait until it answers; whether it has a bundle is another question. */
  public static async start({ opa, folder, url, publicKey }: ServedOpaProps): Promise<ServedOpa> {
    mkdirSync(folder, { recursive: true });
    const [config, socket, diagnosticPort] = [join(folder, "config.json"), join(folder, "s"), await freePort()];
    const polling = { min: POLLING_SECONDS, max: POLLING_SECONDS };
    const signed = { credentials: "none", keyId: "bundles", publicKey, scope: SCOPE, polling } as const;
    const bundle = { url, resource: "policy/bundle.tar.gz", ...signed };
    writeFileSync(config, JSON.stringify(opaConfig({ platform: "prod", bundle, persistence: join(folder, "opa") })));
    const flags = opaFlags({ config, listener: { socket }, diagnosticPort });
    const server = await serve({
      name: "opa",
      command: opa,
      // No pod is around it to keep strangers off.
      args: flags.map((flag) => flag.replace("0.0.0.0:", "127.0.0.1:")),
      ready: async () => (await fetch(`http://127.0.0.1:${diagnosticPort}/health`)).ok,
    });
    return new ServedOpa(server, socket, diagnosticPort);
  }

  /**
   * Ask for a decision.
   *
   * @throws Error where there is no sound verdict
   */
  public async decide(input: DecisionInput): Promise<Verdict> {
    const { result } = (await this.asked("POST", "/v1/data/ambit/decision/result", { input })) as { result?: unknown };
    return soundVerdict(result, "opa");
  }

  public async bundleStatus(): Promise<BundleStatus> {
    const { result } = (await this.asked("GET", "/v1/status")) as {
      readonly result?: { readonly bundles?: { readonly ambit?: BundleStatus } };
    };
    return result?.bundles?.ambit ?? {};
  }

  /** What a readiness probe sees */
  public async ready(): Promise<boolean> {
    return (await fetch(`http://127.0.0.1:${this.diagnosticPort}/health?bundles`)).ok;
  }

  /** Milliseconds until the bundle of this revision decides */
  public async activated(revision: number): Promise<number> {
    return until(`revision ${revision} is active`, async () => {
      const { active_revision } = await this.bundleStatus();
      return active_revision === String(revision) && (await this.ready());
    });
  }

  /** What it has logged */
  public said(): string {
    return this.server.said();
  }

  public async stop(): Promise<void> {
    this.agent.destroy();
    await this.server.stop();
  }

  private asked(method: string, path: string, body?: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const question = request({ socketPath: this.socket, agent: this.agent, method, path }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (more: string) => (text += more));
        answer.on("end", () => {
          if (answer.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`opa answered ${answer.statusCode}: ${text}`));
        });
      });
      question.on("error", reject);
      question.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** Milliseconds until it holds */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<number> {
  const start = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - start;
    if (performance.now() - start > PATIENCE_SECONDS * 1000) {
      throw new Error(`not within ${PATIENCE_SECONDS} s: ${what}`);
    }
    await sleep(PAUSE_MILLISECONDS);
  }
}
