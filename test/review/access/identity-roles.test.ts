import { AccessIn } from "../../../review/access/access-in";
import { answersOf } from "../../../review/access/question";
import type { PrincipalAccess } from "../../../review/access/principal-access";
import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import cases from "../../cases/review/identity-roles.json";
import { pathText } from "../../../review/reach/aws/words";
import { smallRegistry } from "../../support/review/declared-fleet";
import type { Estate } from "../../../review/read/resource";
import { estateOf } from "../../support/review/folders";

const courier = smallRegistry().agents["courier"] as Record<string, unknown>;
const { namespace, serviceAccount } = courier["workload"] as Record<string, string>;
const ACCOUNT = `system:serviceaccount:${namespace}:${serviceAccount}`;
const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/A1";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const ADDRESS = "root/aws_iam_role.backup";
const ROLE = "arn:aws:iam::111122223333:role/backup";
const QUESTION = { action: "s3:GetObject", resource: "arn:aws:s3:::backup/a", keys: {} };

interface Trust {
  readonly effect?: string;
  readonly principal?: object;
  readonly action?: string;
  readonly condition?: object;
  readonly deny?: object;
}

/** The trust policy of a row, in which words stand for who `courier` is */
function trustOf({ effect = "Allow", principal = { Federated: PROVIDER }, action, condition, deny }: Trust): string {
  const Action = action ?? "sts:AssumeRoleWithWebIdentity";
  const statements = [
    { Effect: effect, Principal: principal, Action, ...(condition !== undefined && { Condition: condition }) },
    ...(deny === undefined ? [] : [{ Effect: "Deny", Principal: principal, Action, Condition: deny }]),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: statements })
    .replaceAll("ISSUER", ISSUER)
    .replaceAll("ACCOUNT", ACCOUNT)
    .replaceAll("UPPER", ACCOUNT.toUpperCase())
    .replaceAll("SPIFFE", String(courier["spiffeId"]));
}

const rights = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::backup/*" };

type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function withRole(trust: string, more: Resources = {}): Estate {
  const provider = { aws: [{ region: "eu-central-1", allowed_account_ids: ["111122223333"] }] };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [rights] });
  const resource = {
    ...more,
    aws_iam_role: { backup: { name: "backup", arn: ROLE, assume_role_policy: trust }, ...more["aws_iam_role"] },
    aws_iam_role_policy: { backup: { role: "${aws_iam_role.backup.name}", policy } },
  };
  return estateOf({
    "main.tf.json": JSON.stringify({ provider, resource }),
    "ambit/registry.json": JSON.stringify(smallRegistry()),
  });
}

const accessIn = (estate: Estate): AccessIn => new AccessIn(estate);
const backupOf = ({ aws }: PrincipalAccess) =>
  aws.paths.filter(({ pairs }) => pairs.some(({ resource }) => resource === rights.Resource));

/** Verdicts of `ambit access` on one request, by every path */
function verdicts(access: AccessIn, id: string): readonly string[] {
  const ways = access.waysOf(id);
  if (ways === undefined) return [];
  return answersOf(ways, QUESTION)
    .filter(({ verdict }) => verdict !== "denied")
    .map(({ isAssumed, path }) => `${isAssumed ? "possible" : "certain"}: ${path}`);
}

describe.each(cases.map((one) => [one.name, one] as const))("a role that admits %s", (_, row) => {
  const estate = withRole(trustOf(row as unknown as Trust));
  const access = accessIn(estate);

  test(`is ${row.is} for the agent`, () => {
    const way = `its own identity → role ${ROLE}`;
    const found = backupOf(access.of("courier")).map(({ name, isAssumed }) => [name, isAssumed]);
    const isPossible = row.is === "possible";
    const name = isPossible ? `${way}, if it may become it` : way;
    expect(found).toEqual(row.is === "refused" ? [] : [[name, isPossible]]);
    expect(verdicts(access, "courier")).toEqual(row.is === "refused" ? [] : [`${row.is}: ${name}`]);
    const doubts = access.of("courier").unknown.filter(({ what }) => what.startsWith(`whether it becomes ${ADDRESS}`));
    expect(doubts).toHaveLength(isPossible ? 1 : 0);
  });

  test("is as much in the blast radius", () => {
    const { reached } = new BlastRadii(estate).of("courier") ?? { reached: [] };
    const taken = reached.find(({ kind, target }) => kind === "identity" && target === ADDRESS);
    expect(taken === undefined ? "refused" : taken.unknown === undefined ? "certain" : "possible").toBe(row.is);
    const read = reached.find(({ target }) => target === rights.Resource);
    expect([read !== undefined, read?.unknown]).toEqual([taken !== undefined, taken?.unknown]);
  });
});

test("a role with an unreadable trust policy may admit every identity", () => {
  for (const trust of ["{", "${data.aws_iam_policy_document.elsewhere.json}"]) {
    const access = accessIn(withRole(trust));
    expect(backupOf(access.of("courier")).map(({ isAssumed }) => isAssumed)).toEqual([true]);
    expect(verdicts(access, "courier")[0]).toMatch(/^possible: /);
  }
});

test("a certificate is enough where a profile gives sessions of the role", () => {
  const row = cases.find(({ name }) => name.startsWith("its certificate")) as unknown as Trust;
  const isAssumed = (arn: string): readonly boolean[] => {
    const profile = { aws_rolesanywhere_profile: { p: { name: "p", role_arns: [arn], enabled: true } } };
    return backupOf(accessIn(withRole(trustOf(row), profile)).of("courier")).map((path) => path.isAssumed);
  };
  expect(isAssumed(ROLE)).toEqual([false]);
  expect(isAssumed("arn:aws:iam::111122223333:role/another")).toEqual([true]);
});

test("an identity does not count as a path to the agent's own role, and a role without an identity gains none", () => {
  const row = cases[0] as unknown as Trust;
  const access = accessIn(withRole(trustOf(row)));
  expect(access.of(ADDRESS).aws.paths.filter(({ name }) => name.startsWith("its own identity"))).toEqual([]);
  expect(access.of("clerk").aws.paths).toEqual([]);
  expect(verdicts(access, "clerk")).toEqual([]);
});

test("an account of the cluster without an agent becomes what admits it", () => {
  const account = {
    kubernetes_service_account: { batch: { metadata: [{ name: "batch", namespace: "jobs" }] } },
  };
  const admits = (name: string): string =>
    trustOf({ condition: { StringEquals: { "ISSUER:sub": `system:serviceaccount:jobs:${name}` } } });
  const who = "root/kubernetes_service_account.batch";
  expect(verdicts(accessIn(withRole(admits("batch"), account)), who)[0]).toMatch(/^certain: its own identity/);
  expect(verdicts(accessIn(withRole(admits("other"), account)), who)).toEqual([]);
});

test("roles behind a role that an identity may assume are followed too", () => {
  const arn = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
  const trusts = (name: string): string =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS: arn(name) }, Action: "sts:AssumeRole" }] });
  const pathsBy = (far: string): readonly string[] => {
    const roles = { aws_iam_role: { far: { name: "far", arn: arn("far"), assume_role_policy: trusts(far) } } };
    const access = accessIn(withRole(trustOf(cases[0] as unknown as Trust), roles));
    return access.waysOf("courier")?.paths.map(pathText) ?? [];
  };
  const near = `its own identity → role ${ROLE}`;
  expect(pathsBy("backup")).toEqual([near, `${near} → role ${arn("far")}`]);
  expect(pathsBy("another")).toEqual([near]);
});
