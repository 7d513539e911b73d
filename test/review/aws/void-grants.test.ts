import { reviewOf } from "../../../review/pull-request/review-of";
import {
  gainsOf,
  lossesOf,
  OTHER_ACCOUNT,
  policy,
  type Resources,
  rights,
  role,
  roleArn,
  smallEstate,
  type SmallEstate,
  type Statement,
} from "./small-estate";

const ROOT: Statement = { Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "sts:AssumeRole" };
const trusts = (name: string, more: object = {}): Statement => ({
  Principal: { AWS: roleArn(name) },
  Action: "sts:AssumeRole",
  ...more,
});
const ask = (resource: string, action = "sts:AssumeRole"): Statement => ({ Action: action, Resource: resource });
const READS: Statement = { Action: "s3:GetObject", Resource: "*" };

interface World {
  /** Of `bot`, an agent */
  readonly right?: Statement;
  readonly boundary?: string;
  /** Of `admin`; undefined: trusts a service */
  readonly trust?: readonly Statement[];
  readonly more?: Resources;
}

const world = ({ right = READS, boundary, trust = [], more = {} }: World): SmallEstate => ({
  agents: ["bot"],
  resources: {
    ...more,
    aws_iam_role: {
      bot: { ...role("bot"), ...(boundary !== undefined && { permissions_boundary: "${aws_iam_policy.edge.arn}" }) },
      admin: role("admin", ...trust),
    },
    aws_iam_role_policy: { bot: rights("bot", right), admin: rights("admin", { Action: "ec2:*", Resource: "*" }) },
    ...(boundary !== undefined && { aws_iam_policy: { edge: { name: "edge", policy: boundary } } }),
  },
});

const gained = (base: World, head: World, who = "bot"): readonly string[] => gainsOf(world(base), world(head), who);
const lost = (base: World, head: World, who = "bot"): readonly string[] => lossesOf(world(base), world(head), who);
const needsApproval = (base: World, head: World): boolean =>
  reviewOf(smallEstate(world(base)), smallEstate(world(head))).requiresApproval;
const ASKS = expect.stringMatching(/^action: \S+ on (?:arn:aws:iam::111122223333:role\/admin|\$\{app.*admin.arn\})/);

describe("a right to become a role that does not trust the caller is void", () => {
  test.each<[string, readonly Statement[]]>([
    ["trusts a service", []],
    ["trusts another role", [trusts("other")]],
    ["trusts another account", [{ ...ROOT, Principal: { AWS: OTHER_ACCOUNT } }]],
    [
      "trusts the account, for another role",
      [{ ...ROOT, Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("x") } } }],
    ],
    ["denies it", [ROOT, { ...trusts("bot"), Effect: "Deny" }]],
    ["trusts it for something else", [{ ...trusts("bot"), Action: "sts:TagSession" }]],
  ])("%s", (_, trust) => {
    const asking = { right: ask(roleArn("admin")), trust };
    expect(gained({ trust }, asking)).toEqual([]);
    expect(needsApproval({ trust, right: ask(roleArn("gone")) }, { ...asking })).toBe(false);
  });

  test.each(["sts:AssumeRole", "sts:*", "sts:TagSession"])("as a reference, by %s", (action) => {
    expect(gained({}, { right: ask("${aws_iam_role.admin.arn}", action) })).toEqual([]);
  });

  test.each<[string, readonly Statement[]]>([
    ["it", [trusts("bot")]],
    ["the account", [ROOT]],
    ["every principal", [{ ...ROOT, Principal: "*" }]],
    [
      "it under a condition of the session",
      [trusts("bot", { Condition: { StringEquals: { "sts:ExternalId": "1" } } })],
    ],
    ["a unique ID that may be its", [{ ...ROOT, Principal: { AWS: "AROAEXAMPLE" } }]],
    ["a role that is known only at apply", [{ ...ROOT, Principal: { AWS: "${data.aws_iam_role.x.arn}" } }]],
  ])("and counts where the role trusts %s", (_, trust) => {
    expect(gained({ trust }, { right: ask(roleArn("admin")), trust })).toContainEqual(ASKS);
  });

  test("and counts where the trust policy cannot be read", () => {
    const unread = (right?: Statement): SmallEstate => {
      const { resources, ...rest } = world({ ...(right && { right }) });
      const admin = { name: "admin", assume_role_policy: "${data.http.trust.response_body}" };
      return { ...rest, resources: { ...resources, aws_iam_role: { ...resources["aws_iam_role"], admin } } };
    };
    expect(gainsOf(unread(), unread(ask(roleArn("admin"))), "bot")).toContainEqual(ASKS);
  });

  test.each(["*", roleArn("*"), roleArn("elsewhere"), roleArn("admin", OTHER_ACCOUNT)])(
    "and counts on %s",
    (resource) => {
      expect(gained({}, { right: ask(resource) })).toHaveLength(1);
    },
  );
});

