import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, LocalBackend, TerraformStack } from "cdktf";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fleet, fixedClock } from "../../../constructs";
import { acknowledge } from "../../../constructs/guardrails";
import { AmbitStack, guardStacks } from "../../../constructs/platform";
import { synthesized, testApp } from "../../support/app";
import { refusal } from "../../support/domain";
import { platformWith } from "../../support/synth";

/** A stack of cdktf alone, with a policy that allows this action */
function plainStack(app: App, name: string, action: string): IamRolePolicy {
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
  new AwsProvider(stack, "aws", { region: "eu-central-1", allowedAccountIds: ["111122223333"] });
  const Statement = [{ Effect: "Allow", Action: action, Resource: "arn:aws:s3:::acme-exports/a" }];
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  return new IamRolePolicy(stack, "Policy", { role: "exporter", policy });
}

function written(app: App, ...stacks: readonly string[]): boolean {
  return synthesized(app, (outdir) => stacks.every((name) => existsSync(join(outdir, `stacks/${name}/cdk.tf.json`))));
}

const FINDING = "AMBIT-IAM-ACTION-WILDCARD[Action::s3:*]";

test("an app of plain stacks is written where guardrails find nothing", () => {
  const app = testApp();
  guardStacks(app);
  plainStack(app, "one", "s3:GetObject");
  plainStack(app, "two", "s3:PutObject");
  expect(written(app, "one", "two")).toBe(true);
});

test.each<[string, (app: App) => void]>([
  ["before", (app) => (plainStack(app, "one", "s3:*"), guardStacks(app))],
  ["after", (app) => (guardStacks(app), plainStack(app, "one", "s3:*"))],
  ["twice, before", (app) => (plainStack(app, "one", "s3:*"), guardStacks(app), guardStacks(app))],
])("fails when a stack that was made has a finding: guarded %s", (_, build) => {
  const app = testApp();
  build(app);
  const { code, message } = refusal(() => written(app));
  expect(code).toBe("guardrail.violated");
  expect(message).toContain('stack "one": guardrails refuse it for 1 reason');
  expect(message).toContain(`${FINDING} at aws_iam_role_policy.Policy`);
});

const END = "2026-11-30";

/** The stack, with its finding acknowledged until a day */
function acknowledged(app: App): void {
  const judged = testApp();
  plainStack(judged, "one", "s3:*");
  guardStacks(judged);
  const [, hash = ""] = /with hash "(\w+)"/.exec(refusal(() => written(judged)).message) ?? [];
  const [reason, owner] = ["the vendor lists no actions", "a@acme.example"];
  acknowledge(plainStack(app, "one", "s3:*"), { finding: FINDING, hash, reason, owner, expires: END });
}

test("what is acknowledged counts until its day, by the clock that is given", () => {
  const given = (today: string): App => {
    const app = testApp();
    guardStacks(app, { clock: fixedClock(today) });
    acknowledged(app);
    return app;
  };
  expect(written(given("2026-11-29"), "one")).toBe(true);
  expect(refusal(() => written(given(END))).message).toContain("counts for nothing: its day has come");
});

test("fails when a guarded stack is written as HCL, which no guardrail reads", () => {
  process.env["SYNTH_HCL_OUTPUT"] = "true";
  try {
    const app = testApp();
    guardStacks(app);
    plainStack(app, "one", "s3:GetObject");
    expect(refusal(() => written(app)).message).toContain("guardrails judge Terraform JSON alone");
  } finally {
    delete process.env["SYNTH_HCL_OUTPUT"];
  }
});

test("an app with a stack of Ambit is judged by its platform, whose clock counts", () => {
  class AnyStack extends AmbitStack {}
  const app = testApp();
  guardStacks(app, { clock: fixedClock("2026-11-29") });
  new AnyStack(app, "own", { platform: platformWith(), fleet: Fleet.of() });
  acknowledged(app);
  expect(refusal(() => written(app)).message).toContain("counts for nothing: its day has come");
});
