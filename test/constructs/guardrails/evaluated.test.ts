import { judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import { CLOCK } from "../../support/synth";

/** What is found of the containers of a task whose definition is an expression, which a reader evaluates to this */
function found(containers: readonly object[]): readonly string[] {
  const json = {
    resource: { aws_ecs_task_definition: { one: { container_definitions: "${jsonencode(local.containers)}" } } },
  };
  const stack = StackJson.of("test", json, () => JSON.stringify(containers));
  const { refused } = judgeStack(stack, { rules: RULES, now: CLOCK.now() });
  return refused.map(({ id }) => id).filter((id) => id.startsWith("AMBIT-CREDENTIALS-"));
}

test("a task whose definition is evaluated has no secret where its containers have none", () => {
  expect(found([{ name: "app", environment: [{ name: "STAGE", value: "${var.stage}" }], command: ["run"] }])).toEqual(
    [],
  );
});

test("fails when a task whose definition is evaluated has a secret", () => {
  expect(found([{ name: "app", environment: [{ name: "DB_PASSWORD", value: "${var.password}" }] }])).toEqual([
    "AMBIT-CREDENTIALS-TASK-DEFINITION[app::DB_PASSWORD]",
  ]);
});

/** What is found of the environment of a job whose containers are an expression */
function foundOfJob(text: string | undefined): readonly string[] {
  const json = {
    resource: { aws_batch_job_definition: { one: { container_properties: "${jsonencode(local.one)}" } } },
  };
  const { refused } = judgeStack(
    StackJson.of("test", json, () => text),
    { rules: RULES, now: CLOCK.now() },
  );
  return refused.map(({ id }) => id).filter((id) => id.startsWith("AMBIT-CREDENTIALS-ENVIRONMENT"));
}

test("a job whose containers are evaluated is judged by what they are", () => {
  expect(foundOfJob('{"environment":[{"name":"STAGE","value":"prod"}]}')).toEqual([]);
});

test("fails when a job whose containers are evaluated has a secret, and when they are known at apply only", () => {
  expect(foundOfJob('{"environment":[{"name":"API_KEY","value":"abcdef1234567890"}]}')).toEqual([
    "AMBIT-CREDENTIALS-ENVIRONMENT[API_KEY]",
  ]);
  for (const text of [undefined, "{", "${jsonencode(local.two)}"])
    expect(foundOfJob(text)).toEqual(["AMBIT-CREDENTIALS-ENVIRONMENT[undecided::container_properties]"]);
});

test("fails when a key of an evaluated policy is known at apply only, and tells how to write it", () => {
  const json = { resource: { aws_iam_role: { one: { assume_role_policy: "${jsonencode(local.trust)}" } } } };
  const Condition = { StringEquals: "${object [[ root/module.eks.oidc_provider bf943d72 #c85ebe65}" };
  const Statement = [{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: "*", Condition }];
  const stack = StackJson.of("test", json, () => JSON.stringify({ Version: "2012-10-17", Statement }));
  const { refused } = judgeStack(stack, { rules: RULES, now: CLOCK.now() });
  const unread = refused.find(({ id }) => id === "AMBIT-IAM-POLICY-UNREADABLE[undecided::assume_role_policy]");
  expect((unread?.evidence as readonly unknown[])[0]).toBe(
    "assume_role_policy cannot be read: a key is known at apply only: write it as a data source aws_iam_policy_document, whose condition takes such a variable",
  );
});