test("and counts on a role that is not here beside one that does not trust it", () => {
  const found = gained({}, { right: { Action: "sts:AssumeRole", Resource: [roleArn("admin"), roleArn("elsewhere")] } });
  expect(found).toEqual([expect.stringContaining(roleArn("elsewhere"))]);
});

describe("the day that the role trusts it", () => {
  const [asking, trusting] = [{ right: ask(roleArn("admin")) }, [trusts("bot")]] as const;

  test("the right is gained, with both places", () => {
    const gains = reviewOf(smallEstate(world(asking)), smallEstate(world({ ...asking, trust: trusting })))
      .agents.find(({ id }) => id === "bot")
      ?.gains.filter(({ what }) => what.startsWith("sts:"));
    expect(gains).toEqual([
      expect.objectContaining({
        what: `sts:AssumeRole on ${roleArn("admin")} (its role alone; task work)`,
        source: { address: "app/aws_iam_role_policy.bot.policy", also: ["app/aws_iam_role.admin.assume_role_policy"] },
      }),
    ]);
  });

  test("and lost, the day that it does not any more", () => {
    expect(lost({ ...asking, trust: trusting }, asking)).toContainEqual(ASKS);
    expect(gained({ ...asking, trust: trusting }, asking)).toEqual([]);
  });
});

describe("trust in a role that may not ask is void", () => {
  const BOUNDED = { boundary: policy({ Action: "s3:*", Resource: "*" }) };
  const forBot = [{ ...ROOT, Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("bot") } } }];

  test.each<[string, World]>([
    ["its boundary stops", { ...BOUNDED, trust: [trusts("bot")] }],
    ["its own policy does not let", { trust: forBot }],
    ["its own policy denies", { right: { ...ask("*"), Effect: "Deny" }, trust: [trusts("bot")] }],
  ])("which %s", (_, head) => {
    const { trust: __, ...base } = head;
    expect(gained(base, head, "app/aws_iam_role.admin")).toEqual([]);
    expect(needsApproval(base, head)).toBe(false);
  });

  test.each<[string, World]>([
    ["which is trusted by name", { trust: [trusts("bot")] }],
    ["whose own policy lets it", { right: ask(roleArn("admin")), trust: forBot }],
    ["and in one that is not of this configuration", { trust: [trusts("bot"), trusts("other")], ...BOUNDED }],
    ["and in the account", { trust: [ROOT], ...BOUNDED }],
  ])("but not in one %s", (_, head) => {
    const { trust: __, ...base } = head;
    expect(gained(base, head, "app/aws_iam_role.admin")).not.toEqual([]);
  });
});

