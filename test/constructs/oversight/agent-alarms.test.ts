import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { AgentMonitoring } from "../../../constructs/oversight";
import { METRICS } from "../../../domain/telemetry-names";
import { fleet } from "../../../fleet";
import { Denial } from "../../../runtime/authorizer/denial";
import { budgetUse } from "../../../runtime/authorizer/telemetry/budget-use";
import { CallTelemetry } from "../../../runtime/authorizer/telemetry/call-telemetry";
import { reasonOf } from "../../../runtime/decision/decider";
import { replayMetrics } from "../../../runtime/exchange/telemetry/replay-metrics";
import { Refusal } from "../../../runtime/refusal/refusal";
import { actMetrics } from "../../../runtime/exchange/telemetry/act-metrics";
import { OtlpTelemetry } from "../../../runtime/telemetry/otlp-telemetry";
import type { DecisionInput, ReasonCode } from "../../../domain";
import { exampleFleet } from "../../support/exchange/example-fleet";
import { newStack, Template } from "../../support/synth";
import { type Alarm, CloudWatch, type CollectorConfig } from "../../support/telemetry/cloudwatch";
import { Collector } from "../../support/telemetry/collector";
import { platformWithOwnCollector } from "../../support/telemetry/collector-of-yours";

const CLERK = "spiffe://prod.acme.example/ns/finance/sa/refund-clerk";
const registry = { current: () => exampleFleet };
const at = (text: string): number => Date.parse(text) / 1_000;
/** Ends of periods: a Wednesday, and a Sunday */
const WEDNESDAY = at("2026-12-02T10:00:00Z");
const NIGHT = at("2026-12-02T23:00:00Z");
const SUNDAY = at("2026-12-06T10:00:00Z");

const stack = newStack(platformWithOwnCollector());
new AgentMonitoring(stack, "Monitoring", {
  fleet,
  agents: ["refund-clerk"],
  expected: { "refund-clerk": 2 },
  usualHours: { "refund-clerk.payout": { from: 7, to: 19, days: ["Mon", "Tue", "Wed", "Thu", "Fri"] } },
});
const template = Template.of(stack);
const alarms = template.all(CloudwatchMetricAlarm) as unknown as readonly Alarm[];
const { data } = template.only(ConfigMapV1) as { data: Record<string, string> };
const config = JSON.parse(data["collector.yaml"] as string) as CollectorConfig;
const named = (end: string): Alarm => alarms.find(({ alarm_name: name }) => name === `ambit-prod-${end}`) as Alarm;

interface Parts {
  readonly telemetry: OtlpTelemetry;
  readonly calls: CallTelemetry;
}

type Happens = (parts: Parts) => void;

const refused =
  (times: number, ...codes: readonly ReasonCode[]): Happens =>
  ({ calls }) => {
    const denial = Denial.byPolicy(codes.map(reasonOf));
    denial.about = { agent: CLERK, task: "payout", action: "refund" };
    for (let count = 0; count < times; count += 1) calls.refused(denial, "payments");
  };
const act =
  (kind: string, facts: object = {}): Happens =>
  ({ telemetry }) => {
    const event = { kind, time: 1, facts: { agent: "refund-clerk", task: "payout", ...facts } as never };
    actMetrics(telemetry, registry)({ writes: [], event });
  };
const budget =
  (spent: number): Happens =>
  ({ telemetry }) => {
    const budgets = { "day:calls:all": { spent, cost: 1 } };
    const input = { agent: { spiffeId: CLERK, name: "refund-clerk" }, task: "payout", budgets };
    budgetUse(telemetry, registry)(input as unknown as DecisionInput);
  };
const gauge =
  (metric: (typeof METRICS)["auditBacklogAge" | "auditBacklogRecords" | "auditWitnessAge"], value: number): Happens =>
  ({ telemetry }) =>
    telemetry.measure(metric, value);
const nothing: Happens = () => undefined;

/** What CloudWatch has when this was measured in each of the last minutes, by the way that it takes: SDK, collector, dimension sets */
async function cloudWatchAfter(happens: Happens, now: number, minutes = 1): Promise<CloudWatch> {
  const collector = new Collector();
  const times = { spans: 600_000, metrics: 600_000, request: 2_000 };
  const telemetry = new OtlpTelemetry({
    collector: await collector.listen(),
    service: "ambit-test",
    log: () => undefined,
    times,
  });
  happens({ telemetry, calls: new CallTelemetry(telemetry, registry) });
  await telemetry.close();
  await collector.close();
  const cloudWatch = new CloudWatch();
  for (let back = 1; back <= minutes; back += 1) cloudWatch.take(collector.points, now - back * 60, config);
  return cloudWatch;
}

interface Case {
  readonly end: string;
  readonly what: string;
  readonly happens: Happens;
  readonly state: "ALARM" | "OK";
  readonly now?: number;
  readonly minutes?: number;
}

const OK = { state: "OK" } as const;
const ALARM = { state: "ALARM" } as const;
const { auditBacklogAge, auditBacklogRecords, auditWitnessAge } = METRICS;

