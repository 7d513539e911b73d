import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, run, succeed } from "../harness/process";

export interface Engine {
  readonly name: "terraform" | "opentofu";
  readonly binary: string;
  readonly version: string;
}

/** One resource that a plan would change */
export interface PlannedChange {
  readonly address: string;
  /** `create`, `update`, `delete`, or `delete create` */
  readonly actions: string;
  /** Attributes afterwards, where they are known before */
  readonly after: Readonly<Record<string, unknown>>;
}

/** Version of the program, from its own answer. */
export async function engineOf(name: Engine["name"], binary: string, env: Environment): Promise<Engine> {
  const { stdout } = await succeed(binary, ["version", "-json"], { env });
  return { name, binary, version: (JSON.parse(stdout) as { terraform_version: string }).terraform_version };
}

/** Variables to set, or to take away where undefined */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One stack in a folder of its own, with its state beside it. */
export class Workspace {
  constructor(
    private readonly engine: Engine,
    private readonly folder: string,
    private readonly env: Environment,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  /** Put another synthesized stack in place of the present one; the state stays. */
  public use(stack: unknown): void {
    writeFileSync(join(this.folder, "cdk.tf.json"), JSON.stringify(stack, null, 2));
  }

  public async initAndValidate(): Promise<void> {
    await this.must(["init"]);
    await succeed(this.engine.binary, ["validate", "-no-color"], this.place);
  }

  public async apply(): Promise<void> {
    await this.must(["apply", "-auto-approve"]);
  }

  /** Apply exactly what {@link plan} has shown. */
  public async applyPlanned(): Promise<void> {
    await this.must(["apply", "plan.bin"]);
  }

  public async destroy(): Promise<void> {
    await this.must(["destroy", "-auto-approve"]);
  }

  /** What applying would change. */
  public async plan(): Promise<readonly PlannedChange[]> {
    const { code, tail } = await this.run(["plan", "-detailed-exitcode", "-out=plan.bin"]);
    if (code === 0) return [];
    if (code !== 2) throw new Error(`plan ended with ${code}:\n${tail}`);
    const shown = await succeed(this.engine.binary, ["show", "-json", "plan.bin"], this.place);
    return changesIn(JSON.parse(shown.stdout));
  }

  /** @throws with the changes, where the plan is not empty */
  public async planIsEmpty(): Promise<void> {
    const changes = await this.plan();
    if (changes.length > 0) throw new Error(`expected an empty plan, got: ${inWords(changes).join(", ")}`);
  }

  public planDestroy(): Promise<Finished> {
    return this.run(["plan", "-destroy"]);
  }

  /** The state as it lies on disk, and the one before */
  public states(): readonly string[] {
    return ["terraform.tfstate", "terraform.tfstate.backup"]
      .map((file) => join(this.folder, file))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, "utf8"));
  }

  private run(args: readonly string[]): Promise<Finished> {
    const [command = "", ...rest] = args;
    return run(this.engine.binary, [command, "-input=false", "-no-color", ...rest], this.place);
  }

  private async must(args: readonly string[]): Promise<void> {
    const { code, tail } = await this.run(args);
    if (code !== 0) throw new Error(`${args[0]} ended with ${code}:\n${tail}`);
  }

  private get place() {
    return { cwd: this.folder, env: this.env, timeoutSeconds: 600 };
  }
}

interface ShownPlan {
  readonly resource_changes?: readonly ShownChange[];
}

interface ShownChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly after: PlannedChange["after"] | null };
}

function changesIn({ resource_changes = [] }: ShownPlan): readonly PlannedChange[] {
  return resource_changes
    .map(({ address, change }) => ({ address, actions: change.actions.join(" "), after: change.after ?? {} }))
    .filter(({ actions }) => actions !== "no-op" && actions !== "read");
}

/** The one change whose address starts so. */
export function only(changes: readonly PlannedChange[], prefix: string): PlannedChange {
  const found = changes.filter(({ address }) => address.startsWith(prefix));
  if (found.length !== 1) throw new Error(`expected one ${prefix}*, got ${inWords(changes).join(", ")}`);
  return found[0] as PlannedChange;
}

/** Changes in words, sorted: `create aws_iam_role.x`. */
export function inWords(changes: readonly PlannedChange[]): readonly string[] {
  return changes.map(({ address, actions }) => `${actions} ${address}`).sort();
}
