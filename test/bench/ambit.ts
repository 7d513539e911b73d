import { App } from "cdktf";
import { AgentsStack } from "../../stacks/agents";
import { benchAgents } from "./facts";
import { benchFleet, benchPlatform } from "./fleet";
import { type Measures, Stopwatch } from "./stopwatch";

/** Declare a fleet, build its agents stack and synthesize the whole app. */
export function synthesizeAmbit(count: number, outdir: string): Measures {
  const watch = new Stopwatch();

  class TimedStack extends AgentsStack {
    protected override useAws(): void {
      super.useAws();
      // Still cdktf's own synthesizer here: registry and sources are written by one that wraps it later.
      const { synthesizer } = this;
      this.synthesizer = {
        synthesize: (session) => {
          synthesizer.synthesize(session);
          watch.lap("synthesize");
          watch.readPeak();
        },
      };
    }
  }

  const fleet = benchFleet(benchAgents(count));
  watch.lap("declare");
  const app = new App({ outdir });
  new TimedStack(app, "agents", { platform: benchPlatform(count), fleet });
  watch.lap("construct");
  app.synth();
  watch.lap("documents");
  return watch.measures;
}
