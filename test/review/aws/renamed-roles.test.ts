import { reviewOf } from "../../../review/pull-request/review-of";
import {
  gainsOf,
  lossesOf,
  policy,
  type Resources,
  rights,
  role,
  smallEstate,
  type SmallEstate,
  type Statement,
} from "./small-estate";

const WHO = "app/aws_iam_role.x";
const READS = { Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
const ALL = { Action: "*", Resource: "*" };

/** Roles without a declaration, by their place in the configuration */
const world = (roles: Readonly<Record<string, readonly [name: string, ...Statement[]]>>): SmallEstate => {
  const of = (one: (place: string, name: string, own: readonly Statement[]) => Resources[string][string]) =>
    Object.fromEntries(Object.entries(roles).map(([place, [name, ...own]]) => [place, one(place, name, own)]));
  return {
    resources: {
      aws_iam_role: of((_, name) => role(name)),
      aws_iam_role_policy: of((place, _, own) => rights(`\${aws_iam_role.${place}.name}`, ...own)),
    },
  };
};

const before = world({ x: ["a", READS] });

test("a role that gets another name is another role, and all that it may do is gained", () => {
  expect(gainsOf(before, world({ x: ["b", ALL] }), WHO)).toContain("action: * on * (its role alone)");
  expect(gainsOf(before, world({ x: ["b", READS] }), WHO)).toContain(
    "action: s3:GetObject on arn:aws:s3:::data/* (its role alone)",
  );
});

test("what the role of the old name could do is lost", () => {
  expect(lossesOf(before, world({ x: ["b", ALL] }), WHO)).toContain(
    "action: s3:GetObject on arn:aws:s3:::data/* (its role alone)",
  );
});

test("a role whose name becomes unknown is another role", () => {
  expect(gainsOf(before, world({ x: ["${var.name}", ALL] }), WHO)).toContain("action: * on * (its role alone)");
});

test("a role in another account is another role", () => {
  const elsewhere = world({ x: ["a", ALL] });
  const { aws_iam_role: roles } = elsewhere.resources;
  const head = { ...elsewhere.resources, aws_iam_role: { x: { ...roles?.["x"], provider: "aws.other" } } };
  expect(gainsOf(before, { resources: head }, WHO)).toContain("action: * on * (its role alone)");
});

test("a role that moves to where another was gains what it could not do before, and nothing else", () => {
  const two = world({ x: ["a", READS], y: ["b", READS] });
  expect(gainsOf(two, world({ x: ["b", ALL] }), WHO)).toContain("action: * on * (its role alone)");
  expect(gainsOf(two, world({ x: ["b", READS] }), WHO)).toEqual([]);
  expect(gainsOf(two, world({ x: ["b", ALL], y: ["a", READS] }), WHO)).toContain("action: * on * (its role alone)");
  expect(reviewOf(smallEstate(two), smallEstate(world({ x: ["b", READS], y: ["a", READS] }))).agents).toEqual([]);
});

test("what cannot be read of a role with another name is unknown, though it was before", () => {
  const unread = (name: string): SmallEstate => ({
    resources: {
      aws_iam_role: { x: role(name) },
      aws_iam_role_policy: { x: { role: "${aws_iam_role.x.name}", policy: `${policy(READS)} ` + "${var.unknown}" } },
    },
  });
  expect(gainsOf(unread("a"), unread("a"), WHO)).toEqual([]);
  expect(gainsOf(unread("a"), unread("b"), WHO)).toContain("unknown: the policy in app/aws_iam_role_policy.x.policy");
});

test("what a role with another name can do that is dangerous together is new", () => {
  const spread = [
    { Action: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], Resource: "*" },
    { Action: ["s3:GetObject", "cloudtrail:StopLogging"], Resource: "*" },
  ];
  const combinations = (base: SmallEstate, head: SmallEstate) =>
    reviewOf(smallEstate(base), smallEstate(head))
      .agents.filter(({ id }) => id === WHO)
      .flatMap((one) => one.combinations.map(({ isNew }) => isNew));
  const renamed = combinations(before, world({ x: ["b", ...spread] }));
  expect(renamed.length).toBeGreaterThan(0);
  expect(renamed).not.toContain(false);
});
