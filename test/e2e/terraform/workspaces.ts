import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { STACKS } from "./app";
import type { Moto } from "./moto";
import { type AwsProviderSource, ownSettings } from "./providers";
import { motoEnvironment, type Purpose, rehearsed, type Synthesized, synthesizedStack } from "./rehearsal";
import { type Engine, Workspace } from "./terraform";
import type { World } from "./world";

export type StackName = (typeof STACKS)[number];

/** The folders in which one engine works, one per stack that has AWS resources. */
export class Workspaces {
  private readonly workspaces: ReadonlyMap<StackName, Workspace>;

  constructor(
    private readonly engine: Engine,
    private readonly source: AwsProviderSource,
    { moto }: World,
    private readonly folder: string,
    outdir: string,
    public readonly env = { ...ownSettings(folder, source.mirror), ...motoEnvironment(moto.url) },
  ) {
    const withAws = STACKS.filter((stack) => synthesizedStack(outdir, stack).provider?.aws !== undefined);
    this.workspaces = new Map(withAws.map((stack) => [stack, new Workspace(engine, join(folder, stack), env)]));
    for (const stack of withAws) this.use(stack, outdir);
  }

  public get stacks(): readonly StackName[] {
    return [...this.workspaces.keys()];
  }

  public of(stack: StackName): Workspace {
    const workspace = this.workspaces.get(stack);
    if (workspace === undefined) throw new Error(`stack ${stack} has no AWS resources`);
    return workspace;
  }

  /** A folder more, for a stack that main.ts does not have, in an account of its own */
  public beside(
    stack: string,
    outdir: string,
    { url }: Pick<Moto, "url">,
  ): { readonly workspace: Workspace; readonly copy: Synthesized } {
    const workspace = new Workspace(this.engine, join(this.folder, stack), { ...this.env, ...motoEnvironment(url) });
    const copy = rehearsed(synthesizedStack(outdir, stack), this.source, "apply");
    this.bringAssets(stack, outdir);
    workspace.use(copy);
    return { workspace, copy };
  }

  /** The copy of a stack, with its state where this engine keeps it */
  public withState(stack: StackName, outdir: string): unknown {
    const copy = rehearsed(synthesizedStack(outdir, stack), this.source, "apply");
    const path = join(this.folder, stack, "terraform.tfstate");
    return { ...copy, terraform: { ...copy.terraform, backend: { local: { path } } } };
  }

  /** Let a stack be the one that was synthesized into `outdir`. */
  public use(stack: StackName, outdir: string, purpose: Purpose = "apply"): Synthesized {
    const copy = rehearsed(synthesizedStack(outdir, stack), this.source, purpose);
    this.bringAssets(stack, outdir);
    this.of(stack).use(copy);
    return copy;
  }

  private bringAssets(stack: string, outdir: string): void {
    const assets = join(outdir, "stacks", stack, "assets");
    if (existsSync(assets)) cpSync(assets, join(this.folder, stack, "assets"), { recursive: true });
  }
}
