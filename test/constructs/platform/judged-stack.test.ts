import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "../../../constructs";
import { acknowledge } from "../../../constructs/guardrails";
import { AmbitStack } from "../../../constructs/platform/ambit-stack";
import { synthesized, testApp } from "../../support/app";
import { refusal } from "../../support/domain";
import { platformWith } from "../../support/synth";

class AnyStack extends AmbitStack {
  constructor(...props: ConstructorParameters<typeof AmbitStack>) {
    super(...props);
    this.useAws();
  }
}

function ambitStack(app: App, id = "own"): AmbitStack {
  return new AnyStack(app, id, { platform: platformWith(), fleet: Fleet.of() });
}

/** A stack of cdktf alone, with a policy that allows these actions */
function plainStack(
  scope: Construct,
  action: string,
): { readonly stack: TerraformStack; readonly policy: IamRolePolicy } {
  const stack = new TerraformStack(scope, "plain");
  new LocalBackend(stack, { path: "../../../terraform.plain.tfstate" });
  new AwsProvider(stack, "aws", { region: "eu-central-1", allowedAccountIds: ["111122223333"] });
  const Statement = [{ Effect: "Allow", Action: action, Resource: "arn:aws:s3:::acme-exports/a" }];
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  return { stack, policy: new IamRolePolicy(stack, "Policy", { role: "exporter", policy }) };
}

function written(app: App): boolean {
  return synthesized(app, (outdir) => existsSync(join(outdir, "stacks/plain/cdk.tf.json")));
}

const FINDING = "AMBIT-IAM-ACTION-WILDCARD[Action::s3:*]";

/** @returns the hash that the refusal tells */
function refusedIn(app: App): string {
  const { code, message } = refusal(() => written(app));
  expect(code).toBe("guardrail.violated");
  expect(message).toContain('stack "plain": guardrails refuse it for 1 reason');
  expect(message).toContain(`${FINDING} at aws_iam_role_policy.Policy`);
  return /with hash "(\w+)"/.exec(message)?.[1] as string;
}

test("a stack of cdktf alone is written beside Ambit's, where guardrails find nothing", () => {
  const app = testApp();
  ambitStack(app);
  plainStack(app, "s3:GetObject");
  expect(written(app)).toBe(true);
});

test("fails when a stack of cdktf alone, beside Ambit's, has a finding", () => {
  const app = testApp();
  ambitStack(app);
  plainStack(app, "s3:*");
  refusedIn(app);
});

test("fails when it was made before Ambit's stack", () => {
  const app = testApp();
  plainStack(app, "s3:*");
  ambitStack(app);
  refusedIn(app);
});

test("fails when it stands in a construct of the app, which the community's fork of cdktf itself refuses", () => {
  const app = testApp();
  ambitStack(app);
  plainStack(new Construct(app, "Part"), "s3:*");
  expect(() => written(app)).toThrow(
    /AMBIT-IAM-ACTION-WILDCARD\[Action::s3:\*\]|constructs outside of a TerraformStack/,
  );
});

test("fails when the app skips validations", () => {
  const app = new App({ outdir: testApp().outdir, skipValidation: true });
  ambitStack(app);
  plainStack(app, "s3:*");
  refusedIn(app);
});

test("fails when it is added between two syntheses", () => {
  const app = testApp();
  ambitStack(app);
  expect(written(app)).toBe(false);
  plainStack(app, "s3:*");
  refusedIn(app);
  refusedIn(app);
});

test("what is acknowledged in it counts, until its day", () => {
  const given = (expires: string, hash: string): App => {
    const app = testApp();
    ambitStack(app);
    const { policy } = plainStack(app, "s3:*");
    acknowledge(policy, {
      finding: FINDING,
      hash,
      reason: "the vendor lists no actions",
      owner: "a@acme.example",
      expires,
    });
    return app;
  };
  const app = testApp();
  ambitStack(app);
  plainStack(app, "s3:*");
  const hash = refusedIn(app);
  expect(written(given("2027-06-30", hash))).toBe(true);
  expect(refusal(() => written(given("2026-11-30", hash))).message).toContain("counts for nothing: its day has come");
});

describe("HCL", () => {
  beforeEach(() => (process.env["SYNTH_HCL_OUTPUT"] = "true"));
  afterEach(() => delete process.env["SYNTH_HCL_OUTPUT"]);

  const refused = (stack: string): string =>
    `stack "${stack}": guardrails judge Terraform JSON alone: unset SYNTH_HCL_OUTPUT, and write no HCL`;

  test("fails when Ambit's stack is written as HCL, which no guardrail reads", () => {
    const app = testApp();
    ambitStack(app);
    expect(refusal(() => written(app)).message).toBe(refused("own"));
  });

  test("fails when a stack of cdktf alone, beside Ambit's, is written as HCL", () => {
    const app = testApp();
    plainStack(app, "s3:GetObject");
    ambitStack(app);
    expect(refusal(() => written(app)).message).toBe(refused("plain"));
  });
});
