import { gainsOf, lossesOf, policy, type Resources, rights, role, roleArn, type Statement } from "./small-estate";

const KEY = "${aws_kms_key.data.arn}";
const ROOT = { AWS: "arn:aws:iam::111122223333:root" };
const decrypt = (resource: string): Statement => ({ Action: "kms:Decrypt", Resource: resource });
const lets = (more: object): Statement => ({ Principal: ROOT, Action: "kms:*", Resource: "*", ...more });
const ADMINS = lets({ Action: "kms:Put*" });

interface World {
  /** Undefined: AWS's own */
  readonly policy?: string;
  readonly right?: string;
  readonly agents?: readonly string[];
  readonly more?: Resources;
}

const world = ({ policy: text, right = KEY, agents = ["bot"], more = {} }: World) => ({
  agents,
  resources: {
    aws_iam_role: Object.fromEntries(agents.map((name) => [name, role(name)])),
    aws_iam_role_policy: Object.fromEntries(agents.map((name) => [name, rights(name, decrypt(right))])),
    aws_kms_key: { data: text === undefined ? {} : { policy: text } },
    ...more,
  },
});

const gained = (base: World, head: World): readonly string[] => gainsOf(world(base), world(head), "bot");
const lost = (base: World, head: World): readonly string[] => lossesOf(world(base), world(head), "bot");
const DECRYPTS = [expect.stringMatching(/^action: kms:Decrypt on \$\{app\/aws_kms_key.data.arn\}/)];

describe("rights on a key are gained with its policy", () => {
  test.each<[string, string | undefined]>([
    ["that lets the account say who may", policy(ADMINS, lets({ Action: "kms:Decrypt" }))],
    ["that lets the account's number", policy(ADMINS, lets({ Principal: { AWS: "111122223333" } }))],
    ["that is AWS's own", undefined],
    [
      "that lets it through a service",
      policy(lets({ Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } } })),
    ],
    ["that excepts another role", policy({ NotPrincipal: { AWS: roleArn("other") }, Action: "kms:*", Resource: "*" })],
  ])("%s", (_, text) => {
    expect(gained({ policy: policy(ADMINS) }, { ...(text !== undefined && { policy: text }) })).toContainEqual(
      DECRYPTS[0],
    );
    expect(lost({ ...(text !== undefined && { policy: text }) }, { policy: policy(ADMINS) })).toContainEqual(
      DECRYPTS[0],
    );
  });

  test.each<[string, string]>([
    ["that lets another account", policy(ADMINS, lets({ Principal: { AWS: "444455556666" } }))],
    ["that lets another role", policy(ADMINS, lets({ Principal: { AWS: roleArn("other") } }))],
    ["that lets the account do something else", policy(ADMINS, lets({ Action: "kms:Sign" }))],
    [
      "that names another role in a condition",
      policy(ADMINS, lets({ Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("other") } } })),
    ],
    ["that names another key only", policy(ADMINS, lets({ Resource: "arn:aws:s3:::data" }))],
  ])("but not %s", (_, text) => {
    expect(gained({ policy: policy(ADMINS) }, { policy: text })).toEqual([]);
  });
});

test("a policy of a key of its own counts, in one state and in the other", () => {
  const own: Resources = {
    aws_kms_key_policy: { data: { key_id: "${aws_kms_key.data.key_id}", policy: policy(ADMINS) } },
  };
  expect(lost({}, { more: own })).toEqual(DECRYPTS);
  expect(gained({ more: own }, {})).toContainEqual(DECRYPTS[0]);
});

test("every agent with rights on the key gains, and no other", () => {
  const agents = ["bot", "other"];
  const [base, head] = [world({ policy: policy(ADMINS), agents }), world({ policy: policy(lets({})), agents })];
  const without = {
    ...head.resources.aws_iam_role_policy,
    other: rights("other", decrypt("arn:aws:kms:eu-central-1:111122223333:key/1")),
  };
  expect(gainsOf(base, head, "other")).toEqual(DECRYPTS);
  const less = (one: typeof head) => ({ ...one, resources: { ...one.resources, aws_iam_role_policy: without } });
  expect(gainsOf(less(base), less(head), "other")).toEqual([]);
});

