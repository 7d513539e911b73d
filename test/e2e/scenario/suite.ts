import type { Suite } from "../harness/suite";
import { castOf } from "./cast";
import { stoppedByData } from "./chapters/by-data";
import { accountApplied, accountBegins, declared } from "./chapters/declared";
import { personDecides } from "./chapters/decided";
import { killed } from "./chapters/killed";
import { onRecord } from "./chapters/recorded";
import { running } from "./chapters/running";
import { changeIsReviewed } from "./chapters/reviewed";
import { delegated } from "./chapters/delegated";
import { identity } from "./chapters/identity";
import { stoppedByInjection } from "./chapters/injected";
import { letterCut } from "./chapters/letter-cut";
import { notHandedOn } from "./chapters/not-handed-on";
import { staysKilled } from "./chapters/stays-killed";
import { traced } from "./chapters/traced";
import { userAsks } from "./chapters/user-asks";
import { Story } from "./story";
import { storyWorld } from "./world";

/** One story through the whole platform, on a real node: from the declaration to the audit. Each step is a check. */
export function scenarioSuite(suite: Suite): Story {
  const story = new Story(suite);
  const app = declared(story);
  const begun = accountBegins(suite, app);
  const world = storyWorld(suite, () => accountApplied(story, app, begun));
  const cast = castOf(suite, world);
  running(story, world);
  identity(story, world);
  const read = userAsks(story, cast);
  const asked = delegated(story, cast);
  notHandedOn(story, cast, asked);
  stoppedByData(story, cast, asked);
  const injected = stoppedByInjection(story, cast, asked);
  const decided = personDecides(suite, story, world.node, world);
  traced(suite, story, cast, decided, read);
  const cut = letterCut(suite, story, cast, injected);
  const stopped = staysKilled(suite, story, cast, begun, decided, killed(story, world.node, world, decided, cut));
  onRecord(story, world, decided, stopped);
  changeIsReviewed(suite, story);
  // Of the checks that set the scene, those that no step needs are another suite's.
  suite.keep((check) => story.scenes.some((scene) => scene.check === check));
  return story;
}
