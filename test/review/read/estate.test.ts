import { createHash } from "node:crypto";
import { policyIn } from "../../../review/read/policy-in";
import { synthesize } from "../../support/example-app";
import { estateOf, type Files, filesOf } from "../../support/review/folders";

const json = (value: unknown): string => JSON.stringify(value);

const whysOf = (files: Files): readonly (readonly [string, string])[] =>
  estateOf(files).unread.map(({ place, why }) => [`${place.file} ${place.address}`, why]);

describe("the example", () => {
  const synthesized = synthesize();
  const files = filesOf(synthesized);
  const estate = estateOf(files);

  test("every policy is read", () => {
    const read = estate.resources.flatMap((resource) =>
      ["policy", "assume_role_policy"]
        .filter((attribute) => attribute in resource.values)
        .map((attribute) => policyIn(resource, attribute, estate)),
    );
    expect(read.length).toBeGreaterThan(25);
    expect(read.filter((policy) => "unknown" in policy)).toEqual([]);
  });

  test("a role is known by its stack, its construct path and its ARN", () => {
    const [role] = estate.of("aws_iam_role").filter(({ values }) => values["name"] === "prod.researcher");
    expect(role).toMatchObject({ stack: "agents", mode: "managed", path: "agents/researcher/Role/Resource" });
    expect(role?.file).toBe("stacks/agents/cdk.tf.json");
    expect(estate.attribute(role!, "arn")).toBe("arn:aws:iam::111122223333:role/ambit/agents/prod/prod.researcher");
    expect(estate.at(role!.address)).toBe(role);
  });

  test("a reference to a name is the name", () => {
    const roles = estate.of("aws_iam_role_policy").map(({ values }) => values["role"]);
    expect(roles).toContain("prod.researcher");
    expect(json(roles)).not.toContain("$");
  });

  test("what only AWS can name stays a reference with its address", () => {
    const policies = estate.of("aws_iam_role_policy").map(({ values }) => String(values["policy"]));
    expect(policies.join()).toMatch(/\$\{foundation\/aws_kms_key\.TokenKey_[0-9A-F]+\.arn\}/);
  });

  test("every file is known by its digest", () => {
    expect([...estate.files.keys()]).toEqual(Object.keys(files).sort());
    const bundle = createHash("sha256").update(synthesized.bundle).digest("hex");
    expect(estate.files.get("ambit/bundle.tar.gz")).toBe(bundle);
  });

  test("the registry and the source lines are read, and nothing is left unread", () => {
    expect(Object.keys(estate.registry ?? {})).toContain("agents");
    expect(Object.keys(estate.sources ?? {})).toContain("agents");
    expect(estate.unread).toEqual([]);
  });

  test("resources are sorted by address, and found by type", () => {
    const addresses = estate.resources.map(({ address }) => address);
    expect(addresses).toEqual([...addresses].sort());
    expect(estate.of("aws_iam_role").length).toBeGreaterThan(5);
    expect(estate.of("aws_lambda_function")).toHaveLength(2);
    expect(estate.of("aws_instance")).toEqual([]);
  });
});

test("the files of one folder are one stack, each folder another", () => {
  const estate = estateOf({
    "a.tf.json": json({ locals: { name: "a" } }),
    "b.tf.json": json({ resource: { aws_sqs_queue: { q: { name: "${local.name}" } } } }),
    "east/c.tf.json": json({ resource: { aws_sqs_queue: { q: [{ name: "${local.name}" }] } } }),
    "east/deep/d.tf.json": json({ data: [{ aws_region: [{ r: [{}] }] }] }),
  });
  expect(estate.resources.map(({ address, values }) => [address, values["name"]])).toEqual([
    ["east/aws_sqs_queue.q", "${east/local.name}"],
    ["east/deep/data.aws_region.r", undefined],
    ["root/aws_sqs_queue.q", "a"],
  ]);
});

test("comments and dependencies are no arguments", () => {
  const body = { "//": { metadata: {} }, depends_on: ["x.y"], name: "a", provider: "aws.west" };
  const estate = estateOf({ "a.tf.json": json({ "//": {}, resource: { "//": {}, x: { "//": {}, r: body } } }) });
  expect(estate.resources.map(({ values }) => values)).toEqual([{ name: "a", provider: "aws.west" }]);
});

test("a resource that repeats says so", () => {
  const estate = estateOf({
    "a.tf.json": json({ resource: { x: { a: { count: 2 }, b: { for_each: "${local.all}" }, c: { count: null } } } }),
  });
  expect(estate.resources.map(({ repeats }) => repeats)).toEqual(["count", "for_each", undefined]);
});

test("asking one estate of another's resource is an error", () => {
  const [one, other] = [{ a: {} }, { b: {} }].map((x) => estateOf({ "a.tf.json": json({ resource: { x } }) }));
  expect(() => one!.attribute(other!.resources[0]!, "arn")).toThrow(
    /root\/x\.b is not in .*: ask the estate it is from/,
  );
});

