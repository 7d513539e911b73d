import { App, TerraformStack } from "cdktf";
import type * as Listed from "../../../../constructs/guardrails/rules";
import { AgentsStack } from "../../../../stacks/agents";
import { benchAgents } from "../../facts";
import { benchFleet, benchPlatform } from "../../fleet";
import { Stopwatch } from "../../stopwatch";

/** Run by the bench in a process of its own: a synth as it is, or one whose stack and registry no guardrail looks at */
const [count, outdir, guarded] = process.argv.slice(2) as [string, string, "with" | "without"];

/** What cdktf makes of the stack, unjudged. Only a class of the customer's own could do this. */
class UnguardedStack extends AgentsStack {
  public override toTerraform(): ReturnType<TerraformStack["toTerraform"]> {
    return Reflect.apply(TerraformStack.prototype.toTerraform, this, []);
  }
}

// The list itself is frozen: what a module gives out is not.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import is a copy
const listed = require("../../../../constructs/guardrails/rules") as { RULES: typeof Listed.RULES };
if (guarded === "without") listed.RULES = [];
const watch = new Stopwatch();
const agents = Number(count);
const Stack = guarded === "without" ? UnguardedStack : AgentsStack;
const app = new App({ outdir });
new Stack(app, "agents", { platform: benchPlatform(agents), fleet: benchFleet(benchAgents(agents)) });
app.synth();
watch.lap("synth");
watch.readPeak();
process.stdout.write(JSON.stringify(watch.measures));
