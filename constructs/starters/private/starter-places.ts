import type { Platform } from "../../platform/platform";

/** Where what belongs to one starter is, from plain facts: no stack reads another's values */
export function starterPlaces(platform: Platform, starter: string) {
  const { partition, region, account } = platform;
  const name = platform.starterName(starter);
  const inRegion = (service: string) => `arn:${partition}:${service}:${region}:${account}`;
  return {
    name,
    deadName: `${name}-dead`,
    logGroup: `/aws/lambda/${name}`,
    queueArn: `${inRegion("sqs")}:${name}`,
    deadArn: `${inRegion("sqs")}:${name}-dead`,
    logArn: `${inRegion("logs")}:log-group:/aws/lambda/${name}`,
    scheduleGroupArn: `${inRegion("scheduler")}:schedule-group/${name}`,
    ruleArn: (bus: string) => `${inRegion("events")}:rule/${bus === "default" ? "" : `${bus}/`}${name}`,
  };
}
