import { deepStrictEqual as equal } from "node:assert";
import { resourcesOf, STACKS, type Synthesized } from "../../../support/example-app";
import { AwsAccount } from "../../cluster/aws/account";
import { temporary } from "../../cluster/temporary";
import type { Check, Suite } from "../../harness/suite";
import { APPLIED_STACKS, applied, type AppliedAccount, awsAddresses, emptyAccount } from "../account/applied";
import { storyApp, storyAppAnew } from "../fleet/story-app";
import type { Story } from "../story";

/** By the story's own fleet */
const ADDED = "parcel-desk, parcel-payer, courier";

/** What the platform team and the agents' teams wrote, as stacks */
export function declared(story: Story): Check<Synthesized> {
  return story.scene("Declared", "the fleet is synthesized, and a second time to the same bytes", [], (_, tell) => {
    const [app, again] = [storyApp(), storyAppAnew()];
    equal(again, app);
    const counts = STACKS.map((stack) => Object.values(resourcesOf(app.stacks[stack])).map(Object.keys).flat().length);
    tell("asked", "To the example fleet a team has added two agents, which call a courier's tools of MCP", ADDED);
    tell(
      "proven",
      `${STACKS.length} stacks with ${counts.reduce((sum, one) => sum + one)} resources`,
      STACKS.join(", "),
    );
    return app;
  });
}

/** Terraform works beside the checks that follow. */
export interface Applying {
  readonly applying: Promise<AppliedAccount>;
}

export function accountBegins(suite: Suite, app: Check<Synthesized>): Check<Applying> {
  return suite.check(
    "account: Terraform begins to apply the AWS resources, beside the next chapters",
    [app],
    async ([made]) => {
      const moto = await emptyAccount();
      suite.afterwards(() => moto.stop());
      const applying = applied(made, moto, temporary(suite, "terraform"));
      // Where it fails, that is told by the step that waits for it.
      applying.catch(() => undefined);
      return { applying };
    },
  );
}

/** The account in which everything that follows happens */
export function accountApplied(story: Story, app: Check<Synthesized>, begun: Check<Applying>): Check<AwsAccount> {
  return story.scene(
    "Declared",
    "Terraform makes the AWS account, and a second plan changes nothing",
    [app, begun],
    async ([synthesized, { applying }], tell) => {
      const { moto, version, provider, made, changes, seconds } = await applying;
      for (const stack of APPLIED_STACKS) equal([...(made.get(stack) ?? [])].sort(), awsAddresses(synthesized, stack));
      equal(changes, []);
      const count = [...made.values()].flat().length;
      const each = APPLIED_STACKS.map((stack) => `${stack} ${made.get(stack)?.length}`).join(", ");
      tell("proven", `Terraform ${version} made ${count} resources in AWS, and its second plan is empty`, each);
      tell("measured", `It took ${seconds.toFixed(0)} s, with the AWS provider ${provider}`);
      tell(
        "stand-in",
        "In place of AWS answers moto, which checks no policy; the ids of the VPC and its subnets are moto's",
        "Kubernetes resources of these stacks go to the cluster",
      );
      return new AwsAccount(moto);
    },
  );
}
