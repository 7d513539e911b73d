import { policyIn, type PolicyRead } from "../../../review/read/policy-in";
import { estateOf } from "../../support/review/folders";

const json = (value: unknown): string => JSON.stringify(value);

const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const policy = (...statements: readonly object[]): object => ({ Version: "2012-10-17", Statement: statements });

/** The policy in an argument of one resource, with others beside it */
function read(value: unknown, rest: Readonly<Record<string, unknown>> = {}): PolicyRead {
  const { resource = {}, ...more } = rest as Readonly<Record<string, object>>;
  const file = { resource: { ...resource, aws_iam_policy: { it: { policy: value } } }, ...more };
  const estate = estateOf({ "a.tf.json": json(file) });
  return policyIn(estate.at("root/aws_iam_policy.it")!, "policy", estate);
}

const document = (body: object, others: object = {}): PolicyRead =>
  read("${data.aws_iam_policy_document.d.json}", { data: { aws_iam_policy_document: { d: body, ...others } } });

const BUCKET = {
  provider: { aws: { region: "eu-west-1" } },
  resource: { aws_s3_bucket: { b: { bucket: "kb" }, unnamed: {} } },
};

const READ: readonly (readonly [what: string, value: unknown, rest: object, statements: readonly object[]])[] = [
  ["JSON", json(policy(ALLOW)), {}, [ALLOW]],
  ["one statement without a list", json({ Version: "2012-10-17", Statement: ALLOW }), {}, [ALLOW]],
  [
    "a reference that is resolved",
    json(policy({ ...ALLOW, Resource: "${aws_s3_bucket.b.arn}/*" })),
    BUCKET,
    [{ ...ALLOW, Resource: "arn:aws:s3:::kb/*" }],
  ],
  [
    "a reference that is not known",
    json(policy({ ...ALLOW, Resource: "${aws_s3_bucket.unnamed.arn}/*" })),
    BUCKET,
    [{ ...ALLOW, Resource: "${root/aws_s3_bucket.unnamed.arn}/*" }],
  ],
  [
    "a policy variable",
    json(policy({ ...ALLOW, Resource: "arn:aws:s3:::kb/$${aws:PrincipalTag/x, 'none'}/$${*}" })),
    {},
    [{ ...ALLOW, Resource: "arn:aws:s3:::kb/${aws:PrincipalTag/x, 'none'}/${*}" }],
  ],
  [
    "a policy variable of an issuer",
    json(policy({ ...ALLOW, Resource: "arn:aws:s3:::kb/$${oidc.acme.example:sub}" })),
    {},
    [{ ...ALLOW, Resource: "arn:aws:s3:::kb/${oidc.acme.example:sub}" }],
  ],
  ["an escaped directive", json(policy({ ...ALLOW, Resource: "a%%{b" })), {}, [{ ...ALLOW, Resource: "a%{b" }]],
  [
    "jsonencode",
    '${jsonencode({"Version" = "2012-10-17", "Statement" = [{"Effect" = "Allow", "Action" = "s3:GetObject", ' +
      '"Resource" = "${aws_s3_bucket.b.arn}/$${aws:username}"}]})}',
    BUCKET,
    [{ ...ALLOW, Resource: "arn:aws:s3:::kb/${aws:username}" }],
  ],
  [
    "jsonencode of a local",
    "${jsonencode(local.p)}",
    { locals: { p: policy({ ...ALLOW, Resource: ["${aws_s3_bucket.b.arn}"] }) }, ...BUCKET },
    [{ ...ALLOW, Resource: "arn:aws:s3:::kb" }],
  ],
  [
    "a concatenation",
    '{"Version":"2012-10-17","Statement":[${local.s},${jsonencode(local.t)}]}',
    { locals: { s: json(ALLOW), t: { ...ALLOW, Action: "s3:PutObject" } } },
    [ALLOW, { ...ALLOW, Action: "s3:PutObject" }],
  ],
  [
    "a heredoc",
    `\${<<-EOT\n  {"Version": "2012-10-17",\n   "Statement": ${json({ ...ALLOW, Resource: "${aws_s3_bucket.b.arn}" })}}\n  EOT\n}`,
    BUCKET,
    [{ ...ALLOW, Resource: "arn:aws:s3:::kb" }],
  ],
  ["the older version", json({ Version: "2008-10-17", Statement: [ALLOW] }), {}, [ALLOW]],
  ["no version, which is the older one", json({ Statement: ALLOW }), {}, [ALLOW]],
  [
    "the older version with a reference",
    json({ Version: "2008-10-17", Statement: [{ ...ALLOW, Resource: "${aws_s3_bucket.unnamed.arn}" }] }),
    BUCKET,
    [{ ...ALLOW, Resource: "${root/aws_s3_bucket.unnamed.arn}" }],
  ],
];

