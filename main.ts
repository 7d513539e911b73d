import { App } from "cdktf";
import { fleet } from "./fleet";
import { exchange } from "./fleet/exchange";
import { gateway } from "./fleet/gateway";
import { platform } from "./fleet/platform";
import { spire } from "./fleet/spire";
import type { AmbitStack } from "./constructs/platform/ambit-stack";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, TrustStack } from "./stacks";

const app = new App();

// What starts tasks has its keys in the foundation. Its own stack comes behind the control stack, once npm run bundles has made the
// code of its functions: new StartersStack(app, "starters", { platform, fleet }).

// In deploy order; no stack reads another's values, so each can be planned once the ones above it are applied.
const stacks = [
  new FoundationStack(app, "foundation", { platform, fleet }),
  new SpireStack(app, "spire", { platform, fleet, spire }),
  new TrustStack(app, "trust", { platform, fleet }),
  new ControlStack(app, "control", { platform, fleet, exchange, gateway }),
  new AgentsStack(app, "agents", { platform, fleet }),
];
stacks.slice(1).forEach((stack, index) => stack.addDependency(stacks[index] as AmbitStack));

app.synth();
