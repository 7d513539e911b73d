import { readEstate } from "../../../review/read/estate";
import type { Json } from "../../../review/read/json";
import { estateOf, type Files, inFolder } from "../../support/review/folders";

const json = (value: unknown): string => JSON.stringify(value);

const ACCOUNT = "111122223333";
const AWS = { region: "eu-west-1", allowed_account_ids: [ACCOUNT] };

/** The value of an expression in a stack of some resources */
function valueOf(expression: unknown, rest: Readonly<Record<string, unknown>> = {}): Json {
  const { provider = { aws: AWS }, resource = {}, ...more } = rest as Readonly<Record<string, object>>;
  const file = { provider, resource: { ...resource, probe: { it: { value: expression } } }, ...more };
  return estateOf({ "a.tf.json": json(file) }).at("root/probe.it")?.values["value"] as Json;
}

const ARNS: readonly (readonly [type: string, body: Readonly<Record<string, unknown>>, arn: string, id: string])[] = [
  ["aws_cloudwatch_event_bus", { name: "b" }, "arn:aws:events:eu-west-1:111122223333:event-bus/b", "b"],
  ["aws_cloudwatch_log_group", { name: "/x/y" }, "arn:aws:logs:eu-west-1:111122223333:log-group:/x/y", "/x/y"],
  ["aws_dynamodb_table", { name: "t" }, "arn:aws:dynamodb:eu-west-1:111122223333:table/t", "t"],
  ["aws_ecr_repository", { name: "a/b" }, "arn:aws:ecr:eu-west-1:111122223333:repository/a/b", "a/b"],
  ["aws_ecs_cluster", { name: "c" }, "arn:aws:ecs:eu-west-1:111122223333:cluster/c", "<arn>"],
  ["aws_eks_cluster", { name: "c" }, "arn:aws:eks:eu-west-1:111122223333:cluster/c", "c"],
  ["aws_iam_group", { name: "g" }, "arn:aws:iam::111122223333:group/g", "g"],
  ["aws_iam_instance_profile", { name: "p" }, "arn:aws:iam::111122223333:instance-profile/p", "p"],
  [
    "aws_iam_openid_connect_provider",
    { url: "https://oidc.acme.example/x" },
    "arn:aws:iam::111122223333:oidc-provider/oidc.acme.example/x",
    "<arn>",
  ],
  ["aws_iam_policy", { name: "p", path: "/a/b/" }, "arn:aws:iam::111122223333:policy/a/b/p", "<arn>"],
  ["aws_iam_role", { name: "r", path: "/a/" }, "arn:aws:iam::111122223333:role/a/r", "r"],
  ["aws_iam_role", { name: "r", path: null }, "arn:aws:iam::111122223333:role/r", "r"],
  ["aws_iam_saml_provider", { name: "s" }, "arn:aws:iam::111122223333:saml-provider/s", "<arn>"],
  ["aws_iam_user", { name: "u" }, "arn:aws:iam::111122223333:user/u", "u"],
  ["aws_kinesis_stream", { name: "s" }, "arn:aws:kinesis:eu-west-1:111122223333:stream/s", "<arn>"],
  ["aws_kms_alias", { name: "alias/k" }, "arn:aws:kms:eu-west-1:111122223333:alias/k", "alias/k"],
  ["aws_lambda_function", { function_name: "f" }, "arn:aws:lambda:eu-west-1:111122223333:function:f", "f"],
  ["aws_s3_bucket", { bucket: "kb" }, "arn:aws:s3:::kb", "kb"],
  ["aws_sfn_state_machine", { name: "m" }, "arn:aws:states:eu-west-1:111122223333:stateMachine:m", "<arn>"],
  ["aws_sns_topic", { name: "t" }, "arn:aws:sns:eu-west-1:111122223333:t", "<arn>"],
  ["aws_sqs_queue", { name: "q" }, "arn:aws:sqs:eu-west-1:111122223333:q", "${root/aws_sqs_queue.x.id}"],
  ["aws_ssm_parameter", { name: "/a/b" }, "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b", "/a/b"],
  ["aws_ssm_parameter", { name: "a" }, "arn:aws:ssm:eu-west-1:111122223333:parameter/a", "a"],
  [
    "aws_secretsmanager_secret",
    { name: "s" },
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-${root/aws_secretsmanager_secret.x.suffix}",
    "<arn>",
  ],
  // A region of its own, as AWS provider 6 has it; IAM has none.
  [
    "aws_sqs_queue",
    { name: "q", region: "us-east-1" },
    "arn:aws:sqs:us-east-1:111122223333:q",
    "${root/aws_sqs_queue.x.id}",
  ],
  ["aws_iam_role", { name: "r", region: "cn-north-1" }, "arn:aws:iam::111122223333:role/r", "r"],
];

