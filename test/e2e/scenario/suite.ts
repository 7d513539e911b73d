import { controlChecks } from "../cluster/control-checks";
import { agentWorld, nodeWorld } from "../cluster/world";
import type { Suite } from "../harness/suite";
import { declared } from "./chapters/declared";
import { Story } from "./story";

/** One story through the whole platform, on a real node: from the declaration to the audit. Each step is a check. */
export function scenarioSuite(suite: Suite): Story {
  const story = new Story(suite);
  declared(story);
  const world = nodeWorld(suite);
  const agents = agentWorld(suite, world);
  controlChecks(suite, world.node, agents);
  // Of the checks that set the scene, those that no step needs are another suite's.
  suite.keep((check) => story.scenes.some((scene) => scene.check === check));
  return story;
}
