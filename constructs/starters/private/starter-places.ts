import { refuse } from "../../../domain";
import type { Platform } from "../../platform/platform";

/** Of the queue of dead letters, whose name is the starter's with it */
const DEAD = "-dead";

/**
 * Where what belongs to one starter is, from plain facts: no stack reads another's values
 *
 * @throws DeclarationError `starter.malformed` where its queue would have the name of another starter's dead letters
 */
export function starterPlaces(platform: Platform, starter: string) {
  if (starter.endsWith(DEAD)) {
    const what = `name must not end in "${DEAD}", as the queue of another starter's dead letters does`;
    refuse("starter.malformed", `starter "${starter}"`, `${what}: write another one`);
  }
  const { partition, region, account } = platform;
  const name = platform.starterName(starter);
  const inRegion = (service: string) => `arn:${partition}:${service}:${region}:${account}`;
  return {
    name,
    deadName: `${name}${DEAD}`,
    logGroup: `/aws/lambda/${name}`,
    queueArn: `${inRegion("sqs")}:${name}`,
    deadArn: `${inRegion("sqs")}:${name}${DEAD}`,
    functionArn: `${inRegion("lambda")}:function:${name}`,
    logArn: `${inRegion("logs")}:log-group:/aws/lambda/${name}`,
    scheduleGroupArn: `${inRegion("scheduler")}:schedule-group/${name}`,
    ruleArn: (bus: string) => `${inRegion("events")}:rule/${bus === "default" ? "" : `${bus}/`}${name}`,
  };
}
