import { type App, TerraformStack } from "cdktf";
import { type Clock, systemClock } from "../../domain";
import { AmbitStack } from "./ambit-stack";
import { awaitStacks, judgeWhenRendered } from "./judged-stack";

/** By what the stacks of an app without a platform are judged */
export interface GuardStacksOptions {
  /**
   * From when on acknowledgements have ended.
   *
   * @default - the system's clock
   */
  readonly clock?: Clock;
  /**
   * SPIRE's images by name, each pinned by digest (`registry/name@sha256:…`): its daemon sets may use their node with these alone, beside the
   * published ones.
   *
   * @default - those of the registry of SPIRE's server in the same stack
   */
  readonly images?: Readonly<Record<string, string>>;
}

/**
 * Have the guardrails judge each stack of an app when it is synthesized, whichever its class and whenever it is made. An app with an
 * `AmbitStack` has this by itself, with the clock and the images of its platform.
 *
 * `app.synth()` then throws DeclarationError `guardrail.violated` with all findings that are not acknowledged, also for a synth to HCL.
 */
export function guardStacks(app: App, options: GuardStacksOptions = {}): void {
  const { clock = systemClock, images } = options;
  const synth = app.synth.bind(app);
  app.synth = () => {
    const stacks = app.node.findAll().filter((each) => TerraformStack.isStack(each));
    if (!stacks.some((each) => each instanceof AmbitStack)) {
      awaitStacks(app, stacks);
      for (const each of stacks) judgeWhenRendered(each, { clock, ...(images && { images }) });
    }
    synth();
  };
}
