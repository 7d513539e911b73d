import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fleet } from "../../fleet";
import { platform } from "../../fleet/platform";
import { StartersStack, type StartersStackProps } from "../../stacks";
import { testApp } from "../support/app";
import { fails } from "../support/domain";
import { Template } from "../support/synth";

interface Code {
  readonly environment: { readonly variables: { readonly AMBIT_CONFIG_JSON: string } };
}

const starters = (choices: Partial<StartersStackProps>) =>
  Template.of(new StartersStack(testApp(), "starters", { platform, fleet, ...choices }));
const made = starters({ code: __filename });
const digestOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("base64");

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

test("one path of code is for all starters, and that of a starter goes before it", () => {
  const other = join(__dirname, "images.test.ts");
  const codes = starters({ code: __filename, starters: { merged: { code: other } } }).all(LambdaFunction);
  expect(codes.map(({ source_code_hash }) => source_code_hash)).toEqual([digestOf(other), digestOf(__filename)]);
});

fails(
  "there is no code at the path",
  () => starters({ code: "none.zip" }),
  "starter.malformed",
  'starter "merged": the function\'s code must be at none.zip, got nothing: name the archive that npm run bundles makes',
);
