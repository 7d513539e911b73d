import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { FileDigests } from "../../review/digest";
import { CliError } from "../program";
import { type DeployedStack, inOrder, type StackFile } from "./plan";

/** Beside the synthesized folder, as deep, so that paths of local states are the same from both */
export const WORK_FOLDER = ".ambit-deploy";
/** What Terraform keeps between two runs: a state too, where a stack says nothing of its own */
const KEPT = /^(\.terraform|\.terraform\.lock\.hcl|terraform\.tfstate.*)$/;

/**
 * The files of the folder that was verified, where Terraform may write beside them: so the folder stays what was reviewed,
 * and an unfinished deploy can be run again from it.
 */
export class WorkingCopy {
  public readonly path: string;

  /** @throws CliError where a file is not any more what it was when it was verified */
  constructor(
    folder: string,
    private readonly verified: FileDigests,
  ) {
    this.path = join(dirname(resolve(folder)), WORK_FOLDER);
    this.clear(this.path);
    for (const [file, digest] of verified) {
      const bytes = readFileSync(join(folder, file));
      if (createHash("sha256").update(bytes).digest("hex") !== digest) {
        throw new CliError(`${join(folder, file)} was changed while it was verified: run this again`);
      }
      const to = join(this.path, file);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, bytes, { mode: 0o600 });
    }
  }

  /** In the order in which they are applied */
  public stacks(): readonly DeployedStack[] {
    return inOrder(this.json("manifest.json")).map(({ name, path }) => {
      if (!this.verified.has(path)) throw new CliError(`there is no ${path} of stack ${name}: run synth again`);
      return { name, workingDirectory: dirname(path), file: this.json(path) as StackFile };
    });
  }

  public has(file: string): boolean {
    return this.verified.has(file);
  }

  private json(file: string): unknown {
    if (!this.verified.has(file)) throw new CliError(`there is no ${file}: run synth first, or name what it wrote`);
    try {
      return JSON.parse(readFileSync(join(this.path, file), "utf8"));
    } catch (error) {
      throw new CliError(`${file} must be JSON: ${(error as Error).message}: run synth again`);
    }
  }

  /** Everything but what Terraform keeps: a file that is gone from the folder is gone from what is applied. */
  private clear(path: string): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (KEPT.test(entry.name)) continue;
      const below = join(path, entry.name);
      if (entry.isDirectory()) this.clear(below);
      else rmSync(below, { force: true });
    }
  }
}
