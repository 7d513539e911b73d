import { gainsOf, lossesOf, rights, role, type Statement } from "./small-estate";

type Json = Readonly<Record<string, unknown>>;

const PODS: Statement = {
  Principal: { Service: "pods.eks.amazonaws.com" },
  Action: ["sts:AssumeRole", "sts:TagSession"],
};
const READ = { Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
const association = (more: Json = {}): Json => ({
  cluster_name: "prod",
  namespace: "research",
  service_account: "reader",
  role_arn: "${aws_iam_role.data.arn}",
  ...more,
});

const world = (
  associations: Readonly<Record<string, Json>>,
  trust: readonly Statement[] = [PODS],
  agents: readonly string[] = [],
) => ({
  agents,
  workloads: { bot: "research/reader" },
  resources: {
    aws_iam_role: { data: role("data", ...trust), bot: role("bot"), other: role("other", PODS) },
    aws_iam_role_policy: { data: rights("data", READ) },
    ...(Object.keys(associations).length > 0 && { aws_eks_pod_identity_association: associations }),
  },
});

const OWNER = "app/aws_iam_role.data";
const given = [expect.stringMatching(/^trust: role .*role\/data is given to pods of research\/reader in cluster prod/)];
const none = world({});

test("a role given to pods is a gain of the role's principal", () => {
  expect(gainsOf(none, world({ one: association() }), OWNER)).toEqual(given);
  expect(lossesOf(world({ one: association() }), none, OWNER)).toEqual(given);
});

test("an agent in those pods gains what the role opens", () => {
  const [base, head] = [world({}, [PODS], ["bot"]), world({ one: association() }, [PODS], ["bot"])];
  expect(gainsOf(base, head, "bot")).toEqual([
    expect.stringMatching(/^action: s3:GetObject on .* \(its pods → role .*role\/data\)/),
  ]);
  expect(gainsOf(base, world({ one: association({ service_account: "writer" }) }, [PODS], ["bot"]), "bot")).toEqual([]);
});

test("the same association elsewhere in the configuration is no change", () => {
  expect(gainsOf(world({ one: association() }), world({ two: association() }), OWNER)).toEqual([]);
  expect(lossesOf(world({ one: association() }), world({ two: association() }), OWNER)).toEqual([]);
});

test.each<[string, Json]>([
  ["other pods", { service_account: "writer" }],
  ["pods of another namespace", { namespace: "finance" }],
  ["pods of another cluster", { cluster_name: "test" }],
  ["sessions without tags", { disable_session_tags: true }],
])("%s are a gain", (_, more) => {
  expect(gainsOf(world({ one: association() }), world({ one: association(more) }), OWNER)).toEqual([
    expect.stringMatching(/^trust: role .*role\/data is given to pods of/),
  ]);
});

test("a role that the first one becomes is given too", () => {
  const head = world({ one: association({ target_role_arn: "${aws_iam_role.other.arn}" }) });
  expect(gainsOf(world({ one: association() }), head, "app/aws_iam_role.other")).toEqual([
    expect.stringMatching(/^trust: role .*role\/other is given to pods of research\/reader/),
  ]);
});

test.each<[string, readonly Statement[]]>([
  ["that does not let the service", [{ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }]],
  [
    "for pods of another namespace",
    [{ ...PODS, Condition: { StringEquals: { "aws:RequestTag/kubernetes-namespace": "finance" } } }],
  ],
])("a role %s is not given to pods", (_, trust) => {
  expect(gainsOf(world({}, trust), world({ one: association() }, trust), OWNER)).toEqual([]);
});

test("a condition on the namespace tag of its pods gives them the role", () => {
  const trust = [{ ...PODS, Condition: { StringEquals: { "aws:RequestTag/kubernetes-namespace": "research" } } }];
  expect(gainsOf(world({}, trust), world({ one: association() }, trust), OWNER)).toEqual(given);
});

test("a trust policy that lets the pods from now on gives them the role", () => {
  const closed = [{ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }];
  expect(gainsOf(world({ one: association() }, closed), world({ one: association() }), OWNER)).toContainEqual(given[0]);
});

test.each<[string, Json, string]>([
  [
    "a role that the configuration does not hold",
    { role_arn: "arn:aws:iam::111122223333:role/elsewhere" },
    "trust: role .*elsewhere may be given",
  ],
  ["a namespace that is no text", { namespace: ["a"] }, "unknown: which pods"],
  ["an unknown argument", { policy: "{}" }, "unknown: policy of"],
])("%s counts as a gain", (_, more, what) => {
  expect(gainsOf(none, world({ one: association(more) }), "app/aws_eks_pod_identity_association.one")).toEqual([
    expect.stringMatching(new RegExp(`^${what}`)),
  ]);
});