test.each(READ)("a policy is read from %s", (_, value, rest, statements) => {
  expect(read(value, { ...rest })).toEqual({ statements });
});

const UNKNOWN: readonly (readonly [what: string, value: unknown, rest: object, why: RegExp])[] = [
  [
    "is not there",
    null,
    {},
    /^the policy is \$\{root\/aws_iam_policy\.it\.policy #.*\}, which is known only after apply/,
  ],
  ["is an object", policy(ALLOW), {}, /^the policy must be text, got /],
  ["is a variable", "${var.p}", {}, /^the policy is \$\{root\/var\.p\}/],
  ["is no JSON", "{", {}, /^policy must be JSON/],
  ["is no policy", "[]", {}, /^policy must be an object/],
  ["has no statement", json(policy()), {}, /^Statement must hold at least one statement/],
  ["holds a key twice", '{"Version":"2012-10-17","Statement":[],"Statement":[]}', {}, /^Statement is written twice/],
  [
    "holds a key twice in the older version",
    '{"Statement":[],"Statement":[]}',
    {},
    /^Statement is written twice|^Version must be/,
  ],
  ["has another version", json({ Version: "2020-01-01", Statement: ALLOW }), {}, /^Version must be "2012-10-17"/],
  [
    "has a version that is not known",
    json({ Version: "${var.v}", Statement: ALLOW }),
    {},
    /^Version must be "2012-10-17"/,
  ],
  [
    "has variables in the older version",
    json({ Version: "2008-10-17", Statement: { ...ALLOW, Resource: "a/$${aws:username}" } }),
    {},
    /^a policy of Version "2008-10-17" has no policy variables: write "2012-10-17"$/,
  ],
  [
    "holds the escape of what is no variable",
    json(policy({ ...ALLOW, Resource: "$${aws_s3_bucket.b.arn}" })),
    {},
    /^the policy holds "\$\{aws_s3_bucket\.b\.arn\}.*, which is no policy variable$/,
  ],
  [
    "holds a reference within a variable",
    json(policy({ ...ALLOW, Resource: "$${aws:PrincipalTag/${var.tag}}" })),
    {},
    /^the policy holds "\$\{aws:PrincipalTag\/", which is no policy variable$/,
  ],
  [
    "holds statements that are not known",
    '{"Version":"2012-10-17","Statement":[${var.s}]}',
    {},
    /^policy must be JSON|must be an object/,
  ],
  [
    "is a template with conditions",
    '%{ if var.x }{"Version":"2012-10-17"}%{ endif }',
    {},
    /^the policy is \$\{template with directives/,
  ],
  [
    "is made by a loop",
    '${jsonencode({Version = "2012-10-17", Statement = [for x in ["a"] : {Effect = "Allow"}]})}',
    {},
    /^Statement must hold at least one statement, got "\$\{for expression/,
  ],
  ["cannot be parsed", "${jsonencode({)}", {}, /^the policy is \$\{unreadable, expected a value at character 14/],
  [
    "holds a variable that is not escaped, which Terraform refuses",
    json(policy({ ...ALLOW, Resource: "a/${aws:username}" })),
    {},
    /^the policy is \$\{unreadable, expected/,
  ],
  ["is escaped twice", json(policy({ ...ALLOW, Resource: "$$${aws:username}" })), {}, /^the policy is \$\{unreadable/],
];

test.each(UNKNOWN)("fails when the policy %s: it is unknown", (_, value, rest, why) => {
  const result = read(value, { ...rest });
  expect(result).toEqual({ unknown: expect.stringMatching(why) });
});

test("a policy within a block is found by its path", () => {
  const inline = { name: "p", policy: json(policy(ALLOW)) };
  for (const inline_policy of [inline, [inline]]) {
    const estate = estateOf({ "a.tf.json": json({ resource: { aws_iam_role: { r: { inline_policy } } } }) });
    expect(policyIn(estate.resources[0]!, "inline_policy.0.policy", estate)).toEqual({ statements: [ALLOW] });
  }
});

const STATEMENT = { actions: ["s3:GetObject"], resources: ["*"] };
const other = (name: string): string => `\${data.aws_iam_policy_document.${name}.json}`;

const DOCUMENTS: readonly (readonly [what: string, body: object, others: object, statements: readonly object[]])[] = [
  ["one block", { statement: STATEMENT }, {}, [ALLOW]],
  [
    "several blocks",
    { statement: [STATEMENT, { ...STATEMENT, effect: "Deny" }] },
    {},
    [ALLOW, { ...ALLOW, Effect: "Deny" }],
  ],
  [
    "every part",
    {
      version: "2012-10-17",
      statement: {
        sid: "One",
        effect: "Deny",
        not_actions: ["s3:*", "sqs:*"],
        not_resources: ["arn:aws:s3:::a/&{aws:username}"],
        not_principals: { type: "AWS", identifiers: ["arn:aws:iam::111122223333:root"] },
        condition: [
          { test: "StringEquals", variable: "aws:a", values: ["x"] },
          { test: "StringEquals", variable: "aws:a", values: ["y"] },
          { test: "Bool", variable: "aws:b", values: ["&{aws:c}"] },
        ],
      },
    },
    {},
    [
      {
        Sid: "One",
        Effect: "Deny",
        NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" },
        NotAction: ["s3:*", "sqs:*"],
        NotResource: "arn:aws:s3:::a/${aws:username}",
        Condition: { Bool: { "aws:b": "${aws:c}" }, StringEquals: { "aws:a": ["x", "y"] } },
      },
    ],
  ],
  [
    "principals of several types",
    {
      statement: {
        actions: ["sts:AssumeRole"],
        principals: [
          { type: "AWS", identifiers: ["1"] },
          { type: "Service", identifiers: ["a"] },
          { type: "AWS", identifiers: ["2"] },
        ],
      },
    },
    {},
    [{ Effect: "Allow", Principal: { AWS: ["1", "2"], Service: "a" }, Action: "sts:AssumeRole" }],
  ],
  [
    "every principal",
    { statement: { actions: ["sts:AssumeRole"], principals: { type: "*", identifiers: ["*"] } } },
    {},
    [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }],
  ],
  [
    "sources, and a statement that takes the place of one by its Sid",
    {
      source_policy_documents: [other("a"), json(policy({ ...ALLOW, Sid: "B", Action: "s3:B" }))],
      statement: { ...STATEMENT, sid: "B" },
    },
    { a: { statement: { ...STATEMENT, sid: "A" } } },
    [
      { Sid: "A", ...ALLOW },
      { Sid: "B", ...ALLOW },
    ],
  ],
  [
    "overrides by Sid, in their order",
    {
      statement: [{ ...STATEMENT, sid: "A" }, STATEMENT],
      override_policy_documents: [
        other("a"),
        json(policy({ ...ALLOW, Sid: "A", Action: "s3:Last" }, { ...ALLOW, Sid: "N" })),
      ],
    },
    { a: { statement: { ...STATEMENT, sid: "A", actions: ["s3:First"] } } },
    [{ Sid: "A", ...ALLOW, Action: "s3:Last" }, ALLOW, { Sid: "N", ...ALLOW }],
  ],
  [
    "the oldest names",
    { source_json: other("a"), override_json: json(policy({ ...ALLOW, Action: "s3:C" })), statement: STATEMENT },
    { a: { statement: { ...STATEMENT, actions: ["s3:A"] } } },
    [{ ...ALLOW, Action: "s3:A" }, ALLOW, { ...ALLOW, Action: "s3:C" }],
  ],
  [
    "a source with a textual principal, which the provider reads as every principal",
    {
      source_policy_documents: [
        json(policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: "arn:aws:iam::1:root" })),
      ],
    },
    {},
    [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }],
  ],
  [
    "references that are not known",
    {
      statement: { actions: ["s3:GetObject"], resources: ["${var.arn}/*", "${var.arn}"] },
      source_policy_documents: [other("a")],
    },
    { a: { statement: { ...STATEMENT, resources: ["a${var.arn}"] } } },
    [
      { ...ALLOW, Resource: "a${root/var.arn}" },
      { ...ALLOW, Resource: ["${root/var.arn}", "${root/var.arn}/*"] },
    ],
  ],
];

test.each(DOCUMENTS)("a policy document is put together from %s", (_, body, others, statements) => {
  expect(document(body, others)).toEqual({ statements });
});

test("the document's own name is the policy's", () => {
  expect(document({ policy_id: "p", statement: STATEMENT })).toEqual({ id: "p", statements: [ALLOW] });
});

const UNREADABLE_DOCUMENTS: readonly (readonly [what: string, body: object, why: RegExp])[] = [
  ["a dynamic block", { dynamic: { statement: {} }, statement: STATEMENT }, /it has dynamic blocks/],
  [
    "a dynamic block in a statement",
    { statement: { ...STATEMENT, dynamic: { condition: {} } } },
    /a statement has dynamic/,
  ],
  ["instances", { count: 1, statement: STATEMENT }, /data\.aws_iam_policy_document\.d\.json #/],
  ["actions that are not known", { statement: { actions: "${var.a}", resources: ["*"] } }, /actions is not known/],
  ["a statement that is not known", { statement: ["${var.a}"] }, /a statement is not known/],
  ["statements that are not known", { statement: "${var.a}" }, /statement is not known/],
  ["a Sid that is not known", { statement: { ...STATEMENT, sid: "${var.a}" } }, /Sid is not known/],
  [
    "a Sid twice",
    {
      statement: [
        { ...STATEMENT, sid: "A" },
        { ...STATEMENT, sid: "A" },
      ],
    },
    /two statements have the Sid A/,
  ],
  [
    "a source that is not known",
    { source_policy_documents: ["${var.a}"] },
    /source_policy_documents holds what is no readable/,
  ],
  [
    "a source that is not JSON",
    { source_policy_documents: ["{"] },
    /source_policy_documents holds what is no readable/,
  ],
  ["sources that are not known", { source_policy_documents: "${var.a}" }, /source_policy_documents is not known/],
  ["a source with a key twice", { source_policy_documents: ['{"Id":"a","Id":"b"}'] }, /no readable JSON/],
  [
    "a source with keys in lower case",
    { source_policy_documents: [json({ statement: [ALLOW] })] },
    /may read otherwise/,
  ],
  ["a source without a list", { source_policy_documents: [json({ Statement: ALLOW })] }, /may read otherwise/],
  [
    "a source with a number in a condition",
    { source_policy_documents: [json(policy({ ...ALLOW, Condition: { NumericEquals: { "aws:a": 1 } } }))] },
    /may read otherwise/,
  ],
  [
    "the oldest name and its follower",
    { source_json: "{}", source_policy_documents: ["{}"] },
    /has both source_json and/,
  ],
  ["a condition that is not known", { statement: { ...STATEMENT, condition: "${var.c}" } }, /condition is not known/],
  [
    "a key that is not known",
    { statement: { ...STATEMENT, condition: { test: "Bool", variable: "${var.c}", values: ["a"] } } },
    /variable of a cond/,
  ],
  [
    "a principal that is not known",
    { statement: { ...STATEMENT, principals: { type: "${var.c}", identifiers: ["a"] } } },
    /type of principals/,
  ],
  ["an action that is a number", { statement: { actions: [1], resources: ["*"] } }, /actions holds what is no text/],
  ["itself", { source_policy_documents: [other("d")] }, /no readable JSON/],
];

test.each(UNREADABLE_DOCUMENTS)("fails when a policy document has %s: it is unknown", (_, body, why) => {
  const result = document(body);
  expect(result).toEqual({ unknown: expect.stringContaining("${root/data.aws_iam_policy_document.d") });
  expect(JSON.stringify(result).replace(/[^\w. ]+/g, " ")).toMatch(new RegExp(why.source.replace(/ #$/, "")));
});
