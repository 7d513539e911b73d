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

  public async init(): Promise<void> {
    await this.must(["init"]);
  }

  public async apply(): Promise<void> {
    await this.must(["apply", "-auto-approve"]);
  }

  /** Apply exactly what {@link plan} has shown. */
  public async applyPlanned(): Promise<void> {
    await this.must(["apply", "plan.bin"]);
  }

  /** What applying would change, with the attributes afterwards. */
  public async planShown(): Promise<readonly PlannedChange[]> {
    if ((await this.plan()).length === 0) return [];
    const shown = await succeed(this.engine.binary, ["show", "-json", "plan.bin"], this.place);
    return changesIn(JSON.parse(shown.stdout));
  }

  /** What applying would change, in words and sorted: `create aws_iam_role.x`. */
  public async plan(): Promise<readonly string[]> {
    const { code, stdout, tail } = await this.run(["plan", "-json", "-detailed-exitcode", "-out=plan.bin"]);
    const lines = linesOf(stdout);
    if (code !== 0 && code !== 2) throw new Error(`plan ended with ${code}:\n${diagnosticsIn(lines) || tail}`);
    const changes = plannedIn(lines);
    if ((code === 2) !== changes.length > 0)
      throw new Error(`plan ended with ${code}, but shows ${changes.join(", ")}`);
    return changes;
  }

  /** @throws with the changes, where the plan is not empty */
  public async planIsEmpty(): Promise<void> {
    const changes = await this.plan();
    if (changes.length > 0) throw new Error(`expected an empty plan, got: ${changes.join(", ")}`);
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

/** A line of what `plan -json` prints */
interface PlanLine {
  readonly type: string;
  readonly change?: { readonly action: string; readonly resource: { readonly addr: string } };
  readonly diagnostic?: { readonly summary: string; readonly detail: string; readonly address?: string };
}

function linesOf(stdout: string): readonly PlanLine[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as PlanLine);
}

function plannedIn(lines: readonly PlanLine[]): readonly string[] {
  const changes = lines.flatMap(({ type, change }) => (type === "planned_change" && change ? [change] : []));
  return changes.map(({ action, resource }) => `${action} ${resource.addr}`).sort();
}

function diagnosticsIn(lines: readonly PlanLine[]): string {
  const said = lines.flatMap(({ diagnostic }) => (diagnostic ? [diagnostic] : []));
  return said.map(({ address = "", summary, detail }) => `${address} ${summary}: ${detail}`.trim()).join("\n");
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
  if (found.length !== 1)
    throw new Error(`expected one ${prefix}*, got ${changes.map(({ address }) => address).join(", ")}`);
  return found[0] as PlannedChange;
}

/** Changes in words, sorted, as {@link Workspace.plan} says them */
export function inWords(changes: readonly PlannedChange[]): readonly string[] {
  return changes.map(({ address, actions }) => `${actions} ${address}`).sort();
}