test.each(ARNS)("the ARN of %s follows from %j", (type, body, arn, id) => {
  const resource = { [type]: { x: body } };
  expect(valueOf(`\${${type}.x.arn}`, { resource })).toBe(arn);
  expect(valueOf(`\${${type}.x.id}`, { resource })).toBe(id === "<arn>" ? arn : id);
});

const ROLE = { resource: { aws_iam_role: { r: { name: "r" } } } };

const PROVIDERS: readonly (readonly [what: string, provider: unknown, arn: string])[] = [
  ["no provider", {}, "arn:${aws.partition}:iam::${aws.account_id}:role/r"],
  ["a region only", { aws: { region: "eu-west-1" } }, "arn:aws:iam::${aws.account_id}:role/r"],
  ["a region of China", { aws: [{ region: "cn-north-1" }] }, "arn:aws-cn:iam::${aws.account_id}:role/r"],
  [
    "a region for the government",
    { aws: [{ region: "us-gov-west-1" }] },
    "arn:aws-us-gov:iam::${aws.account_id}:role/r",
  ],
  [
    "two accounts",
    { aws: { region: "eu-west-1", allowed_account_ids: ["1", "2"] } },
    "arn:aws:iam::${aws.account_id #",
  ],
  [
    "a role to assume",
    { aws: { region: "eu-west-1", assume_role: { role_arn: "x" } } },
    "arn:aws:iam::${aws.account_id #",
  ],
];

test.each(PROVIDERS)("partition and account with %s", (_, provider, arn) => {
  const value = String(valueOf("${aws_iam_role.r.arn}", { ...ROLE, provider }));
  if (arn.endsWith("#")) expect(value.startsWith(arn)).toBe(true);
  else expect(value).toBe(arn);
});

test("secrets of a provider are not told", () => {
  const provider = { aws: { region: "eu-west-1", secret_key: "hunter2" } };
  expect(valueOf("${aws_iam_role.r.arn}", { ...ROLE, provider })).not.toMatch(/hunter2/);
});

test("a resource belongs to the account of the provider that it names", () => {
  const provider = { aws: [AWS, { alias: "other", region: "us-east-1", allowed_account_ids: ["444455556666"] }] };
  for (const named of ["aws.other", "${aws.other}"]) {
    const resource = { aws_sqs_queue: { q: { name: "q", provider: named } } };
    expect(valueOf("${aws_sqs_queue.q.arn}", { resource, provider })).toBe("arn:aws:sqs:us-east-1:444455556666:q");
  }
});

const DATA = {
  data: {
    aws_caller_identity: { me: {} },
    aws_region: { here: {}, there: { name: "us-east-1" } },
    aws_partition: { p: {} },
    aws_s3_bucket: { b: { bucket: "theirs" } },
    aws_iam_role: { r: { name: "theirs" } },
  },
};

