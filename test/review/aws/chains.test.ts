import {
  gainsOf,
  lossesOf,
  OTHER_ACCOUNT,
  policy,
  type Resources,
  rights,
  role,
  roleArn,
  type Statement,
  witnessesOf,
} from "./small-estate";

const ROOT = "arn:aws:iam::111122223333:root";
const assume = (...names: readonly string[]): Statement => ({
  Action: "sts:AssumeRole",
  Resource: names.map((name) => roleArn(name)),
});
const trusts = (named: unknown, more: object = {}): Statement => ({
  Principal: named === "*" ? "*" : { AWS: named },
  Action: "sts:AssumeRole",
  ...more,
});
const READ = { Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
const ADMIN = { Action: "*", Resource: "*" };

interface World {
  /** Rights of the agent's role */
  readonly agent?: readonly Statement[];
  readonly boundary?: string;
  readonly session?: string;
  /** Trust of the target */
  readonly trust?: readonly Statement[];
  readonly target?: readonly Statement[];
  readonly more?: Resources;
}

const world = ({ agent = [READ], boundary, session, trust, target = [ADMIN], more = {} }: World) => ({
  agents: ["bot"],
  ...(session !== undefined && { sessions: { bot: session } }),
  resources: {
    ...more,
    aws_iam_role: {
      bot: {
        ...role("bot"),
        ...(boundary !== undefined && { permissions_boundary: "${aws_iam_policy.boundary.arn}" }),
      },
      target: role("target", ...(trust ?? [])),
      ...more["aws_iam_role"],
    },
    aws_iam_role_policy: {
      bot: rights("bot", ...agent),
      target: rights("target", ...target),
      ...more["aws_iam_role_policy"],
    },
    ...(boundary !== undefined && { aws_iam_policy: { boundary: { name: "boundary", policy: boundary } } }),
  },
});

const asTarget = (gains: readonly string[]): readonly string[] =>
  gains.filter((gain) => gain.includes(`role ${roleArn("target")}`));
const newly = (head: World, base: World = {}): readonly string[] => asTarget(gainsOf(world(base), world(head), "bot"));

const ADMIN_GAIN = [
  expect.stringMatching(/^action: \* on \* \(.*its role → role arn:aws:iam::111122223333:role\/target/),
];

describe("an agent reaches what a role opens", () => {
  test.each<[string, World]>([
    [
      "that trusts the account, once its own policies let it",
      { agent: [READ, assume("target")], trust: [trusts(ROOT)] },
    ],
    ["by a wildcard of actions", { agent: [{ Action: "sts:*", Resource: "*" }], trust: [trusts(ROOT)] }],
    ["by what is not excepted", { agent: [{ NotAction: "iam:*", Resource: "*" }], trust: [trusts("111122223333")] }],
    ["that names its role", { trust: [trusts(roleArn("bot"))] }],
    ["that names one of its sessions", { trust: [trusts("arn:aws:sts::111122223333:assumed-role/bot/run")] }],
    ["that admits every principal", { trust: [trusts("*")] }],
    [
      "that admits every principal with its role",
      { trust: [trusts("*", { Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("bot") } } })] },
    ],
    [
      "that names the account, and its role in a condition",
      {
        agent: [assume("target")],
        trust: [trusts(ROOT, { Condition: { ArnLike: { "aws:PrincipalArn": roleArn("b*") } } })],
      },
    ],
    ["that excepts another role", { trust: [{ NotPrincipal: { AWS: roleArn("other") }, Action: "sts:AssumeRole" }] }],
    [
      "that names one of its sessions, past its boundary",
      { boundary: policy(READ), trust: [trusts("arn:aws:sts::111122223333:assumed-role/bot/run")] },
    ],
  ])("%s", (_, head) => {
    expect(newly(head)).toEqual(ADMIN_GAIN);
  });

  test.each<[string, World]>([
    ["that trusts the account, without a right of its own", { trust: [trusts(ROOT)] }],
    ["that it may ask for, and that does not trust it", { agent: [assume("target")] }],
    ["that trusts another role", { agent: [assume("target")], trust: [trusts(roleArn("other"))] }],
    ["that trusts another account", { agent: [assume("target")], trust: [trusts("444455556666")] }],
    [
      "that names another role in a condition",
      {
        agent: [assume("target")],
        trust: [trusts(ROOT, { Condition: { StringEquals: { "aws:PrincipalArn": roleArn("other") } } })],
      },
    ],
    [
      "that a Deny of its own forbids",
      {
        agent: [assume("target"), { Effect: "Deny", Action: "sts:*", Resource: "*" }],
        trust: [trusts(roleArn("bot"))],
      },
    ],
    [
      "that a Deny of the other forbids",
      { trust: [trusts(roleArn("bot")), { ...trusts(roleArn("bot")), Effect: "Deny" }] },
    ],
    [
      "that a Deny forbids wherever its trust holds",
      {
        trust: [
          trusts(roleArn("bot"), { Condition: { StringEquals: { "sts:ExternalId": "1" } } }),
          { ...trusts("*", { Condition: { StringLike: { "sts:ExternalId": "?" } } }), Effect: "Deny" },
        ],
      },
    ],
    [
      "that its boundary does not let it ask for",
      { boundary: policy(READ), agent: [assume("target")], trust: [trusts(ROOT)] },
    ],
    ["that names it, where its boundary does not let it", { boundary: policy(READ), trust: [trusts(roleArn("bot"))] }],
    [
      "that a web identity may become",
      { trust: [{ Principal: { Federated: "accounts.example" }, Action: "sts:AssumeRoleWithWebIdentity" }] },
    ],
    ["of another name", { agent: [assume("other")], trust: [trusts(ROOT)] }],
  ])("but not %s", (_, head) => {
    expect(newly(head)).toEqual([]);
  });
});

