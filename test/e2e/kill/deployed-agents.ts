import { App } from "cdktf";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type AgentClass, type Fleet, Platform } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import { AgentsStack } from "../../../stacks";
import { answers } from "../harness/process";
import { Skipped } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { awsProvider, ownSettings } from "../terraform/providers";
import { motoEnvironment, rehearsed, synthesizedStack } from "../terraform/rehearsal";
import { engineOf, Workspace } from "../terraform/terraform";

const TERRAFORM = "terraform";
const STACK = "agents";

/** What a fleet's agents have at AWS, made by Terraform, which may apply the same stack again */
export async function deployedAgents(folder: string, fleet: Fleet<AgentClass>, { url }: Moto): Promise<Workspace> {
  if ((await answers(TERRAFORM, ["version"])) === undefined) throw new Skipped("no terraform on the PATH");
  mkdirSync(folder);
  const app = new App({ outdir: join(folder, "out") });
  new AgentsStack(app, STACK, { platform: new Platform(facts), fleet });
  app.synth();
  const stack = synthesizedStack(app.outdir, STACK);
  const source = await awsProvider(String(stack.terraform.required_providers.aws?.version), TERRAFORM, folder);
  const settings = ownSettings(folder, source.mirror);
  const engine = await engineOf(TERRAFORM, TERRAFORM, settings);
  const workspace = new Workspace(engine, join(folder, STACK), { ...settings, ...motoEnvironment(url) });
  workspace.use(rehearsed(stack, source, "apply"));
  await workspace.init();
  await workspace.apply();
  return workspace;
}
