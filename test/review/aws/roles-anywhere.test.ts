import { gainsOf, lossesOf, policy, role, type Statement } from "./small-estate";

type Json = Readonly<Record<string, unknown>>;

const SERVICE = { Principal: { Service: "rolesanywhere.amazonaws.com" }, Action: ["sts:AssumeRole", "sts:TagSession"] };
const from = (arn: string): Statement => ({ ...SERVICE, Condition: { ArnEquals: { "aws:SourceArn": arn } } });
const READ = { Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
const LIMIT = policy(READ);
const profile = (more: Json = {}): Json => ({
  name: "data",
  role_arns: ["${aws_iam_role.data.arn}"],
  enabled: true,
  duration_seconds: 900,
  session_policy: LIMIT,
  require_instance_properties: true,
  ...more,
});
const anchor = (more: Json = {}): Json => ({
  name: "spire",
  enabled: true,
  source: {
    source_type: "AWS_ACM_PCA",
    source_data: { acm_pca_arn: "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/a" },
  },
  ...more,
});
const OTHER_SOURCE = {
  source_type: "AWS_ACM_PCA",
  source_data: { acm_pca_arn: "arn:aws:acm-pca:eu-central-1:444455556666:certificate-authority/b" },
};

interface World {
  readonly profiles?: Readonly<Record<string, Json>>;
  readonly anchors?: Readonly<Record<string, Json>>;
  readonly trust?: Statement;
  readonly policies?: Readonly<Record<string, Json>>;
}

const world = ({ profiles = {}, anchors = {}, trust = SERVICE, policies = {} }: World) => ({
  resources: {
    aws_iam_role: { data: role("data", trust), other: role("other") },
    aws_rolesanywhere_profile: profiles,
    aws_rolesanywhere_trust_anchor: anchors,
    aws_iam_policy: policies,
  },
});

const OWNER = "app/aws_iam_role.data";
const gained = (base: World, head: World, who = OWNER) => gainsOf(world(base), world(head), who);
const lost = (base: World, head: World) => lossesOf(world(base), world(head), OWNER);
const one = (more: Json = {}): World => ({ profiles: { one: profile(more) } });

test.each<[string, World, World, string]>([
  ["a profile that is new", {}, one(), "trust: role .*role/data is given by the profile data"],
  ["a role that is listed", one({ role_arns: [] }), one(), "trust: role .* is given by the profile data"],
  ["a profile that is switched on", one({ enabled: false }), one(), "trust: role .* is given by the profile data"],
  [
    "a profile that is switched on explicitly",
    one({ enabled: null }),
    one(),
    "trust: role .* is given by the profile data",
  ],
  ["a longer session", one(), one({ duration_seconds: 3600 }), "ttl: sessions may last 3600 s, before 900 s"],
  ["AWS's longer session", one(), one({ duration_seconds: null }), "ttl: sessions may last 3600 s, before 900 s"],
  ["a session of unknown length", one(), one({ duration_seconds: "${var.seconds}" }), "ttl: sessions may last"],
  ["no session policy", one(), one({ session_policy: null }), "boundary: no session policy limits it any more"],
  [
    "a wider session policy",
    one(),
    one({ session_policy: policy(READ, { Action: "s3:*", Resource: "*" }) }),
    "boundary: its session policies limit it less",
  ],
  [
    "a session name chosen by the caller",
    one(),
    one({ accept_role_session_name: true }),
    "trust: the caller names the session",
  ],
  [
    "no instance",
    one(),
    one({ require_instance_properties: false }),
    "trust: instance properties are not required any more",
  ],
])("%s is a gain of the role, and the way back a loss", (_, base, head, what) => {
  expect(gained(base, head)).toEqual([expect.stringMatching(new RegExp(`^${what}`))]);
  if (what.includes("any may be")) return;
  expect(gained(head, base).filter((gain) => !gain.startsWith("ttl"))).toEqual([]);
  if (!String(head.profiles?.["one"]?.["duration_seconds"]).includes("var")) {
    expect(lost(head, base)).toEqual([expect.stringMatching(new RegExp(`^${what}`))]);
  }
});

test.each<[string, World, World]>([
  ["the same elsewhere in the configuration", one(), { profiles: { two: profile() } }],
  ["the same under another name", one(), one({ name: "data2" })],
  [
    "a second that opens no more",
    one(),
    { profiles: { one: profile(), two: profile({ name: "two", duration_seconds: 900 }) } },
  ],
  [
    "statements in another order",
    one({ session_policy: policy(READ, { Action: "s3:List*", Resource: "*" }) }),
    one({ session_policy: policy({ Action: "s3:List*", Resource: "*" }, READ) }),
  ],
  [
    "a role that does not let the service",
    { trust: { Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" } },
    { ...one(), trust: { Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" } },
  ],
  ["a profile that is off", {}, one({ enabled: false })],
  ["a shorter session", one(), one({ duration_seconds: 901 - 1 })],
])("%s is no gain", (_, base, head) => {
  expect(gained(base, head)).toEqual([]);
});

test("session policies that are managed are read", () => {
  const policies = { limit: { name: "limit", policy: policy(READ, { Action: "sqs:*", Resource: "*" }) } };
  const wider = one({ managed_policy_arns: ["${aws_iam_policy.limit.arn}"] });
  expect(gained({ ...one(), policies }, { ...wider, policies })).toEqual([expect.stringContaining("limit it less")]);
});

test.each<[string, Json, string]>([
  [
    "a session policy that the configuration does not hold",
    { managed_policy_arns: ["arn:aws:iam::111122223333:policy/x"] },
    "the session policy",
  ],
  ["a session policy that cannot be read", { session_policy: '${file("x.json")}' }, "the policy in"],
  ["roles that are no list of texts", { role_arns: [{}] }, "the roles of the profile"],
  ["an unknown argument", { attribute_mapping: "x" }, "attribute_mapping of"],
])("%s is unknown", (_, more, what) => {
  expect(gained(one(), one(more), "app/aws_rolesanywhere_profile.one")).toContainEqual(
    expect.stringContaining(`unknown: ${what}`),
  );
});

describe("certificates of another authority", () => {
  const anchors = { spire: anchor() };
  const other = { spire: anchor({ source: OTHER_SOURCE }) };

  test.each<[string, Statement]>([
    ["a role that names the anchor", from("${aws_rolesanywhere_trust_anchor.spire.arn}")],
    ["a role that names none", SERVICE],
  ])("open %s", (_, trust) => {
    expect(gained({ anchors, trust }, { anchors: other, trust })).toEqual([
      expect.stringMatching(/^trust: role .* may be assumed with certificates under the trust anchor spire/),
    ]);
  });

  test("may open a role that names an anchor by an ARN that only AWS knows", () => {
    const trust = from("arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/1");
    expect(gained({ anchors, trust }, { anchors: other, trust })).toEqual([]);
    expect(gained({ anchors, trust }, { anchors: other, trust }, "app/aws_rolesanywhere_trust_anchor.spire")).toEqual([
      "unknown: the trust anchor spire",
    ]);
  });

  test("are believed once the anchor is switched on", () => {
    expect(gained({ anchors: { spire: anchor({ enabled: false }) } }, { anchors })).toHaveLength(1);
  });

  test("are the same where the anchor moves, and notifies another party of its expiry", () => {
    const moved = { elsewhere: anchor({ notification_settings: [{ enabled: true, event: "x" }] }) };
    expect(gained({ anchors }, { anchors: moved })).toEqual([]);
    expect(gained({ anchors }, { anchors: moved }, "app/aws_rolesanywhere_trust_anchor.elsewhere")).toEqual([]);
  });
});
