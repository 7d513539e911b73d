import { isAgentRole, roleOf } from "../../../constructs/guardrails/agent-roles";
import { attachedTo } from "../../../constructs/guardrails/attached";
import { StackJson } from "../../../constructs/guardrails/stack";

const stack = StackJson.of("test", {
  resource: {
    aws_s3_bucket: { logs: { bucket: "acme-logs" }, other: {} },
    aws_s3_bucket_policy: {
      a: { bucket: "${aws_s3_bucket.logs.id}" },
      b: { bucket: "acme-logs" },
      c: { bucket: "${aws_s3_bucket.other[count.index].bucket}" },
      d: { bucket: "${var.bucket}" },
    },
    aws_iam_role: { named: { name: "worker" }, unnamed: {} },
  },
});

test.each([
  ["${aws_s3_bucket.logs.id}", "aws_s3_bucket.logs"],
  ["${aws_s3_bucket.logs[0].id}", "aws_s3_bucket.logs"],
  ['${aws_s3_bucket.logs["a"].id}', "aws_s3_bucket.logs"],
  ["${aws_s3_bucket.logs[each.key].id}", "aws_s3_bucket.logs"],
  ["${aws_s3_bucket.gone.id}", undefined],
  ["x-${aws_s3_bucket.logs.id}", undefined],
  ["${aws_s3_bucket.logs.id}${aws_s3_bucket.other.id}", undefined],
])("%s refers to %s", (text, address) => expect(stack.referred(text)?.block.address).toBe(address));

test("what belongs to a block names it by a reference or by its name", () => {
  const names = (address: string): readonly string[] =>
    attachedTo(stack.at(address)!, stack, "aws_s3_bucket_policy", "bucket").map(({ name }) => name);
  expect([names("aws_s3_bucket.logs"), names("aws_s3_bucket.other")]).toEqual([["a", "b"], ["c"]]);
});

test.each([
  ["${aws_iam_role.named.arn}", "worker"],
  ["worker", "worker"],
  ["arn:aws:iam::111122223333:role/app/worker", "worker"],
  ["${aws_iam_role.unnamed.name}", "aws_iam_role.unnamed"],
  ["", undefined],
  [null, undefined],
])("%s names the role %s", (value, role) => expect(roleOf(value, stack)).toBe(role));

test.each([
  [{ tags: { "ambit.internal/agent": "a" } }, true],
  [{ path: "/ambit/agents/prod/" }, true],
  [{ path: "/app/ambit/agents/" }, false],
  [{ tags: "${local.tags}" }, false],
])("a role with %j is an agent's: %s", (body, expected) => {
  const role = StackJson.of("test", { resource: { aws_iam_role: { one: body } } }).at("aws_iam_role.one")!;
  expect(isAgentRole(role)).toBe(expected);
});
