import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import { onlyKnown, refuse, shown, type Starter } from "../../../domain";
import type { CheckedOrigin } from "../../../domain/event-origin";
import { starterKeyUse } from "../../../domain/registry/starters";
import { starterIssuer } from "../../../domain/starter";
import type { RoleInput } from "../../aws/role";
import type { TopicInput } from "../../aws/topic";
import { functionCode } from "../../platform/function-code";
import { nodeFunction } from "../../platform/node-function";
import type { Platform } from "../../platform/platform";
import { platformOf } from "../../platform/scope";
import { starterPlaces } from "./starter-places";

/** What both kinds of starter can be told */
export interface StarterFunctionProps {
  /** As `Starter.schedule` or `Starter.event` returned it */
  readonly starter: Starter;
  /**
   * Claim `iss` of the exchange's tokens, which start tokens are for.
   *
   * @default - `https://exchange.<trust domain>`
   */
  readonly exchange?: string;
  /**
   * Starts at once: as many occasions wait for the agent's answer. From 2, as SQS has it, to 100.
   *
   * @default 2
   */
  readonly concurrency?: number;
  /**
   * SNS topic of the platform's region that is notified of dead letters.
   *
   * @default - none; the alarm shows in CloudWatch
   */
  readonly alarmTopic?: TopicInput;
  /**
   * Roles of the platform's account that may put dead letters back into the queue.
   *
   * @default - none
   */
  readonly redrivers?: readonly RoleInput[];
  /**
   * Path of the function's code, the archive that `npm run bundles` makes.
   *
   * @default - the one in this package
   */
  readonly code?: string;
}

const MEGABYTES = 256;
/** Tries for 240 s, then waits for an answer of at most 310 s; below the queue's 900 s */
const SECONDS = 600;
const MOST_AT_ONCE = 100;
const FEWEST_AT_ONCE = 2;

const PROPERTIES = [
  "starter",
  "exchange",
  "concurrency",
  "alarmTopic",
  "redrivers",
  "code",
] as const satisfies readonly (keyof StarterFunctionProps)[];

/** The function behind the queue: outside the VPC, where the listener for users answers, and with no way in but the queue. */
export function starterFunction(scope: Construct, queueArn: string, props: StarterFunctionProps): LambdaFunction {
  const platform = platformOf(scope);
  const { starter, concurrency = FEWEST_AT_ONCE } = props;
  const { where } = starter;
  onlyKnown(props, PROPERTIES, where);
  if (!Number.isInteger(concurrency) || concurrency < FEWEST_AT_ONCE || concurrency > MOST_AT_ONCE) {
    const what = `concurrency must be a whole number from ${FEWEST_AT_ONCE} to ${MOST_AT_ONCE}`;
    refuse("starter.malformed", where, `${what}, got ${shown(concurrency)}`);
  }
  const { name, logGroup } = starterPlaces(platform, starter.name);
  const path = functionCode("starter", props.code, where, "starter.malformed");
  const of = { alias: `starter-logs/${starter.name}`, whose: `starter ${starter.name}` };
  const code = nodeFunction(scope, {
    name,
    description: `Ambit starter of ${starter.target}`,
    roleArn: platform.starterRoleArn(starter.name),
    path,
    config: starterConfig(platform, props),
    megabytes: MEGABYTES,
    seconds: SECONDS,
    concurrency,
    log: { logGroup, of },
  });
  new LambdaEventSourceMapping(scope, "Source", {
    functionName: code.arn,
    eventSourceArn: queueArn,
    batchSize: 1,
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: { maximumConcurrency: concurrency },
  });
  return code;
}

/** As runtime/starters/config.ts reads it */
function starterConfig(platform: Platform, { starter, exchange }: StarterFunctionProps): object {
  const { name, agent, task, request, keys, occasion } = starter;
  return {
    name,
    start: occasion.start,
    issuer: starterIssuer(name, platform.trustDomain),
    audience: exchange ?? `https://exchange.${platform.trustDomain.name}`,
    agent: `${agent.spiffeId(platform.trustDomain)}`,
    task: task.name,
    address: `https://${hostOf(starter, platform)}${request.path}`,
    method: request.method,
    ...(occasion.start === "schedule" ? { body: occasion.body } : { from: fromOf(occasion.origin) }),
    key: platform.keyAlias(starterKeyUse(name, keys[0] as string)),
    region: platform.region,
  };
}

/** The senders of another owner's queue are unknown, so it is treated like one that buckets and topics write to. */
function fromOf({ kind }: CheckedOrigin): "bus" | "senders" {
  return kind === "bus" ? "bus" : "senders";
}

function hostOf({ agent, host, where }: Starter, { userListener }: Platform): string {
  if (userListener === undefined) {
    const what = "the platform has no userListener, at which starters reach agents";
    return refuse("starter.malformed", where, `${what}: write userListener into the platform`);
  }
  return host ?? `${agent.name}.${userListener.domain}`;
}
