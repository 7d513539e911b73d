import { fleet } from "../../../../fleet";
import { type Call, answersOf } from "./boto";
import type { Connection } from "./connection";

/** The buses on which starters of the example listen, each of another team */
const BUSES = fleet.starters.flatMap(({ occasion }) => {
  const bus = occasion.start === "event" && occasion.origin.kind === "bus" ? occasion.origin.bus : "default";
  return bus === "default" ? [] : [bus];
});

interface Function {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Role: string;
  readonly Environment: { readonly Variables: { readonly AMBIT_CONFIG_JSON: string } };
}

interface Rule {
  readonly Name: string;
  readonly EventBusName: string;
  readonly EventPattern: string;
}

interface Schedule {
  readonly Name: string;
  readonly GroupName: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: string;
  readonly Target: { readonly Arn: string; readonly RoleArn: string };
}

interface Listed {
  readonly QueueUrls?: readonly string[];
  readonly Functions: readonly Function[];
  readonly EventSourceMappings: readonly { readonly FunctionArn: string; readonly EventSourceArn: string }[];
  readonly Schedules: readonly Pick<Schedule, "GroupName" | "Name">[];
  readonly Rules: readonly Rule[];
}

/** As those teams would have made them */
export async function makeBuses(connection: Connection): Promise<void> {
  await answersOf(
    connection,
    BUSES.map((Name) => ["events", "create_event_bus", { Name }]),
  );
}

/** What starts tasks, by name: queues, what reads them, and what sends to them. */
export async function readStarters(connection: Connection) {
  const [queues, functions, mappings, listed, ...ruled] = (await answersOf(connection, [
    ["sqs", "list_queues"],
    ["lambda", "list_functions"],
    ["lambda", "list_event_source_mappings"],
    ["scheduler", "list_schedules"],
    ...BUSES.map((EventBusName): Call => ["events", "list_rules", { EventBusName }]),
  ])) as [Listed, Listed, Listed, Listed, ...Listed[]];
  const schedules = (await answersOf(
    connection,
    listed.Schedules.map(({ Name, GroupName }) => ["scheduler", "get_schedule", { Name, GroupName }]),
  )) as readonly Schedule[];
  const rules = ruled.flatMap(({ Rules }) => Rules);
  const targets = (await answersOf(
    connection,
    rules.map(({ Name, EventBusName }) => ["events", "list_targets_by_rule", { Rule: Name, EventBusName }]),
  )) as readonly { readonly Targets: readonly { readonly Arn: string }[] }[];
  return {
    queues: (queues.QueueUrls ?? []).map((url) => url.split("/").at(-1)).sort(),
    functions: Object.fromEntries(
      functions.Functions.map(({ FunctionName, FunctionArn, Role, Environment }) => {
        const reads = mappings.EventSourceMappings.filter((each) => each.FunctionArn === FunctionArn);
        const { address } = JSON.parse(Environment.Variables.AMBIT_CONFIG_JSON) as { readonly address: string };
        return [FunctionName, { role: Role, reads: reads.map(({ EventSourceArn }) => EventSourceArn), asks: address }];
      }),
    ),
    schedules: Object.fromEntries(
      schedules.map(({ Name, ScheduleExpression, ScheduleExpressionTimezone, Target }) => [
        Name,
        { at: ScheduleExpression, timeZone: ScheduleExpressionTimezone, to: Target.Arn, role: Target.RoleArn },
      ]),
    ),
    rules: Object.fromEntries(
      rules.map(({ Name, EventBusName, EventPattern }, at) => [
        Name,
        {
          bus: EventBusName,
          pattern: JSON.parse(EventPattern) as unknown,
          to: targets[at]?.Targets.map(({ Arn }) => Arn),
        },
      ]),
    ),
  };
}
