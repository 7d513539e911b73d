import { deepStrictEqual as equal } from "node:assert";
import { resourcesOf, STACKS, type Synthesized, synthesize } from "../../../support/example-app";
import { synthesizeAnew } from "../../../support/synthesize";
import type { Check } from "../../harness/suite";
import type { Story } from "../story";

/** What the platform team and the agents' teams wrote, as stacks */
export function declared(story: Story): Check<Synthesized> {
  return story.scene("Declared", "the fleet is synthesized, and a second time to the same bytes", [], (_, tell) => {
    const [app, again] = [synthesize(), synthesizeAnew()];
    equal(again, app);
    const counts = STACKS.map((stack) => Object.values(resourcesOf(app.stacks[stack])).map(Object.keys).flat().length);
    tell(
      "proven",
      `${STACKS.length} stacks with ${counts.reduce((sum, one) => sum + one)} resources`,
      STACKS.join(", "),
    );
    return app;
  });
}
