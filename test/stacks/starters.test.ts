import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { fleet } from "../../fleet";
import { platform } from "../../fleet/platform";
import { StartersStack } from "../../stacks";
import { testApp } from "../support/app";
import { Template } from "../support/synth";

interface Code {
  readonly environment: { readonly variables: { readonly AMBIT_CONFIG_JSON: string } };
}

const code = { code: __filename };
const made = Template.of(
  new StartersStack(testApp(), "starters", { platform, fleet, starters: { merged: code, workdays: code } }),
);

test("the example's event and schedule start its agents at the listener for users", () => {
  expect(made.only(CloudwatchEventRule)).toMatchObject({ name: "ambit-prod-starter-merged", event_bus_name: "code" });
  expect(made.only(SchedulerSchedule)).toMatchObject({
    schedule_expression: "cron(0 7 ? * MON-FRI *)",
    schedule_expression_timezone: "Europe/Berlin",
  });
  const configs = (made.all(LambdaFunction) as unknown as readonly Code[]).map(
    ({ environment }) => JSON.parse(environment.variables.AMBIT_CONFIG_JSON) as Readonly<Record<string, unknown>>,
  );
  expect(configs).toEqual([
    expect.objectContaining({
      agent: "spiffe://prod.acme.example/ns/build/sa/release-scribe",
      address: "https://release-scribe.agents.acme.example/merged",
      start: "event",
      key: "alias/ambit/prod/starter/merged/1",
    }),
    expect.objectContaining({
      agent: "spiffe://prod.acme.example/ns/communications/sa/press-watcher",
      address: "https://press-watcher.agents.acme.example/summary",
      start: "schedule",
      body: { topics: ["Acme", "Acme recall"] },
    }),
  ]);
});
