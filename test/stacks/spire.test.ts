import { Testing } from "cdktf";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type AgentClass, Dataset, Fleet } from "../../constructs";
import type { SpireProps } from "../../constructs/spire";
import { fleet as exampleFleet } from "../../fleet";
import { facts } from "../../fleet/platform";
import { spire as exampleSpire } from "../../fleet/spire";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, TrustStack } from "../../stacks";
import { define } from "../support/agents";
import { fails } from "../support/domain";
import { resourcesOf, type Resources } from "../support/example-app";
import { platformWith } from "../support/synth";

/** Every stack of an app with this fleet and this SPIRE */
function appWith(fleet: Fleet<AgentClass>, spire: SpireProps, platform = platformWith()): readonly Resources[] {
  const app = Testing.app();
  const props = { platform, fleet };
  new FoundationStack(app, "foundation", props);
  new SpireStack(app, "spire", { ...props, spire });
  new TrustStack(app, "trust", props);
  new ControlStack(app, "control", props);
  new AgentsStack(app, "agents", props);
  app.synth();
  try {
    return ["foundation", "spire", "trust", "control", "agents"].map((id) =>
      resourcesOf(readFileSync(join(app.outdir, "stacks", id, "cdk.tf.json"), "utf8")),
    );
  } finally {
    rmSync(app.outdir, { recursive: true });
  }
}