const CASES: readonly Case[] = [
  { end: "refund-clerk-refusals", what: "51 refusals in five minutes", happens: refused(51, "budget.spent"), ...ALARM },
  { end: "refund-clerk-refusals", what: "50 refusals in five minutes", happens: refused(50, "budget.spent"), ...OK },
  { end: "refund-clerk-replays", what: "an approval that was used", happens: refused(1, "approval.spent"), ...ALARM },
  {
    end: "refund-clerk-replays",
    what: "an approval for another request",
    happens: refused(1, "approval.other-request"),
    ...ALARM,
  },
  {
    end: "refund-clerk-replays",
    what: "an approval of another run",
    happens: ({ calls }) => {
      const denial = new Denial("access_denied", Refusal.of("approval.unverifiable").reasons);
      denial.about = { agent: CLERK, task: "payout", action: "refund" };
      calls.refused(denial, "payments");
    },
    ...ALARM,
  },
  {
    end: "refund-clerk-replays",
    what: "a call that shows an approval again",
    happens: ({ telemetry }) => replayMetrics(telemetry, registry)({ spiffeId: CLERK, task: "payout" }),
    ...ALARM,
  },
  { end: "refund-clerk-replays", what: "another refusal", happens: refused(9, "approval.required"), ...OK },
  { end: "refund-clerk-revoked", what: "a call of a stopped run", happens: refused(1, "run.revoked"), ...ALARM },
  {
    end: "refund-clerk-revoked",
    what: "a token asked for by a stopped agent",
    happens: act("token.refused", { codes: ["agent.revoked"] }),
    ...ALARM,
  },
  {
    end: "refund-clerk-revoked",
    what: "another refusal",
    happens: act("token.refused", { codes: ["evidence.missing"] }),
    ...OK,
  },
  { end: "refund-clerk-budget", what: "the 40th of 50 calls", happens: budget(39), ...ALARM },
  { end: "refund-clerk-budget", what: "the 39th of 50 calls", happens: budget(38), ...OK },
  { end: "refund-clerk-silent", what: "nothing at all", happens: nothing, ...ALARM },
  { end: "refund-clerk-silent", what: "refusals alone", happens: refused(3, "budget.spent"), ...ALARM },
  { end: "refund-clerk-silent", what: "a token in the last hour", happens: act("token.issued"), ...OK },
  {
    end: "refund-clerk-payout-hours",
    what: "a token on a Sunday",
    happens: act("token.issued"),
    now: SUNDAY,
    ...ALARM,
  },
  { end: "refund-clerk-payout-hours", what: "a run at night", happens: act("run.begun"), now: NIGHT, ...ALARM },
  { end: "refund-clerk-payout-hours", what: "a token on a Wednesday morning", happens: act("token.issued"), ...OK },
  {
    end: "refund-clerk-payout-hours",
    what: "a token of another task on a Sunday",
    happens: act("token.issued", { task: "look" }),
    now: SUNDAY,
    ...OK,
  },
  {
    end: "audit-age",
    what: "records that wait for 11 s, for three minutes",
    happens: gauge(auditBacklogAge, 11),
    minutes: 3,
    ...ALARM,
  },
  {
    end: "audit-age",
    what: "records that wait for 11 s, for two minutes",
    happens: gauge(auditBacklogAge, 11),
    minutes: 2,
    ...OK,
  },
  { end: "audit-age", what: "records that wait for a second", happens: gauge(auditBacklogAge, 1), minutes: 3, ...OK },
  { end: "audit-records", what: "10,001 records that wait", happens: gauge(auditBacklogRecords, 10_001), ...ALARM },
  { end: "audit-records", what: "100 records that wait", happens: gauge(auditBacklogRecords, 100), ...OK },
  { end: "witness", what: "a witness away for 301 s", happens: gauge(auditWitnessAge, 301), ...ALARM },
  { end: "witness", what: "a witness that cosigned a minute ago", happens: gauge(auditWitnessAge, 60), ...OK },
  {
    end: "unmeasured",
    what: "a span that was dropped",
    happens: ({ telemetry }) => telemetry.count(METRICS.dropped, { "ambit.signal": "traces" }),
    ...ALARM,
  },
  { end: "unmeasured", what: "nothing dropped", happens: nothing, ...OK },
  { end: "nothing-measured", what: "nothing at all", happens: nothing, ...ALARM },
  {
    end: "nothing-measured",
    what: "an exchange that told a minute ago that no record waits",
    happens: gauge(auditBacklogAge, 0),
    ...OK,
  },
];

test("each alarm has cases both ways", () => {
  const ends = (state: Case["state"]) =>
    new Set(CASES.filter((one) => one.state === state).map(({ end }) => `ambit-prod-${end}`));
  const all = new Set(alarms.map(({ alarm_name: name }) => name));
  expect(alarms).toHaveLength(11);
  expect([ends("ALARM"), ends("OK")]).toEqual([all, all]);
});

test.each(CASES.map((one) => [one.end, one.state, one.what, one] as const))(
  "%s is in %s after %s",
  async (end, state, _, { happens, now = WEDNESDAY, minutes }) => {
    const cloudWatch = await cloudWatchAfter(happens, now, minutes);
    expect(cloudWatch.stateOf(named(end), now)).toBe(state);
  },
);

test("what another agent does raises no alarm of this one", async () => {
  const others =
    (times: number): Happens =>
    ({ calls }) => {
      const denial = Denial.byPolicy([reasonOf("approval.spent")]);
      denial.about = { agent: "spiffe://prod.acme.example/ns/research/sa/web-reader", task: "fetch" };
      for (let count = 0; count < times; count += 1) calls.refused(denial, "search");
    };
  const cloudWatch = await cloudWatchAfter(others(60), WEDNESDAY);
  for (const end of ["refund-clerk-refusals", "refund-clerk-replays"])
    expect(cloudWatch.stateOf(named(end), WEDNESDAY)).toBe("OK");
});
