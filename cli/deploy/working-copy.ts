import { createHash } from "node:crypto";
import {
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileDigests } from "../../review/read/digest";
import { CliError } from "../program";
import { type DeployedStack, inOrder, type StackFile } from "./plan";
import { openWorkFolder, OWN_FILES } from "./work-folder";

/** Beside the synthesized folder, as deep, so that paths of local states are the same from both; its name follows */
export const WORK_FOLDER = ".ambit-deploy-";
/** State files of stacks without a backend, and of an apply that could not save its state */
const STATE = /^(terraform\.tfstate(\..*)?|errored\.tfstate)$/;
const LOCKED_VERSIONS = ".terraform.lock.hcl";
/** What Terraform writes while it works */
const WRITTEN = /^(\.terraform|\.terraform\.tfstate\.lock\.info|crash(\..*)?\.log)$/;

/**
 * The files of the folder that was verified, where Terraform may write beside them: so the folder stays what was reviewed,
 * and an unfinished deploy can be run again from it.
 */
export class WorkingCopy {
  public readonly path: string;
  /** Let another deploy work there. */
  public readonly close: () => void;

  /** @throws CliError if a file is not any more what it was when it was verified, or another deploy is under way */
  constructor(
    folder: string,
    private readonly verified: FileDigests,
  ) {
    const whole = realpathSync(folder);
    this.path = join(dirname(whole), `${WORK_FOLDER}${basename(whole)}`);
    this.close = openWorkFolder(this.path);
    try {
      this.clear();
      this.fill(folder);
    } catch (error) {
      this.close();
      throw error;
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

  /**
   * Checks that a stack's folder holds exactly what was verified, and Terraform's own files
   *
   * @throws CliError with the file that differs
   */
  public check(workingDirectory: string): void {
    const found = new Set(this.filesBelow(workingDirectory));
    for (const [file, digest] of this.verified) {
      if (!file.startsWith(`${workingDirectory}/`)) continue;
      if (!found.delete(file) || sha256(readFileSync(join(this.path, file))) !== digest) throw this.changed(file);
    }
    const [added] = found;
    if (added !== undefined) throw this.changed(added);
  }

  private changed(file: string): CliError {
    return new CliError(
      `${join(this.path, file)} is not what was verified any more: find who changes it, run this again`,
    );
  }

  private filesBelow(folder: string, isTop = true): readonly string[] {
    return this.entries(folder).flatMap((entry) => {
      if (isTop && (isKept(entry) || WRITTEN.test(entry.name))) return [];
      const path = `${folder}/${entry.name}`;
      if (!entry.isDirectory() && !entry.isFile()) throw this.changed(path);
      return entry.isDirectory() ? this.filesBelow(path, false) : [path];
    });
  }

  private entries(folder: string): readonly Dirent[] {
    return readdirSync(join(this.path, folder), { withFileTypes: true });
  }

  private json(file: string): unknown {
    if (!this.verified.has(file)) throw new CliError(`there is no ${file}: run synth first, or name what it wrote`);
    try {
      return JSON.parse(readFileSync(join(this.path, file), "utf8"));
    } catch (error) {
      throw new CliError(`${file} must be JSON: ${(error as Error).message}: run synth again`);
    }
  }

  private fill(folder: string): void {
    for (const [file, digest] of this.verified) {
      const bytes = readFileSync(join(folder, file));
      if (sha256(bytes) !== digest) {
        throw new CliError(`${join(folder, file)} was changed while it was verified: run this again`);
      }
      const to = join(this.path, file);
      const isFolder = lstatSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
      if (isFolder)
        throw new CliError(`${to} holds a state, and a file of the folder has its name: move the state away`);
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      rmSync(to, { force: true });
      writeFileSync(to, bytes, { mode: 0o600, flag: "wx" });
    }
  }

  /**
   * Remove all but states and the versions of providers: a file deleted from the folder is not applied any more, and
   * a planted workspace or provider is not used.
   */
  private clear(folder = ""): void {
    for (const entry of this.entries(folder)) {
      if (folder === "" ? OWN_FILES.includes(entry.name) : isKept(entry)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== ".terraform" && this.holdsKept(path)) this.clear(path);
      else rmSync(join(this.path, path), { recursive: true, force: true });
    }
  }

  private holdsKept(folder: string): boolean {
    return this.entries(folder).some(
      (entry) =>
        isKept(entry) ||
        (entry.isDirectory() && entry.name !== ".terraform" && this.holdsKept(join(folder, entry.name))),
    );
  }
}

/** Never a link, which leads elsewhere */
function isKept(entry: Dirent): boolean {
  if (entry.isDirectory()) return entry.name === "terraform.tfstate.d";
  return entry.isFile() && (STATE.test(entry.name) || entry.name === LOCKED_VERSIONS);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