const STACK = { "a.tf.json": "{}" };

const UNREAD: readonly (readonly [name: string, files: Files, place: string, why: RegExp])[] = [
  ["Terraform's own syntax", { ...STACK, "b.tf": "" }, "b.tf root", /^Terraform's own syntax/],
  ["OpenTofu's files", { ...STACK, "b.tofu.json": "{}" }, "b.tofu.json root", /OpenTofu's files are not read/],
  ["files of variables", { ...STACK, "x.auto.tfvars.json": "{}" }, "x.auto.tfvars.json root", /^files of variables/],
  ["the first file of variables", { ...STACK, "terraform.tfvars": "" }, "terraform.tfvars root", /^files of variables/],
  ["override files", { ...STACK, "b_override.tf.json": "{}" }, "b_override.tf.json root", /^override files change/],
  ["a folder in Terraform's own syntax", { ...STACK, "m/b.tf": "" }, "m/b.tf m/b.tf", /^Terraform's own syntax/],
  [
    "a stack that the manifest leaves out",
    {
      "manifest.json": json({ stacks: { a: { synthesizedStackPath: "stacks/a/cdk.tf.json" } } }),
      "stacks/a/cdk.tf.json": "{}",
      "stacks/b/cdk.tf.json": "{}",
    },
    "stacks/b/cdk.tf.json stacks/b/cdk.tf.json",
    /^it belongs to no stack of the manifest/,
  ],
  ["modules", { "a.tf.json": json({ module: { m: { source: "./m" } } }) }, "a.tf.json root/module.m", /^what a module/],
  [
    "blocks of a new kind",
    { "a.tf.json": json({ action: {} }) },
    "a.tf.json root/action",
    /^blocks of the kind "action"/,
  ],
  [
    "what is forgotten",
    { "a.tf.json": json({ removed: { from: "x.y" } }) },
    "a.tf.json root/removed",
    /"x\.y" is forgotten/,
  ],
  [
    "dynamic blocks",
    { "a.tf.json": json({ resource: { x: { r: { b: [{ dynamic: { c: { for_each: [] } } }] } } } }) },
    "a.tf.json root/x.r",
    /^a dynamic block makes other blocks/,
  ],
  [
    "dynamic blocks whose key is written with an escape",
    { "a.tf.json": '{"resource":{"x":{"r":{"\\u0064ynamic":{"c":{}}}}}}' },
    "a.tf.json root/x.r",
    /^a dynamic block makes other blocks/,
  ],
  [
    "changes that are ignored",
    {
      "a.tf.json": json({
        resource: { x: { r: { policy: "{}", lifecycle: [{ ignore_changes: ["tags", "policy"] }] } } },
      }),
    },
    "a.tf.json root/x.r",
    /^changes of "policy" are ignored, so what is there may allow more/,
  ],
  [
    "changes that are ignored altogether",
    { "a.tf.json": json({ resource: { x: { r: { lifecycle: { ignore_changes: "all" } } } } }) },
    "a.tf.json root/x.r",
    /^changes of "all" are ignored/,
  ],
  [
    "another provider of the same name",
    { "a.tf.json": json({ terraform: { required_providers: { aws: { source: "evil/aws" } } } }) },
    "a.tf.json root/terraform.required_providers.aws",
    /^the provider comes from "evil\/aws"/,
  ],
];

test.each(UNREAD)("%s are told as unread", (_, files, place, why) => {
  expect(whysOf(files)).toEqual([[place, expect.stringMatching(why)]]);
});

const CHANGED: readonly (readonly [what: string, one: Files, other: Files])[] = [
  ["a file that is not read", { ...STACK, "b.tf": "a" }, { ...STACK, "b.tf": "b" }],
  ["a folder that is not read", { ...STACK, "m/b.tf": "a" }, { ...STACK, "m/b.tf": "b" }],
  [
    "a block that is not read",
    { "a.tf.json": json({ action: { a: 1 } }) },
    { "a.tf.json": json({ action: { a: 2 } }) },
  ],
  [
    "what a module is given through a local",
    { "a.tf.json": json({ locals: { a: 1 }, module: { m: { a: "${local.a}" } } }) },
    { "a.tf.json": json({ locals: { a: 2 }, module: { m: { a: "${local.a}" } } }) },
  ],
];

test.each(CHANGED)("%s is told otherwise once it has changed", (_, one, other) => {
  expect(whysOf(one)).not.toEqual(whysOf(other));
});

test("a module that is given the same is told the same", () => {
  const module = (name: string): Files => ({
    "a.tf.json": json({ module: { m: { a: "${local.a}" } }, locals: { a: 1, name } }),
  });
  expect(whysOf(module("x"))).toEqual(whysOf(module("y")));
});

test("checks, imports and moves leave nothing unread", () => {
  expect(whysOf({ "a.tf.json": json({ check: {}, import: [], moved: [{ from: "a.b", to: "a.c" }] }) })).toEqual([]);
});
