import { App } from "cdktf";
import { Platform } from "../../../../constructs";
import { exchange } from "../../../../fleet/exchange";
import { facts } from "../../../../fleet/platform";
import { spire } from "../../../../fleet/spire";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, TrustStack } from "../../../../stacks";
import { benchAgents } from "../../facts";
import { benchFleet } from "../../fleet";

/**
 * Run by the bench in a process of its own: the example platform with a fleet, in all stacks that `main.ts` synthesizes.
 *
 * Arguments of the process: number of agents, the folder to write, and `all` where every agent has AWS data
 */
const [agents, outdir, withAws] = process.argv.slice(2);
const app = new App({ outdir: outdir as string });
const quotas = { roles: Math.max(1_000, Number(agents)) };
const platform = new Platform({ ...facts, aws: { ...facts.aws, quotas } });
const members = benchAgents(Number(agents)).map((agent) =>
  withAws === "all" ? { ...agent, hasAwsData: true } : agent,
);
const fleet = benchFleet(members);
// A trail of CloudTrail names at most 500 datasets; one agent in ten has one.
const dataTrail = withAws !== "all" && members.length <= 4_000;
new FoundationStack(app, "foundation", { platform, fleet, dataTrail });
new SpireStack(app, "spire", { platform, fleet, spire });
new TrustStack(app, "trust", { platform, fleet });
new ControlStack(app, "control", { platform, fleet, exchange, gateway: {} });
new AgentsStack(app, "agents", { platform, fleet });
app.synth();
