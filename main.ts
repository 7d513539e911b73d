import { App } from "cdktf";
import { fleet } from "./fleet";
import { exchange } from "./fleet/exchange";
import { gateway } from "./fleet/gateway";
import { monitoring } from "./fleet/monitoring";
import { platform } from "./fleet/platform";
import { spire } from "./fleet/spire";
import type { AmbitStack } from "./constructs/platform/ambit-stack";
import { packed } from "./images/packed";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, StartersStack, TrustStack } from "./stacks";

const app = new App();

// In deploy order; no stack reads another's values, so each can be planned once the ones above it are applied.
const stacks = [
  new FoundationStack(app, "foundation", { platform, fleet, dataTrail: true }),
  new SpireStack(app, "spire", { platform, fleet, spire }),
  new TrustStack(app, "trust", { platform, fleet }),
  new ControlStack(app, "control", { platform, fleet, exchange, gateway, monitoring }),
  new AgentsStack(app, "agents", { platform, fleet }),
  // The last: nothing is started before it is there, and a destroy ends with the starts first.
  new StartersStack(app, "starters", { platform, fleet, code: packed("starter") }),
];
stacks.slice(1).forEach((stack, index) => stack.addDependency(stacks[index] as AmbitStack));

app.synth();
