import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, LocalBackend, TerraformStack } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "../../../constructs";
import { acknowledge } from "../../../constructs/guardrails";
import { ofRules } from "../../../constructs/guardrails/of-rules";
import { RULES } from "../../../constructs/guardrails/rules";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { AmbitStack, guardStacks } from "../../../constructs/platform";
import { lint } from "../../../governance/lint/lint";
import { synthesized, testApp } from "../../support/app";
import { refusal } from "../../support/domain";
import { CLOCK, platformWith } from "../../support/synth";

const ROLE = "arn:aws:iam::111122223333:role/worker";
const FINDING = "AMBIT-IDENTITY-SHARED-ROLE[worker]";

/** A stack of cdktf alone, with a function that has this role */
function withFunction(app: App, name: string, role = ROLE): LambdaFunction {
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
  new AwsProvider(stack, "aws", { region: "eu-central-1", allowedAccountIds: ["111122223333"] });
  return new LambdaFunction(stack, "Function", { functionName: name, role });
}

function guarded(build: (app: App) => void): App {
  const app = testApp();
  guardStacks(app, { clock: CLOCK });
  build(app);
  return app;
}

/** What a lint of the written stacks finds, with those that synth accepted */
function linted(app: App, names: readonly string[]): ReturnType<typeof lint> {
  return synthesized(app, (outdir) => {
    const stacks = names.map(
      (name) =>
        [name, [JSON.parse(readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")) as BlockBody]] as const,
    );
    return lint({ stacks: new Map(stacks), unread: [] }, RULES, CLOCK.now());
  });
}

function hashesIn(message: string): readonly string[] {
  return [...message.matchAll(/with hash "(\w+)"/g)].map(([, hash = ""]) => hash);
}

test("two stacks with a role each are written", () => {
  const app = guarded((made) => [withFunction(made, "one"), withFunction(made, "two", `${ROLE}-2`)]);
  expect(linted(app, ["one", "two"]).refused).toEqual([]);
});

test("fails when functions of two stacks have one role, once the last stack is rendered", () => {
  const app = guarded((made) => [withFunction(made, "one"), withFunction(made, "two")]);
  const { code, message } = refusal(() => linted(app, ["one", "two"]));
  expect(code).toBe("guardrail.violated");
  expect(message).toContain('stacks "one", "two": guardrails refuse it for 2 reasons');
  expect(message.split(`high ${FINDING} at aws_lambda_function.Function`)).toHaveLength(3);
});

test("fails when a stack beside one of Ambit has the role of its function", () => {
  const app = testApp();
  class OfAmbit extends AmbitStack {
    constructor() {
      super(app, "one", { platform: platformWith(), fleet: Fleet.of() });
      this.useAws();
      new LambdaFunction(this, "Function", { functionName: "one", role: ROLE });
    }
  }
  new OfAmbit();
  withFunction(app, "two");
  expect(refusal(() => linted(app, ["one", "two"])).message).toContain(FINDING);
});

describe("acknowledged at each of the two functions", () => {
  const names = ["one", "two"];
  const hashes = (): readonly string[] => {
    const shared = guarded((made) => names.map((name) => withFunction(made, name)));
    return hashesIn(refusal(() => linted(shared, names)).message);
  };

  function acknowledging(expires: string, more: readonly string[] = []): App {
    const known = hashes();
    return guarded((made) => {
      for (const [at, name] of names.entries())
        acknowledge(withFunction(made, name), {
          ...{ finding: FINDING, hash: known[at] ?? "", expires },
          ...{ reason: "two halves of one workload", owner: "a@acme.example" },
        });
      for (const name of more) withFunction(made, name);
    });
  }

  test("it is written, and a lint of what is written says the same", () => {
    const { isClean, acknowledged } = linted(acknowledging("2027-01-01"), names);
    expect([isClean, acknowledged.map(({ finding }) => finding.hash)]).toEqual([true, hashes()]);
  });

  test("fails when the day of the acknowledgements has come", () => {
    expect(refusal(() => linted(acknowledging("2026-11-30"), names)).message).toContain("its day has come");
  });

  test("fails when a third function gets the role", () => {
    const { message } = refusal(() => linted(acknowledging("2027-01-01", ["three"]), [...names, "three"]));
    expect(message).toContain("what it names has another value now");
  });
});

test("fails when an acknowledgement has no finding any more", () => {
  const app = guarded((made) =>
    acknowledge(withFunction(made, "one"), {
      ...{ finding: FINDING, hash: "0".repeat(32), expires: "2027-01-01" },
      ...{ reason: "two halves of one workload", owner: "a@acme.example" },
    }),
  );
  expect(refusal(() => linted(app, ["one"])).message).toContain("there is no such finding");
});

test("a second synth of an app judges it anew", () => {
  const app = guarded((made) => [withFunction(made, "one"), withFunction(made, "two")]);
  const first = refusal(() => linted(app, ["one", "two"])).message;
  expect(refusal(() => linted(app, ["one", "two"])).message).toBe(first);
});

test("of a judgement by some rules, acknowledgements of what others find count neither way", () => {
  const acknowledgement = { finding: FINDING, hash: "", reason: "", owner: "", expires: "2027-01-01" };
  const voided = { stack: "one", address: "x", acknowledgement, because: "unfounded" } as const;
  const judgement = { refused: [], acknowledged: [], void: [voided], malformed: [] };
  const shared = RULES.filter(({ id }) => id === "AMBIT-IDENTITY-SHARED-ROLE");
  const others = RULES.filter((rule) => !shared.includes(rule));
  expect(ofRules(judgement, shared).void).toEqual([voided]);
  expect(ofRules(judgement, others).void).toEqual([]);
  expect(ofRules(judgement, RULES).void).toEqual([voided]);
});
