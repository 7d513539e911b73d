import { createHash } from "node:crypto";
import { digestOf } from "../../../constructs/guardrails/finding";
import { judgeStack } from "../../../constructs/guardrails/judge";
import { withoutRelease } from "../../../constructs/guardrails/private/normal";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { sortedKeys } from "../../../domain/json";
import type { Json } from "../../../domain";
import { CLOCK } from "../../support/synth";

/** As a guesser would work it out, who knows all but the secret */
function plainDigest(value: Json): string {
  return createHash("sha256").update(JSON.stringify(value, sortedKeys)).digest("hex").slice(0, 32);
}

const WITH_SECRETS: readonly (readonly [string, Json])[] = [
  ["a password by its name", { db_password: "hunter2" }],
  ["a number by its name", { db_password: 12345678 }],
  ["a variable of a container", { environment: [{ name: "API_TOKEN", value: "hunter2" }] }],
  ["a token by its shape", ["ghp_000000000000000000000000000000000000"]],
  ["a script that assigns one", { startup_script: "export PASSWORD=hunter22" }],
  ["user data, which may be encoded", { user_data_base64: "cGFzc3dvcmQ=" }],
  ["a value of a Secret", { kind: "Secret", data: { a: "aHVudGVyMg==" } }],
  ["a parameter", ["resource", "aws_ssm_parameter", { name: "a", value: "hunter2" }]],
  ["a Secret of the provider", ["resource", "kubernetes_secret_v1", { data: { a: "hunter2" } }]],
  ["a value that a chart hides", { set_sensitive: [{ name: "x", value: "hunter2" }] }],
];

test.each(WITH_SECRETS)("the digest of %s takes long to guess, and is another one for another secret", (_, value) => {
  const other = JSON.parse(
    JSON.stringify(value).replace(/hunter2|12345678|0{36}|cGFzc3dvcmQ=|aHVudGVyMg==/g, (found) =>
      found.replace(/.$/, "9"),
    ),
  ) as Json;
  expect(other).not.toEqual(value);
  expect(digestOf(value)).not.toBe(plainDigest(value));
  expect(digestOf(value)).toBe(digestOf(value));
  expect(digestOf(other)).not.toBe(digestOf(value));
});

test("two secrets that change places are another value", () => {
  expect(digestOf({ a_password: "one-secret", b_password: "two-secret" })).not.toBe(
    digestOf({ a_password: "two-secret", b_password: "one-secret" }),
  );
});

test.each<readonly [string, Json]>([
  ["a setting", { acl: "public-read" }],
  ["the place of a secret", { secret_arn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a" }],
  ["a reference", { password: "${random_password.a.result}" }],
])("the digest of %s is a plain one", (_, value) => expect(digestOf(value)).toBe(plainDigest(value)));

const A = `@sha256:${"a".repeat(64)}`;
test.each([
  [`acme.example/falco:1.0${A}`, "acme.example/falco"],
  [`acme.example:5000/falco${A}`, "acme.example:5000/falco"],
  ["acme.example:5000/falco", "acme.example:5000/falco"],
  ["falco:latest", "falco"],
  ["${var.registry}/falco:1.0", "${var.registry}/falco"],
  ["${var.image}:1.0", "${var.image}"],
  ['${var.is_test ? "good:1" : "evil:1"}', '${var.is_test ? "good:1" : "evil:1"}'],
  ['${var.is_test ? "good" : "evil"}', '${var.is_test ? "good" : "evil"}'],
  ["falco:${var.version}", "falco:${var.version}"],
  ["falco@sha256:abc", "falco@sha256:abc"],
])("the repository of %s is %s", (image, repository) => expect(withoutRelease(image)).toBe(repository));

/** The hash of the one finding that a rule has in a stack */
function hashIn(json: BlockBody | readonly BlockBody[], rule = "AMBIT-IAM-ACTION-WILDCARD", name = "test"): string {
  const rules = RULES.filter(({ id }) => id === rule);
  const { refused } = judgeStack(StackJson.of(name, json), { rules, now: CLOCK.now() });
  expect(refused).toHaveLength(1);
  return refused[0]?.hash ?? "";
}

const Statement = [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::a/*" }];
const policy = JSON.stringify({ Version: "2012-10-17", Statement });
const stack = (body: BlockBody): BlockBody => ({
  resource: { aws_iam_role_policy: { a: { role: "r", policy, ...body } as Json } },
});

test("a hash is the same with comments, in stacks of any name, and in a folder of several files", () => {
  const hash = hashIn(stack({}));
  const metadata = { path: "other/path", uniqueId: "a" };
  expect(hashIn(stack({ "//": { metadata, acknowledged: {} } }))).toBe(hash);
  expect(hashIn(stack({}), undefined, "production")).toBe(hash);
  expect(hashIn([{ terraform: { required_version: ">= 1.10" } }, stack({})])).toBe(hash);
});

test("a hash is the same in what HCL2JSON writes of the same block", () => {
  const document = (statement: Json): BlockBody => ({
    data: { aws_iam_policy_document: { d: { statement } } },
    resource: { aws_iam_role_policy: { a: { role: "r", policy: "${data.aws_iam_policy_document.d.json}" } } },
  });
  const statement = { actions: ["s3:*"], resources: ["arn:aws:s3:::a/*"] };
  const { data, resource } = document([statement]) as { data: never; resource: never };
  const asList = (labels: Readonly<Record<string, Readonly<Record<string, Json>>>>): Json =>
    Object.fromEntries(
      Object.entries(labels).map(([type, names]) => [
        type,
        Object.fromEntries(Object.entries(names).map(([name, body]) => [name, [body]])),
      ]),
    );
  expect(hashIn({ data: asList(data), resource: asList(resource) })).toBe(hashIn(document(statement)));
});