describe("what a policy of a resource grants to a role of which nothing is left is void", () => {
  const BUCKET = "app/aws_s3_bucket_policy.b";
  const grants = (...statements: readonly Statement[]): Resources => ({
    aws_s3_bucket: { b: { bucket: "b" } },
    aws_s3_bucket_policy: { b: { bucket: "b", policy: policy(...statements) } },
  });
  const SEED: Statement = { Principal: { AWS: roleArn("seed") }, Action: "s3:ListBucket", Resource: "arn:aws:s3:::b" };
  const to = (principal: unknown, action: unknown = "s3:PutObject"): Statement => ({
    Principal: principal,
    Action: action,
    Resource: "arn:aws:s3:::b/*",
  });
  const BOT = { AWS: roleArn("bot") };
  const SESSION = { AWS: "arn:aws:sts::111122223333:assumed-role/bot/run" };
  const BOUNDARY = policy({ Action: "s3:GetObject", Resource: "*" });
  const DENY = { Effect: "Deny", Action: "s3:Put*", Resource: "*" } as const;

  test.each<[string, World, Statement]>([
    ["by its boundary", { boundary: BOUNDARY }, to(BOT)],
    ["by a Deny of its own", { right: DENY }, to(BOT)],
    ["by a Deny of its boundary", { boundary: policy({ Action: "*", Resource: "*" }, DENY) }, to(BOT)],
    ["by a Deny, in one session", { right: DENY }, to(SESSION)],
  ])("%s", (_, base, grant) => {
    const [before, after] = [grants(SEED), grants(SEED, grant)].map((more) => ({ ...base, more })) as [World, World];
    expect(gained(before, after, BUCKET)).toEqual([]);
    expect(needsApproval(before, after)).toBe(false);
  });

  test.each<[string, World, Statement, RegExp]>([
    ["what nothing limits", {}, to(BOT), /role\/bot may s3:PutObject/],
    ["one session, which no boundary limits", { boundary: BOUNDARY }, to(SESSION), /bot\/run may s3:PutObject/],
    [
      "what is left of several actions",
      { boundary: BOUNDARY },
      to(BOT, ["s3:PutObject", "s3:GetObject"]),
      /bot may s3:GetObject/,
    ],
    [
      "another principal besides",
      { boundary: BOUNDARY },
      to({ AWS: [roleArn("bot"), roleArn("x")] }),
      /role\/x may s3:PutObject/,
    ],
    [
      "a service besides",
      { boundary: BOUNDARY },
      to({ ...BOT, Service: "ec2.amazonaws.com" }),
      /Service:ec2\S+ may s3:Put/,
    ],
    ["every principal", { boundary: BOUNDARY }, to("*"), /may s3:PutObject/],
    ["the account", { boundary: BOUNDARY }, to({ AWS: "111122223333" }), /account 111122223333 may s3:PutObject/],
    [
      "one that a boundary limits that cannot be read",
      { boundary: "${data.http.x.response_body}" },
      to(BOT),
      /bot may s3:Put/,
    ],
  ])("but not %s", (_, base, grant, gain) => {
    const [before, after] = [grants(SEED), grants(SEED, grant)].map((more) => ({ ...base, more })) as [World, World];
    const found = gained(before, after, BUCKET);
    expect(found).toEqual([expect.stringMatching(gain)]);
  });

  test("the day that the boundary lets it, the agent gains, with both places", () => {
    const [before, after] = [BOUNDARY, policy({ Action: "s3:*", Resource: "*" })].map((boundary) =>
      smallEstate(world({ boundary, more: grants(SEED, to(BOT)) })),
    ) as [ReturnType<typeof smallEstate>, ReturnType<typeof smallEstate>];
    expect(reviewOf(before, after).agents.find(({ id }) => id === "bot")?.gains).toContainEqual(
      expect.objectContaining({
        what: expect.stringMatching(/^s3:PutObject on arn:aws:s3:::b\/\* \(its role by policies of resources\)/),
        source: { address: `${BUCKET}.policy`, also: ["app/aws_iam_policy.edge.policy"] },
      }),
    );
  });
});