test("a task whose session policy does not let it is told from its role", () => {
  const [gain, ...more] = newly({ session: policy(READ), agent: [assume("target")], trust: [trusts(ROOT)] });
  expect(more).toEqual([]);
  expect(gain).toContain("(its role → role");
  expect(gain).not.toContain("task work →");
});

test("a task whose session policy lets it gains too", () => {
  const [gain] = newly({ session: policy(assume("*")), agent: [assume("target")], trust: [trusts(ROOT)] });
  expect(gain).toContain("task work → role");
});

const hops = (target: readonly Statement[]): World => ({
  agent: [assume("middle")],
  target,
  trust: [trusts(roleArn("middle"))],
  more: {
    aws_iam_role: { middle: role("middle", trusts(ROOT)), back: role("back", trusts(roleArn("target"))) },
    aws_iam_role_policy: {
      middle: rights("middle", assume("target")),
      target: rights("target", ...target, assume("bot", "back")),
    },
  },
});

test("a role two hops away that is widened is the agent's gain, in cycles too", () => {
  expect(newly(hops([ADMIN]), hops([READ]))).toEqual(ADMIN_GAIN);
});

test("the witness says by way of which role", () => {
  expect(witnessesOf(world(hops([READ])), world(hops([ADMIN])), "bot")).toEqual([
    expect.stringMatching(/^AWS:arn:aws:iam::111122223333:role\/target: .*, by way of role .*:role\/middle$/),
  ]);
});

test("what is lost at the end of a chain is a loss of the agent", () => {
  expect(asTarget(lossesOf(world(hops([ADMIN])), world(hops([READ])), "bot"))).toEqual(ADMIN_GAIN);
});

test("a chain that goes by another role, or stands elsewhere in the configuration, is no gain", () => {
  const one = world(hops([READ]));
  const { middle, ...others } = one.resources["aws_iam_role"] as Record<string, object>;
  const renamed = { ...one, resources: { ...one.resources, aws_iam_role: { ...others, elsewhere: middle as object } } };
  expect(gainsOf(one, renamed as never, "bot")).toEqual([]);
});

describe("a role of another account", () => {
  const elsewhere = (...trust: readonly Statement[]): Resources => ({
    aws_iam_role: { target: { ...role("target", ...trust), provider: "aws.other" } },
  });
  const right = { Action: "sts:AssumeRole", Resource: roleArn("target", OTHER_ACCOUNT) };
  const chained = (agent: readonly Statement[], ...trust: readonly Statement[]) =>
    gainsOf(world({}), world({ agent: [READ, ...agent], more: elsewhere(...trust) }), "bot").filter((gain) =>
      gain.includes("→ role"),
    );

  test("is reached with a right of the agent's and its trust", () => {
    expect(chained([right], trusts(roleArn("bot")))).toEqual([expect.stringContaining(OTHER_ACCOUNT)]);
    expect(chained([right], trusts(ROOT))).toHaveLength(1);
  });

  test("is not reached by either alone", () => {
    expect(chained([], trusts(roleArn("bot")))).toEqual([]);
    expect(chained([], trusts("*"))).toEqual([]);
    expect(chained([right])).toEqual([]);
  });
});

test("a policy of the agent that cannot be read may let it, and says so", () => {
  const unread: World = {
    trust: [trusts(ROOT)],
    more: {
      aws_iam_role_policy_attachment: {
        other: { role: "bot", policy_arn: "arn:aws:iam::111122223333:policy/elsewhere" },
      },
    },
  };
  const gains = gainsOf(world({ trust: [trusts(ROOT)] }), world(unread), "bot");
  expect(gains).toContainEqual(expect.stringMatching(/^unknown: whether its role may become app\/aws_iam_role.target/));
});

