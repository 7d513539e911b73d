import { request } from "node:https";
import { CliError } from "../program";
import { runChild } from "./child";
import type { DeployedStack } from "./plan";

interface Exec {
  readonly command: string;
  readonly args?: readonly string[];
}

interface Address {
  readonly host: string;
  readonly ca: string;
  readonly exec: Exec;
}

/** Milliseconds for each answer */
const PATIENCE = 15_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** The API server of a stack's cluster, with the settings of the stack's provider: never those of a kubeconfig. */
export class Cluster {
  private token: string | undefined;

  private constructor(private readonly address: Address) {}

  /** @throws CliError if the provider is not one that says by itself how to ask */
  public static of({ name, file }: DeployedStack): Cluster {
    const provider = file.provider?.["kubernetes"]?.[0] ?? {};
    const { host, cluster_ca_certificate: ca, exec } = provider;
    const [first] = (Array.isArray(exec) ? exec : [exec]) as readonly (Exec | undefined)[];
    if (typeof host === "string" && typeof ca === "string" && typeof first?.command === "string") {
      return new Cluster({ host, ca, exec: first });
    }
    const fix = "wait for its pods yourself, and deploy the next stacks with --stacks";
    throw new CliError(`stack ${name} does not say how to ask its cluster (host, certificate, exec): ${fix}`);
  }

  /** @throws CliError if it does not answer with what was asked for */
  public async get(path: string): Promise<unknown> {
    this.token ??= await this.fetchToken();
    let answer = await this.ask(path, this.token);
    if (answer.status === 401) {
      this.token = await this.fetchToken();
      answer = await this.ask(path, this.token);
    }
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) {
      throw new CliError(`${this.address.host} answered ${answer.status} for ${path}: ${answer.text.slice(0, 200)}`);
    }
    return JSON.parse(answer.text);
  }

  private async fetchToken(): Promise<string> {
    const { command, args = [] } = this.address.exec;
    const { code, stdout, tail } = await runChild(command, args, { cwd: process.cwd() });
    const said = [command, ...args].join(" ");
    if (code !== 0) throw new CliError(`${said} ended with ${code}, so the cluster cannot be asked: ${tail}`);
    const { status } = JSON.parse(stdout) as { readonly status?: { readonly token?: string } };
    if (status?.token === undefined) throw new CliError(`${said} must print an ExecCredential with a token`);
    return status.token;
  }

  private ask(path: string, token: string): Promise<{ readonly status: number; readonly text: string }> {
    const { host, ca } = this.address;
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void =>
        reject(new CliError(`${host} does not answer: ${error.message}`, { cause: error }));
      const headers = { accept: "application/json", authorization: `Bearer ${token}` };
      const asked = request(new URL(path, host), { ca, headers, timeout: PATIENCE }, (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on("data", (part: Buffer) => {
          bytes += part.length;
          if (bytes > MOST_BYTES) asked.destroy(new Error(`its answer is longer than ${MOST_BYTES} bytes`));
          else parts.push(part);
        });
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
        );
        answer.on("error", failed);
      });
      asked.on("timeout", () => asked.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
      asked.on("error", failed);
      asked.end();
    });
  }
}