test("an ARN that is written around the key's number, and an alias, are the key", () => {
  const right = "arn:aws:kms:eu-central-1:111122223333:key/${aws_kms_key.data.key_id}";
  const [base, head] = [{ policy: policy(ADMINS) }, { policy: policy(lets({})) }];
  expect(gained({ ...base, right }, { ...head, right })).toHaveLength(1);
  const alias: World = {
    right: "${aws_kms_alias.data.target_key_arn}",
    more: { aws_kms_alias: { data: { name: "alias/data", target_key_id: "${aws_kms_key.data.key_id}" } } },
  };
  expect(gained({ ...base, ...alias }, { ...head, ...alias })).toHaveLength(1);
});

test("rights on keys by a pattern are gained when the policy of one lets them count", () => {
  const right = "arn:aws:kms:eu-central-1:111122223333:key/*";
  const gains = gained({ policy: policy(ADMINS), right }, { policy: policy(lets({})), right });
  expect(gains).toEqual([expect.stringMatching(/^action: kms:Decrypt on arn:aws:kms.*key\/\*/)]);
});

test("rights on all keys are gained", () => {
  const gains = gained({ policy: policy(ADMINS), right: "*" }, { policy: policy(lets({})), right: "*" });
  expect(gains).toEqual([expect.stringMatching(/^action: kms:Decrypt on \*/)]);
});

test("another key's policy does not let rights on this one count", () => {
  const other = {
    aws_kms_key: { data: { policy: policy(ADMINS) }, other: { policy: policy(lets({ Resource: KEY })) } },
  };
  expect(
    gained(
      { policy: policy(ADMINS), more: other },
      { policy: policy(lets({})), more: { aws_kms_key: { ...other.aws_kms_key, data: { policy: policy(lets({})) } } } },
    ),
  ).toEqual(DECRYPTS);
});

test("of two keys on which a role has rights, each has its own policy", () => {
  const [one, other] = ["a", "b"].map((id) => `arn:aws:kms:eu-central-1:111122223333:key/${id}`) as [string, string];
  const both = (text: string): World => ({
    more: {
      aws_kms_key: {},
      aws_kms_key_policy: { one: { key_id: one, policy: policy(ADMINS) }, other: { key_id: other, policy: text } },
      aws_iam_role_policy: { one: rights("bot", decrypt(one)), other: rights("bot", decrypt(other)) },
    },
  });
  expect(gained(both(policy(ADMINS)), both(policy(lets({}))))).toEqual([
    expect.stringMatching(/^action: kms:Decrypt on arn:aws:kms:eu-central-1:111122223333:key\/b/),
  ]);
});

test("a key whose policy cannot be read may let them count", () => {
  const gains = gained({ policy: policy(ADMINS) }, { policy: '${file("key.json")}' });
  expect(gains).toEqual([expect.stringContaining("if what cannot be read allows it")]);
});

describe("what is asked of KMS and of no key is nothing that the policy of a key lets", () => {
  const asked = (text: string, action: unknown): World => ({
    policy: text,
    more: { aws_iam_role_policy: { bot: rights("bot", { Action: action, Resource: "*" }) } },
  });
  const newly = (action: unknown, more: object): readonly string[] =>
    gained(asked(policy(ADMINS), action), asked(policy(ADMINS, lets(more)), action));

  test.each([
    "kms:CreateKey",
    "kms:ListKeys",
    ["kms:CreateKey", "kms:GenerateRandom"],
    ["kms:createkey", "KMS:ListAliases"],
  ])("so %j is not gained", (action) => {
    expect(newly(action, {})).toEqual([]);
  });

  test("so a policy that lets nothing else lets nothing", () => {
    expect(newly("kms:*", { Action: "kms:CreateKey" })).toEqual([]);
  });

  test.each<[unknown, string]>([
    ["kms:*", "kms:*"],
    ["*", "*"],
    ["kms:Create*", "kms:Create*"],
    [["kms:CreateKey", "kms:TagResource"], "kms:TagResource"],
  ])("but what %j lets on the key is", (action, shown) => {
    expect(newly(action, {})).toEqual([`action: ${shown} on * (its role alone; task work)`]);
  });

  test("and it stays lost where the role has it no more", () => {
    expect(lost(asked(policy(ADMINS), "kms:CreateKey"), asked(policy(ADMINS), "s3:GetObject"))).toEqual([
      "action: kms:CreateKey on * (its role alone; task work)",
    ]);
  });
});
