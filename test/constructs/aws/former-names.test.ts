import type { Construct } from "constructs";
import { Fleet } from "../../../constructs";
import { TokenExchangeFunction } from "../../../constructs/exchange";
import { AgentMonitoring, KillList, KillSwitch } from "../../../constructs/oversight";
import { SpireDatabase, SpireServerRole } from "../../../constructs/spire";
import { EventStarter, ScheduleStarter } from "../../../constructs/starters";
import { refusal, untyped } from "../../support/domain";
import { event, schedule } from "../../support/starters";
import { clusterWith, newStack, platformWith } from "../../support/synth";

const PLATFORM = platformWith({ killSwitch: true, cluster: clusterWith("deployed") });
const NOWHERE = "arn:aws:x";

type Make = (scope: Construct, former: never) => unknown;

/** The compiler does not see a former name that comes by a spread: without it, an alarm would tell no topic, and a database would get another key. */
const FORMER: readonly (readonly [of: string, name: string, now: string, Make])[] = [
  [
    "AgentMonitoring",
    "alarmTopicArn",
    "alarmTopic",
    (scope, former) => new AgentMonitoring(scope, "It", { fleet: Fleet.of(), ...(former as object) }),
  ],
  [
    "EventStarter",
    "alarmTopicArn",
    "alarmTopic",
    (scope, former) => new EventStarter(scope, "It", { starter: event(), ...(former as object) }),
  ],
  [
    "KillSwitch",
    "alarmTopicArn",
    "alarmTopic",
    (scope, former) =>
      new KillSwitch(scope, "It", { list: new KillList(scope, "List", { after: [] }), ...(former as object) }),
  ],
  [
    "ScheduleStarter",
    "alarmTopicArn",
    "alarmTopic",
    (scope, former) => new ScheduleStarter(scope, "It", { starter: schedule(), ...(former as object) }),
  ],
  ["SpireDatabase", "keyArn", "key", (scope, former) => new SpireDatabase(scope, "It", former)],
  ["SpireServerRole", "bundleObjectArn", "bundleObject", (scope, former) => new SpireServerRole(scope, "It", former)],
  [
    "SpireServerRole",
    "certificateAuthorityArn",
    "certificateAuthority",
    (scope, former) => new SpireServerRole(scope, "It", former),
  ],
  ["SpireServerRole", "trustAnchorArn", "trustAnchor", (scope, former) => new SpireServerRole(scope, "It", former)],
  [
    "TokenExchangeFunction",
    "alarmTopicArn",
    "alarmTopic",
    (scope, former) => new TokenExchangeFunction(scope, "It", former),
  ],
];

test.each(FORMER)("%s fails for the former name %s, and names %s", (_, name, now, make) => {
  expect(refusal(() => make(newStack(PLATFORM), untyped({ [name]: NOWHERE })))).toEqual({
    code: "property.unknown",
    message: expect.stringMatching(new RegExp(`has no property "${name}".*: it takes .*\\b${now}\\b`)),
  });
});
