import { judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { CLOCK } from "../../support/synth";

/** Blocks whose texts are judged by no rule, and may hold a secret */
const BLOCKS: readonly (readonly [string, (secret: string) => BlockBody])[] = [
  [
    "AMBIT-STATE-PROVISIONER[local-exec]",
    (secret) => ({ null_resource: { one: { provisioner: [{ "local-exec": { command: `login --key ${secret}` } }] } } }),
  ],
  [
    "AMBIT-STATE-PROVISIONER[remote-exec]",
    (secret) => ({ null_resource: { one: { provisioner: { "remote-exec": { inline: [`login --key ${secret}`] } } } } }),
  ],
  [
    "AMBIT-STATE-HIDDEN-RESOURCE[aws_cloudformation_stack]",
    (secret) => ({ aws_cloudformation_stack: { one: { template_body: `{"Key":"${secret}"}` } } }),
  ],
  [
    "AMBIT-STATE-HIDDEN-RESOURCE[helm_release.postrender]",
    (secret) => ({ helm_release: { one: { postrender: { binary_path: "./login", args: [secret] } } } }),
  ],
  [
    "AMBIT-STATE-INVOCATION[aws_lambda_invocation]",
    (secret) => ({ aws_lambda_invocation: { one: { function_name: "login", input: `{"key":"${secret}"}` } } }),
  ],
  [
    "AMBIT-STATE-LOCAL-FILE[local_sensitive_file]",
    (secret) => ({ local_sensitive_file: { one: { filename: "key", content: secret } } }),
  ],
];

test.each(BLOCKS)("%s is told by a digest: another text is another finding, and neither is printed", (id, resource) => {
  const [first, second] = ["hunter2", "hunter3"].map((secret) => {
    const stack = StackJson.of("test", { resource: resource(secret) } as BlockBody);
    const found = judgeStack(stack, { rules: RULES, now: CLOCK.now() }).refused.find((each) => each.id === id);
    expect(found?.evidence).toMatch(/^[0-9a-f]{32}$/);
    return found?.hash;
  });
  expect(first).not.toBe(second);
});
