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