describe("what may not be in force makes nothing void", () => {
  const READS_ALL = { Action: "s3:GetObject", Resource: "*" };
  const DENIES: Statement = { Effect: "Deny", Action: ["s3:Put*", "sts:*", "ec2:*"], Resource: "*" };
  const BUCKET = "app/aws_s3_bucket_policy.b";
  const LIST: Statement = { Principal: { AWS: roleArn("seed") }, Action: "s3:ListBucket", Resource: "arn:aws:s3:::b" };
  const PUT: Statement = {
    ...LIST,
    Principal: { AWS: roleArn("bot") },
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::b/*",
  };
  interface State {
    readonly grant?: Statement;
    readonly trust?: readonly Statement[];
    readonly right?: Statement;
  }
  /** @param more of the estate, beside what grants */
  const state = (more: Resources, { grant, trust = [], right = READS_ALL }: State = {}): SmallEstate => ({
    agents: ["bot"],
    resources: {
      aws_s3_bucket: { b: { bucket: "b" } },
      aws_s3_bucket_policy: { b: { bucket: "b", policy: policy(LIST, ...(grant === undefined ? [] : [grant])) } },
      ...more,
      aws_iam_role: { bot: role("bot"), admin: role("admin", ...trust), ...more["aws_iam_role"] },
      aws_iam_role_policy: { bot: { ...rights("bot", right), name: "rights" }, ...more["aws_iam_role_policy"] },
    },
  });
  const inline = (more: object): Resources => ({
    aws_iam_role_policy: { deny: { ...rights("bot", DENIES), ...more } },
  });
  const attached = (more: object, of: object = {}): Resources => ({
    aws_iam_policy: { d: { name: "d", policy: policy(DENIES), ...of } },
    aws_iam_role_policy_attachment: { d: { role: "bot", policy_arn: "${aws_iam_policy.d.arn}", ...more } },
  });
  const bounded = (more: object, of: object = {}): Resources => ({
    aws_iam_policy: { edge: { name: "edge", policy: policy(READS_ALL), ...of } },
    aws_iam_role: { bot: { ...role("bot"), permissions_boundary: "${aws_iam_policy.edge.arn}", ...more } },
  });
  const ignoring = (...names: readonly string[]): object => ({ lifecycle: { ignore_changes: names } });

  const rows: readonly (readonly [string, Resources])[] = [
    ["a Deny of an unknown count", inline({ count: "${var.on ? 1 : 0}" })],
    ["a Deny for each of nothing", inline({ for_each: {} })],
    ["a Deny for each of a set", inline({ for_each: "${toset([])}" })],
    ["a Deny of another account", inline({ provider: "aws.other" })],
    ["a Deny in an unknown account", inline({ provider: "aws.unknown" })],
    ["a Deny with the name of another policy", inline({ name: "rights" })],
    ["a Deny with an unknown name", inline({ name: "${var.name}" })],
    ["a Deny whose text is ignored", inline(ignoring("policy"))],
    ["a Deny all of which is ignored", inline({ lifecycle: { ignore_changes: "all" } })],
    ["a Deny whose role is ignored", inline(ignoring("role"))],
    ["an attachment of an unknown count", attached({ count: "${var.a ? 1 : 0}" })],
    ["an attachment for each of a set", attached({ for_each: "${toset([])}" })],
    ["an attached policy of an unknown count", attached({}, { count: "${var.a ? 1 : 0}" })],
    ["an attached policy whose text is ignored", attached({}, ignoring("policy"))],
    [
      "an attachment beside others that are exclusive",
      { ...attached({}), aws_iam_role_policy_attachments_exclusive: { e: { role_name: "bot", policy_arns: [] } } },
    ],
    [
      "an attachment of a policy that is attached to others only",
      {
        ...attached({}),
        aws_iam_policy_attachment: { e: { name: "e", roles: ["admin"], policy_arn: "${aws_iam_policy.d.arn}" } },
      },
    ],
    [
      "an inline Deny beside others that are exclusive",
      { ...inline({}), aws_iam_role_policies_exclusive: { e: { role_name: "bot", policy_names: ["rights"] } } },
    ],
    [
      "an inline Deny of a role that lists its own",
      {
        ...inline({}),
        aws_iam_role: { bot: { ...role("bot"), inline_policy: [{ name: "o", policy: policy(READS_ALL) }] } },
      },
    ],
    ["a boundary that is ignored", bounded(ignoring("permissions_boundary"))],
    ["a boundary whose text is ignored", bounded({}, ignoring("policy"))],
    ["a boundary of an unknown count", bounded({}, { count: "${var.a ? 1 : 0}" })],
  ];
  const TRUST = [trusts("bot")];

  test.each(rows)("%s: a grant, trust and a right of its own count", (_, more) => {
    const base = state(more);
    expect(gainsOf(base, state(more, { grant: PUT }), BUCKET)).toEqual([expect.stringMatching(/bot may s3:PutObject/)]);
    expect(gainsOf(base, state(more, { trust: TRUST }), "app/aws_iam_role.admin")).toEqual([
      expect.stringMatching(/^trust: .*role\/bot/),
    ]);
    const own = { Action: ["s3:GetObject", "ec2:*"], Resource: "*" };
    expect(gainsOf(base, state(more, { right: own }), "bot")).toContainEqual(expect.stringMatching(/ec2:/));
  });

  test.each(rows)("%s: it is not known once it is gone", (_, more) => {
    expect(gainsOf(state(more, { grant: PUT }), state({}, { grant: PUT }), "bot")).not.toEqual([]);
  });

  test.each<[string, Resources]>([
    ["a Deny", inline({})],
    ["a Deny of a count of one", inline({ count: 1 })],
    ["a Deny with a name of its own", inline({ name: "deny" })],
    ["a Deny of the same account by another name", inline({ provider: "aws" })],
    ["an attachment", attached({})],
    ["a boundary", bounded({})],
    ["a Deny that ignores its tags", inline(ignoring("tags"))],
  ])("%s that certainly is does", (_, more) => {
    for (const gain of [{ grant: PUT }, { trust: TRUST }]) {
      expect(reviewOf(smallEstate(state(more)), smallEstate(state(more, gain))).requiresApproval).toBe(false);
    }
  });

  test.each([["assume_role_policy"], ["all"]])("a trust policy of which %s is ignored lets in what may ask", (name) => {
    const admin = { ...role("admin"), lifecycle: { ignore_changes: name === "all" ? "all" : [name] } };
    const more = { aws_iam_role: { admin } };
    const right = ask(roleArn("admin"));
    expect(gainsOf(state(more), state(more, { right }), "bot")).toContainEqual(ASKS);
  });
});

describe("trust that was void counts the day that the caller may ask", () => {
  const EC2: Statement = { Action: "ec2:*", Resource: "*" };
  const DENY: Statement = { Effect: "Deny", Action: "sts:AssumeRole", Resource: "*" };
  const estate = (trust: readonly Statement[], boundary: Statement | undefined, ...ci: readonly Statement[]) => ({
    agents: ["bot"],
    resources: {
      aws_iam_role: {
        bot: role("bot", { Principal: { Service: "x.amazonaws.com" }, Action: "sts:AssumeRole" }, ...trust),
        ci: { ...role("ci"), ...(boundary && { permissions_boundary: "${aws_iam_policy.edge.arn}" }) },
      },
      aws_iam_role_policy: { bot: rights("bot", READS), ci: rights("ci", ...ci) },
      ...(boundary && { aws_iam_policy: { edge: { name: "edge", policy: policy(boundary) } } }),
    } as Resources,
  });
  const TRUSTS = [trusts("ci")];
  const FOR_CI = [{ ...ROOT, Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("ci") } } }];

  test.each<[string, SmallEstate, SmallEstate, SmallEstate]>([
    [
      "its boundary opens",
      estate([], EC2, EC2),
      estate(TRUSTS, EC2, EC2),
      estate(TRUSTS, { ...EC2, Action: ["ec2:*", "sts:*"] }, EC2),
    ],
    ["its boundary is gone", estate([], EC2, EC2), estate(TRUSTS, EC2, EC2), estate(TRUSTS, undefined, EC2)],
    [
      "a Deny is gone",
      estate([], undefined, EC2, DENY),
      estate(TRUSTS, undefined, EC2, DENY),
      estate(TRUSTS, undefined, EC2),
    ],
    [
      "its own policy lets it",
      estate([], undefined, EC2),
      estate(FOR_CI, undefined, EC2),
      estate(FOR_CI, undefined, EC2, ask(roleArn("bot"))),
    ],
  ])("as %s", (_, base, void_, head) => {
    const gain = expect.stringMatching(/^trust: .*bot may be assumed by .*role\/ci/);
    expect(gainsOf(base, void_, "bot")).toEqual([]);
    expect(gainsOf(void_, head, "bot")).toContainEqual(gain);
    expect(lossesOf(head, void_, "bot")).toContainEqual(gain);
  });
});