const VALUES: readonly (readonly [expression: unknown, rest: Readonly<Record<string, unknown>>, value: unknown])[] = [
  ["${data.aws_caller_identity.me.account_id}", DATA, ACCOUNT],
  ["${data.aws_region.here.name}", DATA, "eu-west-1"],
  ["${data.aws_region.there.name}", DATA, "us-east-1"],
  ["${data.aws_partition.p.partition}", DATA, "aws"],
  ["${data.aws_s3_bucket.b.arn}", DATA, "arn:aws:s3:::theirs"],
  ["${data.aws_iam_role.r.name}", DATA, "theirs"],
  ["${var.a}-${var.b.c[0]}", { variable: { a: { default: "x" }, b: { default: { c: ["y"] } } } }, "x-y"],
  ["${var.a}", { variable: { a: {} } }, "${root/var.a}"],
  ["${var.none}", {}, "${root/var.none}"],
  ["${local.a}", { locals: { a: "${local.b}c", b: "b" } }, "bc"],
  ["${local.a}", { locals: { a: ["${local.b}", { k: "${local.b}" }], b: 1 } }, [1, { k: 1 }]],
  [{ "${local.a}": 1 }, { locals: { a: "key" } }, { key: 1 }],
  ["${path.module}/x", {}, "./x"],
  ["${terraform.workspace}", {}, "${root/terraform.workspace}"],
  ["${aws_s3_bucket.none.arn}", {}, "${root/aws_s3_bucket.none.arn}"],
  ["${aws_s3_bucket.b.arn}", { resource: { aws_s3_bucket: { b: {} } } }, "${root/aws_s3_bucket.b.arn}"],
  [
    "${aws_s3_bucket.b.arn}",
    { resource: { aws_s3_bucket: { b: { bucket_prefix: "x" } } } },
    "${root/aws_s3_bucket.b.arn}",
  ],
  [
    "${aws_s3_bucket.b.arn}",
    { resource: { aws_s3_bucket: { b: { bucket: "${random_id.r.id}-kb" } }, random_id: { r: {} } } },
    "arn:aws:s3:::${root/random_id.r.id}-kb",
  ],
  ["${aws_kms_key.k.arn}", { resource: { aws_kms_key: { k: { description: "x" } } } }, "${root/aws_kms_key.k.arn}"],
  ["${k.n.metadata[0].name}", { resource: { k: { n: { metadata: { name: "ns" } } } } }, "ns"],
  ["${k.n.metadata[0].name}", { resource: { k: { n: { metadata: [{ name: "ns" }] } } } }, "ns"],
  ["${timestamp()}", {}, expect.stringMatching(/^\$\{timestamp\(\) #[0-9a-f]{32}\}$/)],
];

test.each(VALUES)("%j with %j", (expression, rest, value) => {
  expect(valueOf(expression, rest)).toEqual(value);
});

/** The same expression in two configurations that differ in what it depends on */
const DIFFERENT: readonly (readonly [what: string, expression: string, one: object, other: object])[] = [
  [
    "what a data source asks for",
    "${data.aws_iam_role.r.arn}",
    { data: { aws_iam_role: { r: { name: "a" } } } },
    { data: { aws_iam_role: { r: { name: "b" } } } },
  ],
  [
    "what a data source asks for, through a local",
    "${data.external.x.result.arn}",
    { locals: { p: "a" }, data: { external: { x: { program: ["${local.p}"] } } } },
    { locals: { p: "b" }, data: { external: { x: { program: ["${local.p}"] } } } },
  ],
  [
    "what a resource is made of, where an attribute is no identity",
    "${aws_cloudformation_stack.s.outputs.arn}",
    { resource: { aws_cloudformation_stack: { s: { template_body: "a" } } } },
    { resource: { aws_cloudformation_stack: { s: { template_body: "b" } } } },
  ],
  ["the input of a function", "${sha256(local.a)}", { locals: { a: "a" } }, { locals: { a: "b" } }],
  [
    "an argument that the provider rewrites",
    "${aws_iam_openid_connect_provider.p.url}",
    { resource: { aws_iam_openid_connect_provider: { p: { url: "https://a.example" } } } },
    { resource: { aws_iam_openid_connect_provider: { p: { url: "https://b.example" } } } },
  ],
  [
    "the instances of a resource",
    "${aws_s3_bucket.b[0].arn}",
    { resource: { aws_s3_bucket: { b: { count: 2, bucket: "a${count.index}" } } } },
    { resource: { aws_s3_bucket: { b: { count: 2, bucket: "b${count.index}" } } } },
  ],
  ["the inputs of a module", "${module.m.arn}", { module: { m: { a: 1 } } }, { module: { m: { a: 2 } } }],
  ["anything, where an expression cannot be read", "${a b}", { locals: { a: "a" } }, { locals: { a: "b" } }],
  ["anything, where a function reads a file", '${file("/etc/x")}', { locals: { a: "a" } }, { locals: { a: "b" } }],
];

test.each(DIFFERENT)("a reference that is not known differs with %s", (_, expression, one, other) => {
  const [first, second] = [valueOf(expression, { ...one }), valueOf(expression, { ...other })];
  expect(first).toMatch(/^\$\{[^}]+\}$/);
  expect(second).toMatch(/^\$\{[^}]+\}$/);
  expect(first).not.toBe(second);
});

test("each.value differs where the instances differ", () => {
  const resource = (keys: readonly string[]) => ({
    probe: { it: { for_each: `\${toset(${json(keys)})}`, value: "arn:aws:s3:::${each.value}/*" } },
  });
  const [one, other] = [["a"], ["a", "b"]].map(
    (keys) => estateOf({ "a.tf.json": json({ resource: resource(keys) }) }).at("root/probe.it")?.values["value"],
  );
  expect(one).toMatch(/^arn:aws:s3:::\$\{root\/probe\.it each\.value #[0-9a-f]{32}\}\/\*$/);
  expect(one).not.toBe(other);
});

test("a file that an expression reads is read from the folder of its stack, and nowhere else", () => {
  const files: Files = {
    "s/a.tf.json": json({
      resource: {
        probe: {
          inside: { value: '${file("${path.module}/policies/p.json")}' },
          outside: { value: '${file("../secret.txt")}' },
          absent: { value: '${file("none")}' },
        },
      },
    }),
    "s/policies/p.json": '{"a":"${x}"}',
    "secret.txt": "hunter2",
  };
  inFolder({ ...files, "secret.txt": "hunter2" }, (folder) => {
    const values = readEstate(folder).resources.map(({ name, values: { value } }) => [name, value]);
    expect(values).toEqual([
      ["absent", expect.stringMatching(/^\$\{file\( none \) /)],
      ["inside", '{"a":"$${x}"}'],
      ["outside", expect.any(String)],
    ]);
  });
});

const remote = (settings: object, more: object = {}): Files => ({
  "a/a.tf.json": json({
    terraform: { backend: { s3: { bucket: "state", key: "a", region: "eu-west-1", encrypt: true } } },
    output: { arn: { value: "${aws_s3_bucket.b.arn}", sensitive: true } },
    resource: { aws_s3_bucket: { b: { bucket: "kb" } } },
    provider: { aws: AWS },
  }),
  "b/b.tf.json": json({
    data: { terraform_remote_state: { a: { backend: "s3", config: settings, ...more } } },
    resource: { probe: { it: { value: "${data.terraform_remote_state.a.outputs.arn}/*" } } },
  }),
});

const STATE = { bucket: "state", key: "a", region: "eu-west-1" };
const probeOf = (files: Files): unknown => estateOf(files).at("b/probe.it")?.values["value"];

test("an output of another stack is followed", () => {
  expect(probeOf(remote(STATE))).toBe("arn:aws:s3:::kb/*");
  expect(probeOf(remote(STATE, { workspace: "${terraform.workspace}" }))).toBe("arn:aws:s3:::kb/*");
});

test.each([
  ["key", remote({ ...STATE, key: "z" })],
  ["endpoint", remote({ ...STATE, endpoints: { s3: "https://evil.example" } })],
  ["workspace", remote(STATE, { workspace: "other" })],
  ["instances", remote(STATE, { count: 1 })],
])("fails when a state that another stack reads has another %s: the output is not known", (_, files) => {
  expect(probeOf(files)).toMatch(/^\$\{b\/data\.terraform_remote_state\.a\.outputs\.arn #[0-9a-f]{32}\}\/\*$/);
});

test("a local state is that of a stack only where the whole path is the same", () => {
  const files = (path: string): Files => ({
    "x/a/a.tf.json": json({
      terraform: { backend: { local: { path: "../s.tfstate" } } },
      output: { o: { value: "v" } },
    }),
    "x/b/b.tf.json": json({
      data: { terraform_remote_state: { a: { backend: "local", config: { path } } } },
      resource: { probe: { it: { value: "${data.terraform_remote_state.a.outputs.o}" } } },
    }),
  });
  const value = (path: string): unknown => estateOf(files(path)).at("x/b/probe.it")?.values["value"];
  expect(value("../s.tfstate")).toBe("v");
  expect(value("../a/../s.tfstate")).toBe("v");
  expect(value("../a/s.tfstate")).toMatch(/^\$\{/);
  expect(value("/s.tfstate")).toMatch(/^\$\{/);
});

test("what refers to itself is not known, wherever one enters the circle", () => {
  const locals = { a: "x${local.b}", b: "y${local.a}" };
  for (const start of ["a", "b"]) {
    const value = String(valueOf(`\${local.${start}}`, { locals }));
    expect(value).toContain(`root local.${start} refers to itself`.replace("root ", "root/"));
  }
});

test("growing copies end, and are not known", () => {
  const doubled = (item: (name: string) => unknown): Record<string, unknown> =>
    Object.fromEntries([...Array(40).keys()].map((n) => [`l${n}`, n === 39 ? "x" : item(`\${local.l${n + 1}}`)]));
  for (const locals of [doubled((name) => name + name), doubled((name) => [name, name])]) {
    expect(valueOf("${local.l0}", { locals })).toMatch(/^\$\{.*(?:too many steps|longer than 1000000 characters)/);
  }
});

test("a chain of references that is too long is not known", () => {
  const locals = Object.fromEntries([...Array(5000).keys()].map((n) => [`l${n}`, `\${local.l${n + 1}}`]));
  expect(valueOf("${local.l0}", { locals: { ...locals, l5000: "x" } })).toMatch(
    /^\$\{root\/probe\.it\.value takes too/,
  );
  expect(valueOf("${local.l4990}", { locals: { ...locals, l5000: "x" } })).toBe("x");
});

test("references through deep expressions are not known, and crash nothing", () => {
  const deep = (inner: string): string => `\${${"(".repeat(90)}${inner}${")".repeat(90)}}`;
  const locals = Object.fromEntries([...Array(500).keys()].map((n) => [`l${n}`, deep(`local.l${n + 1}`)]));
  expect(valueOf("${local.l0}", { locals: { ...locals, l500: "x" } })).toMatch(/^\$\{root\/probe\.it\.value takes too/);
});

test("a value that grows deeper with every resource is not known in the end, and crashes nothing", () => {
  const locals = Object.fromEntries([...Array(5000).keys()].map((n) => [`l${n}`, [`\${local.l${n + 1}}`]]));
  const probes = [...Array(500).keys()].map((n) => [
    `p${String(n).padStart(3, "0")}`,
    { value: `\${local.l${4990 - n * 10}}` },
  ]);
  const estate = estateOf({
    "a.tf.json": json({ locals: { ...locals, l5000: "x" }, resource: { probe: Object.fromEntries(probes) } }),
  });
  const values = estate.resources.map((resource) => JSON.stringify(resource.values["value"]));
  expect(values[0]).toBe(`${"[".repeat(10)}"x"${"]".repeat(10)}`);
  expect(values.at(-1)).toMatch(/takes too many steps/);
});
