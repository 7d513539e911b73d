import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { AgentMonitoring, type AgentMonitoringProps, KillList, KillSwitch } from "../../../constructs/oversight";
import { within } from "../../../constructs/oversight/private/cloudwatch-limits";
import { agentDashboard } from "../../../constructs/oversight/private/dashboards";
import { METRICS } from "../../../domain/telemetry-names";
import { fleet } from "../../../fleet";
import { askedOf } from "../../../runtime/kill-switch/asked";
import { refusal } from "../../support/domain";
import { newStack, platformWith, Template } from "../../support/synth";
import { platformWithOwnCollector } from "../../support/telemetry/collector-of-yours";

const TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call";
const FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:ambit-prod-kill-switch";
type Choices = Partial<Omit<AgentMonitoringProps, "fleet" | "killSwitch">>;

function monitored(choices: Choices = {}, hasKillSwitch = false): Template {
  const stack = newStack(hasKillSwitch ? platformWith({ killSwitch: true }) : undefined);
  const list = hasKillSwitch ? new KillList(stack, "KillList", { after: [] }) : undefined;
  const killSwitch = list && new KillSwitch(stack, "KillSwitch", { list, code: __filename, findingsFrom: "never" });
  new AgentMonitoring(stack, "Monitoring", { fleet, ...choices, ...(killSwitch && { killSwitch }) });
  return Template.of(stack);
}

const CLERK: Choices = { agents: ["refund-clerk"] };
type Rendered = Readonly<Record<string, unknown>>;
const alarmsOf = (template: Template) => template.all(CloudwatchMetricAlarm) as readonly Rendered[];
const alarmOf = (template: Template, end: string) =>
  alarmsOf(template).find(({ alarm_name: name }) => name === `ambit-prod-${end}`) as Rendered;
const bodiesOf = (template: Template) =>
  (template.all(CloudwatchDashboard) as readonly { dashboard_name: string; dashboard_body: string }[]).map(
    ({ dashboard_name: name, dashboard_body: body }) => [name, JSON.parse(body)] as const,
  );

test("each agent of the fleet has three alarms at least, and the platform five", () => {
  const alarms = alarmsOf(monitored());
  const withBudget = 4;
  expect(alarms).toHaveLength(3 * fleet.agents.length + withBudget + 5);
  for (const { alarm_actions: actions, ok_actions: over } of alarms) expect([actions, over]).toEqual([[], []]);
});

test("each alarm tells the topic, and again when it is over", () => {
  for (const alarm of alarmsOf(monitored({ ...CLERK, alarmTopic: TOPIC }))) {
    expect([alarm.alarm_actions, alarm.ok_actions]).toEqual([[TOPIC], [TOPIC]]);
  }
});

