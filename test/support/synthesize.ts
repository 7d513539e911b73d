import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../../constructs";
import type { AgentClass } from "../../constructs/agent/agent";
import type { Fleet } from "../../domain";
import { fleet as exampleFleet } from "../../fleet";
import { exchange as exampleExchange } from "../../fleet/exchange";
import { gateway as exampleGateway } from "../../fleet/gateway";
import { platform as examplePlatform } from "../../fleet/platform";
import { spire as exampleSpire } from "../../fleet/spire";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, StartersStack, TrustStack } from "../../stacks";
import { synthesized, testApp } from "./app";
import { STACKS, type Synthesized } from "./example-app";
import { monitoringOf } from "./example-monitoring";

/** Its contents matter to no test that reads a stack's text. */
const CODE = join(__dirname, "run/without-stacks.ts");

/** The stacks of main.ts, synthesized into memory: only what starters run is another file. */
export function synthesizeAnew(
  fleet: Fleet<AgentClass> = exampleFleet,
  platform: Platform = examplePlatform,
): Synthesized {
  const app = testApp();
  const props = { platform, fleet };
  new FoundationStack(app, "foundation", { ...props, dataTrail: true });
  new SpireStack(app, "spire", { ...props, spire: exampleSpire });
  new TrustStack(app, "trust", props);
  new ControlStack(app, "control", {
    ...props,
    exchange: exampleExchange,
    gateway: exampleGateway,
    ...monitoringOf(fleet),
  });
  new AgentsStack(app, "agents", props);
  new StartersStack(app, "starters", { ...props, code: CODE });
  return synthesized(app, (outdir) => {
    const text = (...path: readonly string[]): string => readFileSync(join(outdir, ...path), "utf8");
    return {
      stacks: Object.fromEntries(STACKS.map((name) => [name, text("stacks", name, "cdk.tf.json")])) as never,
      registry: text("ambit", "registry.json"),
      policy: text("ambit", "policy.json"),
      bundle: readFileSync(join(outdir, "ambit", "bundle.tar.gz")),
      sources: text("ambit", "sources.json"),
    };
  });
}