test("an unreadable trust policy may admit every role that may ask", () => {
  const open = { name: "target", assume_role_policy: '${file("trust.json")}' };
  const agent = [assume("target")];
  const gains = gainsOf(world({ agent }), world({ agent, more: { aws_iam_role: { target: open } } }), "bot");
  expect(gains).toContainEqual(expect.stringContaining("unknown: whether its role may become"));
});

test("too many roles are unknown, and not followed", () => {
  const many = Object.fromEntries(
    Array.from({ length: 250 }, (_, at) => [`r${at}`, role(`r${at}`, trusts(roleArn("bot")))] as const),
  );
  const gains = gainsOf(world({}), world({ more: { aws_iam_role: many } }), "bot");
  expect(gains).toContainEqual(expect.stringContaining("unknown: which roles its role may become"));
});

test("a trust policy with an unknown principal may admit any role, without a right of its own", () => {
  expect(gainsOf(world({}), world({ trust: [trusts("${var.unknown}")] }), "bot")).toContainEqual(
    expect.stringContaining("unknown: whether its role may become app/aws_iam_role.target"),
  );
});

describe("a trust policy that names a role by its unique ID", () => {
  const idOf = (name: string): string => `\${aws_iam_role.${name}.unique_id}`;
  const userId = (operator: string, ...values: readonly string[]): object => ({
    Condition: { [operator]: { "aws:userid": values } },
  });
  const counted: Resources = { aws_iam_role: { many: { ...role("many"), count: 2 } } };
  const prefixed: Resources = { aws_iam_role: { late: { ...role(""), name: undefined, name_prefix: "late" } } };
  const other: Resources = { aws_iam_role: { other: role("other") } };

  test.each<[string, Statement]>([
    ["lets it in", trusts(idOf("bot"))],
    ["among others", trusts([idOf("other"), "AROAEXAMPLE", idOf("bot")])],
    ["that must begin the ID of the session", trusts("*", userId("StringLike", `${idOf("bot")}:*`))],
    ["lets in one of its sessions", trusts("*", userId("StringEquals", `${idOf("bot")}:run`))],
    ["admits every ID", trusts("*", userId("StringLike", "*"))],
    ["keeps others out", trusts("*", userId("StringNotLike", `${idOf("other")}:*`))],
    ["beside a Deny for others", trusts("*", userId("StringNotEquals", idOf("other")))],
  ])("%s", (_, statement) => {
    expect(newly({ trust: [statement], more: other })).toEqual(ADMIN_GAIN);
  });

  test.each<[string, World]>([
    ["of another", { trust: [trusts(idOf("other"))], more: other }],
    ["of another, in a condition", { trust: [trusts("*", userId("StringLike", `${idOf("other")}:*`))], more: other }],
    ["of its own, which is kept out", { trust: [trusts("*", userId("StringNotLike", `${idOf("bot")}:*`))] }],
    ["of its own, which a Deny names", { trust: [trusts("*"), { ...trusts(idOf("bot")), Effect: "Deny" }] }],
    [
      "of another that is named by a reference and has an unknown name",
      {
        trust: [trusts("*", { Condition: { ArnEquals: { "aws:PrincipalArn": "${aws_iam_role.late.arn}" } } })],
        more: prefixed,
      },
    ],
  ])("does not let it in by the ID %s", (_, head) => {
    expect(newly(head)).toEqual([]);
    expect(gainsOf(world({ more: head.more ?? {} }), world(head), "bot")).toEqual([]);
  });

  test.each<[string, World]>([
    ["that is written out", { trust: [trusts("AROAEXAMPLE")] }],
    ["that is written out in a condition", { trust: [trusts("*", userId("StringLike", "AROAEXAMPLE:*"))] }],
    ["of a role that the configuration does not hold", { trust: [trusts("${data.aws_iam_role.far.unique_id}")] }],
    ["of one of several", { trust: [trusts("${aws_iam_role.many[0].unique_id}")], more: counted }],
    ["of several", { trust: [trusts(idOf("many"))], more: counted }],
    [
      "in the place of an ARN",
      { trust: [trusts("*", { Condition: { ArnEquals: { "aws:PrincipalArn": idOf("bot") } } })] },
    ],
  ])("may let it in by the ID %s", (_, head) => {
    expect(gainsOf(world({ more: head.more ?? {} }), world(head), "bot")).toContainEqual(
      expect.stringContaining("unknown: whether its role may become app/aws_iam_role.target"),
    );
  });
});
