import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent } from "../../../../constructs";
import { AgentWorkload } from "../../../../constructs/agent/agent-workload";
import { fleet } from "../../../../fleet";
import { images } from "../../../../fleet/images";
import { platform } from "../../../../fleet/platform";
import { AgentsStack } from "../../../../stacks";
import { synthesized, testApp } from "../../../support/app";
import type { Synthesized } from "../../../support/example-app";
import type { KubeObject } from "../../spire/kube-client";
import { renderedObjects } from "../../spire/objects";

/** AgentWorkload takes one that is pinned; what runs here is another one. */
const IMAGE = images["support-triage"];

let rendered: readonly KubeObject[] | undefined;

/** The pods of an agent of the example whose declaration names no image, as AgentWorkload renders them */
export function hostedPods(agent: string): KubeObject {
  rendered ??= withWorkloads();
  const found = rendered.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === agent);
  if (found === undefined) throw new Error(`the example has no agent "${agent}"`);
  return found;
}

function withWorkloads(): readonly KubeObject[] {
  const app = testApp();
  const stack = new AgentsStack(app, "agents", { platform, fleet });
  for (const child of stack.node.children) {
    if (child instanceof Agent && child.node.tryFindChild("Workload") === undefined)
      new AgentWorkload(child, "Workload", { image: IMAGE });
  }
  const agents = synthesized(app, (outdir) => readFileSync(join(outdir, "stacks", "agents", "cdk.tf.json"), "utf8"));
  return renderedObjects({ stacks: { agents } } as Synthesized, ["agents"]).map(({ object }) => object);
}
