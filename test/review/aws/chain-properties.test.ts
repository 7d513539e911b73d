import fc from "fast-check";
import { Chains } from "../../../review/reach/aws/chain/chains";
import { RoleEdges } from "../../../review/reach/aws/chain/role-edges";
import { IamIndex } from "../../../review/reach/aws/iam-index";
import { PolicyTexts } from "../../../review/reach/aws/policy-texts";
import { resourcePolicies } from "../../../review/reach/aws/resource-policies";
import { RoleAccess } from "../../../review/reach/aws/role-access";
import { RolePolicies } from "../../../review/reach/aws/role-policies";
import { ITS_ROLE } from "../../../review/reach/aws/way";
import type { Resource } from "../../../review/read/resource";
import { edgesOf, SlowChains } from "./slow-chains";
import {
  OTHER_ACCOUNT,
  policy,
  type Resources,
  rights,
  role,
  roleArn,
  smallEstate,
  type Statement,
} from "./small-estate";
import { depth } from "../../support/depth";

const NAMES = ["a", "ab", "b", "c"] as const;
const account = (name: string): string | undefined => (name === "c" ? OTHER_ACCOUNT : undefined);
const arnOf = (name: string): string => roleArn(name, account(name));

const name = fc.constantFrom(...NAMES);
const named = fc.oneof(
  { weight: 4, arbitrary: name.map(arnOf) },
  name.map((one) => arnOf(one).replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/run"),
  name.map((one) => `\${aws_iam_role.${one}.arn}`),
  fc.constantFrom(
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "${var.unknown}",
    "arn:aws:iam::${data.aws_caller_identity.c.account_id}:root",
    "arn:aws:iam::${data.aws_caller_identity.c.account_id}:role/a",
    "arn:aws:iam::111122223333:user/a",
  ),
);
const condition = fc.constantFrom<object>(
  {},
  {},
  {},
  { Condition: { StringEquals: { "sts:ExternalId": "1" } } },
  { Condition: { ArnLike: { "aws:PrincipalArn": roleArn("a*") } } },
  { Condition: { ArnNotEquals: { "AWS:principalarn": roleArn("a") } } },
  { Condition: { StringEqualsIfExists: { "aws:PrincipalAccount": "111122223333" } } },
  {
    Condition: {
      "ForAnyValue:StringLike": { "aws:TagKeys": "*b" },
      Bool: { "aws:MultiFactorAuthPresent": "true" },
    },
  },
  { Condition: { StringEquals: { "aws:PrincipalArn": "${var.unknown}" } } },
  { Condition: { Null: { "aws:PrincipalArn": "true" } } },
);
const effect = fc.constantFrom<"Allow" | "Deny">("Allow", "Allow", "Allow", "Deny");
const action = fc.constantFrom<object>(
  { Action: "sts:AssumeRole" },
  { Action: "sts:AssumeRole" },
  { Action: ["sts:Assume*", "sts:TagSession"] },
  { NotAction: "iam:*" },
  { Action: "sts:TagSession" },
  { Action: "sts:${var.action}" },
);
const parts = fc.tuple(effect, action, condition);
const trust = fc
  .tuple(
    parts,
    fc.constantFrom("Principal", "Principal", "Principal", "NotPrincipal"),
    fc.array(named, { minLength: 1, maxLength: 3 }),
  )
  .map(([[Effect, what, when], key, names]): Statement => ({ Effect, ...what, ...when, [key]: { AWS: names } }));
const pattern = fc.oneof(
  name.map(arnOf),
  name.map((one) => `\${aws_iam_role.${one}.arn}`),
  fc.constantFrom("*", roleArn("a*"), "arn:aws:iam::*:role/?", "${var.role}"),
);
const right = fc
  .tuple(
    parts,
    fc.constantFrom("Resource", "Resource", "NotResource"),
    fc.array(pattern, { minLength: 1, maxLength: 2 }),
  )
  .map(([[Effect, what, when], key, patterns]): Statement => ({ Effect, ...what, ...when, [key]: patterns }));

interface Drawn {
  readonly trust: readonly Statement[];
  readonly rights: readonly Statement[];
  readonly isBound: boolean;
  readonly isUnread: boolean;
}
const drawn = fc.record<Drawn>({
  trust: fc.array(trust, { maxLength: 3 }),
  rights: fc.array(right, { maxLength: 2 }),
  isBound: fc.boolean(),
  isUnread: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

/** Unknown values, and what they may turn out to be */
const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  "${var.unknown}": NAMES.map(arnOf),
  "${data.aws_caller_identity.c.account_id}": ["111122223333", OTHER_ACCOUNT],
  "${var.role}": NAMES.map(arnOf),
  "${var.action}": ["AssumeRole", "TagSession"],
};

type World = readonly [roles: readonly Drawn[], bound: readonly Statement[]];

/** @param choice which of what it may turn out to be */
function written(world: World, choice: number): World {
  let text = JSON.stringify(world);
  for (const [name, values] of Object.entries(UNKNOWN)) {
    text = text.replaceAll(name, values[choice % values.length] as string);
  }
  // A reference to a role that is not there is as unknown.
  for (const absent of NAMES.slice(world[0].length)) {
    text = text.replaceAll(`\${aws_iam_role.${absent}.arn}`, arnOf(absent));
  }
  return JSON.parse(text) as World;
}

function worldOf([all, bound]: World) {
  const roles = all.map(({ trust: statements, isBound, isUnread }, at) => {
    const one = NAMES[at] as string;
    const block = {
      ...role(one, ...statements),
      ...(account(one) !== undefined && { provider: "aws.other" }),
      ...(isBound && { permissions_boundary: "${aws_iam_policy.bound.arn}" }),
      ...(isUnread && { assume_role_policy: '${file("trust.json")}' }),
    };
    return [one, block] as const;
  });
  const resources: Resources = {
    aws_iam_role: Object.fromEntries(roles),
    aws_iam_role_policy: Object.fromEntries(
      all.flatMap((one, at) => {
        const called = NAMES[at] as string;
        return one.rights.length === 0
          ? []
          : [[called, rights(`\${aws_iam_role.${called}.name}`, ...one.rights)] as const];
      }),
    ),
    aws_iam_policy: { bound: { name: "bound", policy: policy(...bound) } },
  };
  const estate = smallEstate({ resources });
  const texts = new PolicyTexts();
  const index = new IamIndex(estate);
  const access = new RoleAccess(estate, new RolePolicies(index, texts), resourcePolicies(estate, texts), texts);
  return {
    roles: index.roles,
    access,
    edges: new RoleEdges(estate, index, access, texts),
    slow: new SlowChains(estate, access, texts, index.roles),
  };
}

const worlds: fc.Arbitrary<World> = fc.tuple(
  fc.array(drawn, { minLength: 2, maxLength: 4 }),
  fc.array(right, { minLength: 1, maxLength: 2 }),
);
const choices = fc.nat({ max: 7 });

test("a role may become another, or itself, where its policies and the other's trust, read whole, say so", () => {
  fc.assert(
    fc.property(worlds, choices, (world, choice) => {
      const { roles, access, edges, slow } = worldOf(written(world, choice));
      for (const from of roles) {
        const expected = roles
          .map((one) => [one.address, slow.edge(from, one)] as const)
          .filter(([, certainty]) => certainty !== "none");
        expect(edgesOf(edges, access, from)).toEqual(new Map(expected));
      }
    }),
    { numRuns: depth(200) },
  );
});

test("a role may assume another where some value of an unknown allows it, and where the definition says so", () => {
  fc.assert(
    fc.property(worlds, choices, (world, choice) => {
      const [open, known] = [worldOf(world), worldOf(written(world, choice))];
      for (const [at, from] of open.roles.entries()) {
        const found = edgesOf(open.edges, open.access, from);
        const really = edgesOf(known.edges, known.access, known.roles[at] as Resource);
        for (const address of really.keys()) expect([...found.keys()]).toContain(address);
        for (const to of open.roles) if (found.has(to.address)) expect(open.slow.edge(from, to)).not.toBe("none");
      }
    }),
    { numRuns: depth(150) },
  );
});

test("the roles that are reached are those of the closure, each over a shortest way", () => {
  fc.assert(
    fc.property(worlds, choices, (world, choice) => {
      const { roles, access, edges, slow } = worldOf(written(world, choice));
      const chains = new Chains(edges, access, () => true);
      for (const start of roles) {
        const found = chains.from({ way: ITS_ROLE, role: start }).roles;
        const reached = found.map(({ role: { address }, through, paths }): [string, string] => [
          address,
          paths[0]?.way.unknown === undefined ? `certain, ${through().length + 1}` : "open",
        ]);
        expect(new Map(reached)).toEqual(slow.closure(start));
      }
    }),
    { numRuns: depth(100) },
  );
});