test("each alarm says where one reads what to do, and that page has it", () => {
  for (const { alarm_description: what } of alarmsOf(monitored())) {
    expect(what).toMatch(/: docs\/on-call-(?:approvals|audit|exchange|gateway)\.md#alarms$/);
  }
});

describe("the kill switch", () => {
  const killing = monitored({ ...CLERK, kills: ["replays", "revoked"], alarmTopic: TOPIC }, true);

  test("is called by the declared alarms alone, each by its exact ARN", () => {
    const calling = alarmsOf(killing).filter(({ alarm_actions: actions }) => (actions as string[]).includes(FUNCTION));
    expect(calling.map(({ alarm_name: name }) => name).sort()).toEqual([
      "ambit-prod-refund-clerk-replays",
      "ambit-prod-refund-clerk-revoked",
    ]);
    const permissions = killing.all(LambdaPermission) as readonly Rendered[];
    expect(
      permissions.map(({ principal, source_arn: arn, source_account: account }) => [principal, arn, account]).sort(),
    ).toEqual(
      ["replays", "revoked"].map((end) => [
        "lambda.alarms.cloudwatch.amazonaws.com",
        `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:ambit-prod-refund-clerk-${end}`,
        "111122223333",
      ]),
    );
  });

  test("is not called when an alarm is over", () => {
    const calling = alarmsOf(killing).filter(({ alarm_actions: actions }) => (actions as string[]).includes(FUNCTION));
    expect(calling.map(({ ok_actions: over }) => over)).toEqual([[TOPIC], [TOPIC]]);
  });

  test.each([
    ["refund-clerk-replays", { kills: ["replays"] as const }],
    [
      "refund-clerk-payout-hours",
      { kills: ["hours"] as const, usualHours: { "refund-clerk.payout": { from: 7, to: 19 } } },
    ],
  ])("reads the agent from the alarm %s", (end, choices) => {
    const alarm = alarmOf(monitored({ ...CLERK, ...choices }, true), end);
    const [query] = (alarm.metric_query ?? []) as readonly { metric: Rendered }[];
    const metricStat = { metric: { dimensions: (query?.metric ?? alarm).dimensions } };
    const configuration = { metrics: [{ metricStat }, ...(query === undefined ? [] : [{ expression: "x" }])] };
    const alarmData = { alarmName: alarm.alarm_name, state: { value: "ALARM" }, configuration };
    expect(askedOf({ source: "aws.cloudwatch", alarmData }, () => undefined)).toMatchObject({ agent: "refund-clerk" });
  });
});

interface Widget {
  readonly type: string;
  readonly properties: { readonly title?: string; readonly yAxis?: { readonly left: object } };
}

describe("dashboards", () => {
  test("are there for the fleet and each agent, with the state of its alarms and graphs of its metrics", () => {
    const bodies = bodiesOf(monitored(CLERK));
    expect(bodies.map(([name]) => name).sort()).toEqual(["ambit-prod", "ambit-prod-refund-clerk"]);
    const [, { widgets }] = bodies.find(([name]) => name === "ambit-prod-refund-clerk") as (typeof bodies)[number];
    expect(widgets[0].properties.alarms).toHaveLength(4);
    const metrics = widgets
      .slice(1)
      .flatMap((widget: { properties: { metrics: unknown[][] } }) => widget.properties.metrics);
    expect(metrics).toContainEqual(["Ambit", "ambit.refusals", "ambit.agent", "refund-clerk"]);
    expect(metrics).toContainEqual(["Ambit", "ambit.grants", "ambit.agent", "refund-clerk", "ambit.task", "payout"]);
  });

  test("have widgets that do not overlap, within the 24 columns", () => {
    for (const [, { widgets }] of bodiesOf(monitored(CLERK))) {
      const taken = new Set<string>();
      for (const { x, y, width, height } of widgets) {
        expect(x + width).toBeLessThanOrEqual(24);
        for (let column = x; column < x + width; column += 1)
          for (let row = y; row < y + height; row += 1) {
            expect(taken).not.toContain(`${column},${row}`);
            taken.add(`${column},${row}`);
          }
      }
    }
  });

  test("have a title of its own for each widget, and an axis from 0 that says what is counted", () => {
    for (const [, { widgets }] of bodiesOf(monitored(CLERK))) {
      const titles = widgets.map((widget: Widget) => widget.properties.title);
      expect(titles.filter(Boolean)).toHaveLength(widgets.length);
      expect(new Set(titles).size).toBe(widgets.length);
      for (const { type, properties } of widgets.slice(1) as readonly Widget[]) {
        expect([type, properties.yAxis?.left]).toEqual([
          "metric",
          { label: expect.stringMatching(/^(?:in 5 minutes|seconds|share, 1 is all)$/), min: 0, showUnits: false },
        ]);
      }
    }
  });
});

test("a collector of yours is told of each metric that an alarm watches, with its dimensions, and adds none of its own", () => {
  const stack = newStack(platformWithOwnCollector());
  new AgentMonitoring(stack, "Monitoring", {
    fleet,
    usualHours: { "refund-clerk.payout": { from: 7, to: 19 } },
    expected: { researcher: 1 },
  });
  const { data, metadata } = Template.of(stack).only(ConfigMapV1) as { data: Record<string, string>; metadata: object };
  expect(metadata).toEqual({ name: "ambit-collector", namespace: "ambit-system" });
  const { exporters, service } = JSON.parse(data["collector.yaml"] as string);
  expect(exporters.awsemf).toMatchObject({ namespace: "Ambit", dimension_rollup_option: "NoDimensionRollup" });
  expect(Object.keys(service.pipelines)).toEqual(["metrics", "traces"]);
  for (const { name } of Object.values(METRICS)) {
    const declared = exporters.awsemf.metric_declarations.filter(
      ({ metric_name_selectors: selectors }: { metric_name_selectors: string[] }) =>
        selectors.some((selector) => new RegExp(selector).test(name)),
    );
    expect([name, declared.length]).toEqual([name, 1]);
  }
});

test.each<readonly [what: string, choices: Choices, message: string]>([
  [
    "an agent is not of the fleet",
    { agents: ["refund-clark"] },
    'agents must name agents of the fleet, got "refund-clark", did you mean "refund-clerk"',
  ],
  ["no agent is named", { agents: [] }, "agents must name one at least, got []: leave it out for all of the fleet"],
  ["an agent is named twice", { agents: ["researcher", "researcher"] }, "agents must name each once"],
  ["no refusal is allowed", { refusals: 0 }, "refusals must be a whole number from 1 on, got 0"],
  ["a budget is near before it begins", { budgetShare: 0 }, "budgetShare must be above 0 and 1 at most, got 0"],
  ["a budget is near behind its end", { budgetShare: 1.1 }, "budgetShare must be above 0 and 1 at most, got 1.1"],
  [
    "an agent is missed that is not of the fleet",
    { expected: { unknown: 3 } },
    'expected must name agents of the fleet, got "unknown"',
  ],
  [
    "an agent is missed that is not monitored",
    { ...CLERK, expected: { researcher: 3 } },
    'expected must name agents that are monitored, got "researcher"',
  ],
  [
    "CloudWatch does not look back so far",
    { expected: { researcher: 25 } },
    "expected must be whole hours from 1 to 24, got 25",
  ],
  ["half an hour is expected", { expected: { researcher: 0.5 } }, "expected must be whole hours from 1 to 24, got 0.5"],
  [
    "hours are of a task that is none",
    { usualHours: { "refund-clerk.pay": { from: 1, to: 2 } } },
    'usualHours must be by <agent>.<task>, got "refund-clerk.pay"',
  ],
  [
    "hours are of no task",
    { usualHours: { "refund-clerk": { from: 1, to: 2 } } },
    'usualHours must be by <agent>.<task>, got "refund-clerk"',
  ],
  [
    "hours are of an agent that is not monitored",
    { ...CLERK, usualHours: { "web-reader.fetch": { from: 1, to: 2 } } },
    'usualHours must be of agents that are monitored, got "web-reader"',
  ],
  [
    "hours end before they begin",
    { usualHours: { "refund-clerk.payout": { from: 22, to: 6 } } },
    "usualHours of refund-clerk.payout must begin at 0 to 23 and end later, at 24 at most",
  ],
  [
    "an hour is none",
    { usualHours: { "refund-clerk.payout": { from: 7, to: 25 } } },
    "usualHours of refund-clerk.payout must begin",
  ],
  [
    "a day is none",
    { usualHours: { "refund-clerk.payout": { from: 7, to: 9, days: ["Monday" as "Mon"] } } },
    'days of usualHours of refund-clerk.payout must be among Mon, Tue, Wed, Thu, Fri, Sat, Sun, got "Monday"',
  ],
  [
    "there are no days",
    { usualHours: { "refund-clerk.payout": { from: 7, to: 9, days: [] } } },
    "days of usualHours of refund-clerk.payout",
  ],
  [
    "all hours are usual",
    { usualHours: { "refund-clerk.payout": { from: 0, to: 24 } } },
    "usualHours of refund-clerk.payout must leave out some time",
  ],
  [
    "an alarm stops agents, and there is no kill switch",
    { kills: ["replays"] },
    'kills needs a kill switch, got "none": write killSwitch: true into the platform',
  ],
  [
    "a silent agent would be stopped",
    { kills: ["silent" as "replays"] },
    'kills must be among refusals, replays, revoked, hours, got "silent"',
  ],
  ["the topic is none", { alarmTopic: "on-call" }, 'alarmTopic must be a topic of SNS, or its ARN, got "on-call"'],
])("fails when %s", (_, choices, message) => {
  expect(refusal(() => monitored(choices))).toMatchObject({
    code: "monitoring.malformed",
    message: expect.stringContaining(message),
  });
});

test("fails when a dashboard would show more than CloudWatch takes", () => {
  const tasks = Array.from({ length: 501 }, (_, at) => `task-${at}`);
  expect(refusal(() => agentDashboard("a", tasks, { region: "eu-central-1", alarms: [], where: "[test]" }))).toEqual({
    code: "monitoring.malformed",
    message:
      "[test]: metrics of a widget must be 500 at most, as CloudWatch takes no more, got 501: name fewer agents, or split their tasks",
  });
  expect(() => within(500, 500, "x", "y", "[test]")).not.toThrow();
});
