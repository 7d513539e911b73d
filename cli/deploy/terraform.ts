import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CliError } from "../program";
import { type Ended, runChild } from "./child";

/** How many resources a plan adds, changes and destroys */
export interface Changes {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

export interface Planned {
  readonly changes: Changes;
  /** No resource and no output changes */
  readonly isEmpty: boolean;
  apply(): Promise<void>;
}

export interface PlanOptions {
  readonly destroy?: boolean;
  /** Addresses, to leave everything else alone */
  readonly targets?: readonly string[];
  /** Whether the folder still is what was verified: asked right before each plan and each apply, and throws where it is not */
  readonly check: () => void;
}

/** A path is meant from where the command was called: Terraform is started in the folder of a stack. */
export function programOf(binary: string): string {
  return /[/\\]/.test(binary) ? resolve(binary) : binary;
}

/** Terraform or OpenTofu. What is applied is exactly the plan that was shown. */
export class Terraform {
  constructor(
    private readonly binary: string,
    private readonly said: (text: string) => void,
  ) {}

  /** @throws CliError if there is no such program */
  public async version(): Promise<string> {
    const { stdout } = await this.must(process.cwd(), ["version", "-json"], "say its version", true);
    try {
      return (JSON.parse(stdout) as { readonly terraform_version: string }).terraform_version;
    } catch {
      throw new CliError(`${this.binary} must be Terraform or OpenTofu, and does not say its version as they do`);
    }
  }

  /** Plan a folder, act on the plan, and leave no plan behind: it holds what is secret. */
  public async planned<T>(folder: string, options: PlanOptions, act: (plan: Planned) => Promise<T>): Promise<T> {
    options.check();
    await this.must(folder, ["init", "-input=false", "-no-color"], "init");
    const place = mkdtempSync(join(tmpdir(), "ambit-plan-"));
    try {
      const file = join(place, "plan");
      const flags = [
        ...(options.destroy === true ? ["-destroy"] : []),
        ...(options.targets ?? []).map((address) => `-target=${address}`),
      ];
      const args = ["plan", "-input=false", "-no-color", "-detailed-exitcode", `-out=${file}`, ...flags];
      options.check();
      const { code, tail } = await this.run(folder, args);
      if (code !== 0 && code !== 2) throw this.failed("plan", { code, tail });
      return await act({
        changes: code === 0 ? { add: 0, change: 0, destroy: 0 } : await this.changesIn(folder, file),
        isEmpty: code === 0,
        apply: async () => {
          options.check();
          await this.must(folder, ["apply", "-input=false", "-no-color", file], "apply");
        },
      });
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }

  /** An output of the applied stack; undefined if there is none */
  public async output(folder: string, name: string): Promise<string | undefined> {
    const { code, stdout } = await this.run(folder, ["output", "-no-color", "-raw", name], true);
    return code === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
  }

  private async changesIn(folder: string, file: string): Promise<Changes> {
    const { stdout } = await this.must(folder, ["show", "-no-color", "-json", file], "show", true);
    const { resource_changes = [] } = JSON.parse(stdout) as {
      readonly resource_changes?: readonly { readonly change: { readonly actions: readonly string[] } }[];
    };
    const count = (action: string): number =>
      resource_changes.filter(({ change }) => change.actions.includes(action)).length;
    return { add: count("create"), change: count("update"), destroy: count("delete") };
  }

  private async must(folder: string, args: readonly string[], what: string, silent = false): Promise<Ended> {
    const ended = await this.run(folder, args, silent);
    if (ended.code !== 0) throw this.failed(what, ended, silent);
    return ended;
  }

  /** What it said is shown already, unless it was silent. */
  private failed(what: string, { code, tail }: Pick<Ended, "code" | "tail">, silent = false): CliError {
    const why = silent ? tail : "see above; once that is mended, run this again: it goes on here";
    return new CliError(`${this.binary} ${what} ended with ${code}: ${why}`);
  }

  private async run(folder: string, args: readonly string[], silent = false): Promise<Ended> {
    try {
      return await runChild(this.binary, args, { cwd: folder, ...(silent ? {} : { said: this.said }) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      const fix = "install it, or name another with --binary or TERRAFORM_BINARY_NAME";
      throw new CliError(`there is no program ${this.binary}: ${fix}`);
    }
  }
}
