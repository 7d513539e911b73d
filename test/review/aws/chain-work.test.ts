import { Admittance } from "../../../review/reach/aws/chain/admittance";
import { RoleEdges } from "../../../review/reach/aws/chain/role-edges";
import { PolicyTexts } from "../../../review/reach/aws/policy-texts";
import { awsReach } from "../../../review/reach/aws/aws-reach";
import { RolePolicies } from "../../../review/reach/aws/role-policies";
import { depth } from "../../support/depth";
import { rights, role, roleArn, type SmallEstate, smallEstate, type Statement } from "./small-estate";

/** Roles that one role is asked about, and that are followed from one */
const [MOST_ASKED, MOST_ROLES] = [200, 100];

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `r${at}`);

/** @param trusted by position of each role, the roles that it trusts */
function graph(count: number, trusted: (at: number) => readonly number[], more: Partial<Statement> = {}): SmallEstate {
  const all = names(count);
  const trust = (at: number): Statement => ({
    Principal: { AWS: trusted(at).map((one) => roleArn(`r${one}`)) },
    Action: "sts:AssumeRole",
    ...more,
  });
  const read = { Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
  return {
    resources: {
      aws_iam_role: Object.fromEntries(all.map((name, at) => [name, role(name, trust(at))])),
      aws_iam_role_policy: Object.fromEntries(all.map((name) => [name, rights(name, read)])),
    },
  };
}

/** Work done to find which role may become which */
function workOf(estate: SmallEstate) {
  const asked = jest.spyOn(RoleEdges.prototype, "from");
  const verdicts = jest.spyOn(Admittance.prototype, "verdict");
  const read = jest.spyOn(RolePolicies.prototype, "identityOf");
  const { principals } = awsReach(smallEstate(estate), new PolicyTexts());
  const work = {
    roles: asked.mock.calls.length,
    edges: verdicts.mock.calls.length,
    hard: (asked.mock.contexts[0] as RoleEdges).hard,
    read: read.mock.calls.length,
  };
  jest.restoreAllMocks();
  return { work, chained: [...principals.values()].map(({ chained }) => chained.length) };
}

const RING = depth(2_000, 400);
const CLIQUE = depth(300, MOST_ASKED + 10);

test(`of a ring of ${RING} roles each is read once, and asked about one other`, () => {
  const count = RING;
  const { work, chained } = workOf(graph(count, (at) => [(at + count - 1) % count]));
  expect(work).toEqual({ roles: count, edges: count, hard: 0, read: expect.any(Number) });
  expect(work.read).toBeLessThanOrEqual(3 * count);
  expect(new Set(chained)).toEqual(new Set([MOST_ROLES]));
});

test(`of ${CLIQUE} roles that all trust each other none is read more often, and no question is hard`, () => {
  const count = CLIQUE;
  const all = names(count).map((_, at) => at);
  const { work } = workOf(graph(count, (at) => all.filter((one) => one !== at)));
  expect(work).toEqual({ roles: count, edges: count * MOST_ASKED, hard: 0, read: expect.any(Number) });
  expect(work.read).toBeLessThanOrEqual(3 * count);
});

test("a condition that is the same for all of them is decided once", () => {
  const count = 40;
  const all = names(count).map((_, at) => at);
  const condition = { Condition: { StringEquals: { "sts:ExternalId": "1" } } };
  const { work, chained } = workOf(graph(count, (at) => all.filter((one) => one !== at), condition));
  expect(work).toMatchObject({ edges: count * (count - 1), hard: 1 });
  expect(new Set(chained)).toEqual(new Set([count - 1]));
});
