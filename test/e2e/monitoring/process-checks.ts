import { deepStrictEqual as equal, ok } from "node:assert";
import { facts } from "../../../fleet/platform";
import { WEEKDAYS } from "../../../constructs/oversight/usual-hours";
import { type Alarm, CloudWatch } from "../../support/telemetry/cloudwatch";
import { claimsIn } from "../exchange/real-agent";
import { called, toolToken } from "../gateway/call";
import { gatewayFleet } from "../gateway/gateway-fleet";
import { GatewayWorld } from "../gateway/gateway-world";
import type { Check, Suite } from "../harness/suite";
import type { SpirePrograms } from "../spire/programs";
import type { Moto } from "../terraform/moto";
import { MetricLog } from "./metric-log";
import { monitored } from "./monitored";
import { RunningCollector } from "./running-collector";

export interface Needs {
  readonly program: Check<string>;
  readonly folder: Check<string>;
  readonly moto: Check<Moto>;
  readonly spire: Check<SpirePrograms>;
  readonly envoy: Check<string>;
}

const DAY_MILLISECONDS = 86_400_000;
/** More than the default of 50 */
const MANY = 51;
/** Four fifths of what a run may write, which is the default of when a budget is near its end */
const NOTES = 16;

/** Each alarm of an agent, after what it is about happened to real processes, by what a real collector has written for CloudWatch */
export function processChecks(suite: Suite, { program, folder, moto, spire, envoy }: Needs): void {
  const measured = suite.check(
    "exchange and authorizer run with the collector, and everything that is alarmed on happens to them",
    [program, folder, moto, spire, envoy],
    async ([collector, at, { url: aws }, spirePrograms, envoyAt]) => {
      const { alarms, config } = monitored(gatewayFleet(443), {
        agents: ["clerk", "payer", "other"],
        expected: { clerk: 1, other: 1 },
        usualHours: { "clerk.work": notToday(), "payer.browse": today() },
      });
      const running = await RunningCollector.start(suite, { program: collector, config, folder: at, aws });
      const world = await GatewayWorld.start(suite, spirePrograms, envoyAt, {
        collector: running.address,
        audit: true,
      });
      await everythingHappens(world);
      // They send what they have measured by then, and so does the collector.
      await world.exchange.stop();
      await world.authorizer.stop();
      await running.stop();
      const cloudWatch = new CloudWatch();
      const documents = await new MetricLog(aws, facts.aws.region, `/ambit/${facts.name}/metrics`).documents();
      cloudWatch.read(documents);
      return { alarms, cloudWatch, times: documents.map(({ _aws }) => Math.floor(_aws.Timestamp / 1_000) + 1) };
    },
  );

  for (const [end, state, what] of CASES) {
    suite.check(`${end} is in ${state} after ${what}`, [measured], ([{ alarms, cloudWatch, times }]) => {
      const alarm = alarms.find(({ alarm_name: name }) => name === `ambit-${facts.name}-${end}`);
      ok(alarm !== undefined, "there is no such alarm");
      equal(highestState(cloudWatch, alarm, times), state);
    });
  }

  suite.check("the exchange's own metrics arrive", [measured], ([{ alarms, cloudWatch }]) => {
    for (const end of ["audit-age", "audit-records"]) {
      const alarm = alarms.find(({ alarm_name: name }) => name.endsWith(end));
      ok(alarm !== undefined && cloudWatch.hasSeriesOf(alarm), `nothing was measured for ${end}`);
    }
    ok(cloudWatch.names().has("http.server.request.duration"));
  });
}

const CASES: readonly (readonly [end: string, state: "ALARM" | "OK", what: string])[] = [
  ["clerk-refusals", "ALARM", `${MANY} calls that no task has`],
  ["payer-refusals", "OK", "some refusals"],
  ["payer-replays", "ALARM", "an approval that is not of its run is shown"],
  ["clerk-replays", "OK", "no approval is shown"],
  ["other-revoked", "ALARM", "a call of a run that was stopped"],
  ["clerk-revoked", "OK", "nothing of it was stopped"],
  ["payer-budget", "OK", "a refund of 500 out of 1,000"],
  ["clerk-budget", "ALARM", `${NOTES} notes of 20`],
  ["clerk-silent", "OK", "a token was given to it"],
  ["clerk-work-hours", "ALARM", "a token of today, where today is not usual"],
  ["nothing-measured", "OK", "an exchange that told of itself"],
  ["payer-browse-hours", "OK", "a token of today, where today is usual"],
];

async function everythingHappens(at: GatewayWorld): Promise<void> {
  const work = await toolToken(at, "clerk", "work", "crm");
  const note = { method: "POST", path: "/tools/crm/notes", headers: JSON_TYPE, body: '{"text":"x"}', token: work };
  for (let count = 0; count < NOTES; count += 1) await allowed(called(at, at.as("clerk"), note));
  for (let count = 0; count < MANY; count += 1)
    await refused(called(at, at.as("clerk"), { path: "/tools/crm/admin", token: work }), "call.unrecognised");

  await toolToken(at, "payer", "browse", "web");
  const pay = await toolToken(at, "payer", "pay", "till", { user: "bea" });
  await allowed(called(at, at.as("payer"), refund(pay, "1")));
  const settle = await toolToken(at, "payer", "settle", "till", { user: "cid" });
  await refused(called(at, at.as("payer"), refund(settle, "3")), "approval.required");
  const shown = { "authzen-approval": JSON.stringify({ id: `apr_${"A".repeat(43)}` }) };
  await refused(called(at, at.as("payer"), refund(settle, "3", shown)), "approval.unverifiable");

  const post = await toolToken(at, "other", "post", "board");
  await at.stop({ kind: "run", id: claimsIn(post).run as string });
  const posted = { method: "POST", path: "/tools/board/posts", headers: JSON_TYPE, body: '{"text":"x"}', token: post };
  await refused(called(at, at.as("other"), posted), "run.revoked");
}

const JSON_TYPE = { "content-type": "application/json" };

function refund(token: string, order: string, headers: Readonly<Record<string, string>> = {}) {
  const path = `/tools/till/refunds/${order}`;
  return { method: "POST", path, headers: { ...JSON_TYPE, ...headers }, body: '{"amount":500}', token };
}

type Answer = ReturnType<typeof called>;

async function allowed(answer: Answer): Promise<void> {
  const { status, text } = await answer;
  equal(status, 200, text);
}

async function refused(answer: Answer, code: string): Promise<void> {
  const { codes, text } = await answer;
  equal(codes, [code], text);
}

/** All of a week but today, yesterday and tomorrow, whenever midnight is */
function notToday() {
  const days = [2, 3, 4, 5].map((ahead) => weekday(ahead));
  return { from: 0, to: 24, days };
}

function today() {
  return { from: 0, to: 24, days: [-1, 0, 1].map((ahead) => weekday(ahead)) };
}

function weekday(ahead: number) {
  const day = new Date(Date.now() + ahead * DAY_MILLISECONDS).getUTCDay() || 7;
  return WEEKDAYS[day - 1] as (typeof WEEKDAYS)[number];
}

/**
 * In alarm, where it was at any time: on a busy machine a period is over before the last measure. That it is not missed is looked at in the end.
 *
 * @param times seconds since the epoch, behind each measure
 */
function highestState(cloudWatch: CloudWatch, alarm: Alarm, times: readonly number[]): "ALARM" | "OK" {
  const looks = alarm.treat_missing_data === "breaching" ? [Math.max(...times)] : times;
  return looks.some((now) => cloudWatch.stateOf(alarm, now) === "ALARM") ? "ALARM" : "OK";
}
