import { deepStrictEqual as equal, match } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleet } from "../../../fleet";
import { facts } from "../../../fleet/platform";
import { ATTRIBUTES, METRICS } from "../../../domain/telemetry-names";
import { OtlpTelemetry } from "../../../runtime/telemetry/otlp-telemetry";
import type { Facts } from "../../../runtime/telemetry/telemetry";
import { CloudWatch } from "../../support/telemetry/cloudwatch";
import { envoyProgram } from "../gateway/envoy-program";
import { run, succeed } from "../harness/process";
import type { Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { motoPython, startMoto } from "../terraform/moto";
import { collectorProgram } from "./collector-program";
import { deployedChecks } from "./deployed-checks";
import { MetricLog } from "./metric-log";
import { monitored } from "./monitored";
import { processChecks } from "./process-checks";
import { tracingChecks } from "./tracing-checks";
import { RunningCollector } from "./running-collector";

const REGION = facts.aws.region;
const GROUP = `/ambit/${facts.name}/metrics`;

/** A real collector between the platform's parts and CloudWatch, configured as `AgentMonitoring` renders it */
export function monitoringSuite(suite: Suite): void {
  const program = suite.check("the collector is built", [], () => collectorProgram());
  const folder = suite.check("there is a folder", [], () => {
    const made = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(made, { recursive: true, force: true }));
    return made;
  });
  const moto = suite.check("moto answers", [], async () => {
    const started = await startMoto(await motoPython(), facts.aws.account);
    suite.afterwards(() => started.stop());
    return started;
  });

  suite.check("the collector takes the configuration as it is rendered", [program, folder], async ([collector, at]) => {
    const { config } = monitored(fleet, {});
    const file = join(at, "rendered.yaml");
    writeFileSync(file, JSON.stringify(config, undefined, 2));
    await succeed(collector, ["validate", "--config", file]);
    writeFileSync(file, JSON.stringify({ ...config, exporters: { awsemf: { name_space: "Ambit" } } }));
    const { code, stderr } = await run(collector, ["validate", "--config", file]);
    equal(code, 1);
    match(stderr, /name_space/);
  });

  suite.check(
    "each metric that an alarm or a dashboard watches comes out under its name, its dimensions and a unit of CloudWatch",
    [program, folder, moto],
    async ([collector, at, { url: aws }]) => {
      const { alarms, config } = monitored(fleet, everyAlarm());
      const running = await RunningCollector.start(suite, { program: collector, config, folder: at, aws });
      const telemetry = new OtlpTelemetry({
        collector: running.address,
        service: "ambit-test",
        log: () => undefined,
      });
      measureAll(telemetry);
      await telemetry.close();
      await running.stop();
      const cloudWatch = new CloudWatch();
      cloudWatch.read(await new MetricLog(aws, REGION, GROUP).documents());
      const unseen = alarms.filter((alarm) => !cloudWatch.hasSeriesOf(alarm)).map(({ alarm_name: name }) => name);
      equal(unseen, []);
      const all = Object.values(METRICS).filter(({ name }) => !cloudWatch.names().has(name));
      equal(all, []);
    },
  );

  deployedChecks(suite, { program, folder, moto });

  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  tracingChecks(suite, folder, envoy);
  processChecks(suite, { program, folder, moto, spire, envoy });
}

/** Of each agent each alarm that there is, and of each task */
function everyAlarm() {
  const tasks = fleet.agents.flatMap(({ name, tasks: all }) => [...all.keys()].map((task) => `${name}.${task}`));
  return {
    expected: Object.fromEntries(fleet.agents.map(({ name }) => [name, 24])),
    usualHours: Object.fromEntries(tasks.map((task) => [task, { from: 8, to: 18 }])),
  };
}

/** Each metric once, with the attributes that our parts give it */
function measureAll(telemetry: OtlpTelemetry): void {
  for (const { name: agent, tasks } of fleet.agents) {
    for (const task of tasks.keys()) {
      const whose: Facts = { [ATTRIBUTES.agent]: agent, [ATTRIBUTES.task]: task };
      const what: Facts = { ...whose, [ATTRIBUTES.tool]: "payments", [ATTRIBUTES.action]: "refund" };
      telemetry.count(METRICS.grants, { ...whose, [ATTRIBUTES.act]: "token.issued" });
      telemetry.count(METRICS.calls, { ...what, [ATTRIBUTES.outcome]: "succeeded" });
      telemetry.count(METRICS.refusals, { ...what, [ATTRIBUTES.reason]: "budget.spent" });
      telemetry.count(METRICS.approvalReplays, whose);
      telemetry.count(METRICS.usesAfterRevocation, whose);
      telemetry.measure(METRICS.budgetUse, 0.5, whose);
      telemetry.measure(METRICS.toolDuration, 0.1, what);
      telemetry.measure(METRICS.mcpDuration, 0.1, what);
    }
  }
  telemetry.measure(METRICS.httpDuration, 0.1, { [ATTRIBUTES.httpMethod]: "POST", [ATTRIBUTES.httpRoute]: "/token" });
  for (const gauge of [METRICS.auditBacklogAge, METRICS.auditBacklogRecords, METRICS.auditWitnessAge])
    telemetry.measure(gauge, 1);
  telemetry.count(METRICS.dropped, { [ATTRIBUTES.signal]: "traces" });
}
