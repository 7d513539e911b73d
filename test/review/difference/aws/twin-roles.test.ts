import { WaysBefore } from "../../../../review/difference/aws/path-comparison";
import { reviewOf } from "../../../../review/pull-request/review-of";
import { givenWay, surerPathKey } from "../../../../review/reach/aws/way";
import { awsPath } from "../../../support/review/aws-path";
import { estateOf } from "../../../support/review/folders";
import { policy, rights, role } from "../../aws/small-estate";

type Twins = Readonly<Record<string, { readonly may: string; readonly bound?: true }>>;

/** Stacks in unknown accounts, each with a role that may assume another, under the same two names */
const twins = (stacks: Twins) =>
  estateOf(
    Object.fromEntries(
      Object.entries(stacks).map(([name, { may, bound }]) => [
        `${name}/main.tf.json`,
        JSON.stringify({
          provider: { aws: { region: "eu-central-1" } },
          resource: {
            aws_iam_role: {
              caller: role("caller"),
              deployer: {
                ...role("deployer", { Principal: { AWS: "${aws_iam_role.caller.arn}" }, Action: "sts:AssumeRole" }),
                ...(bound === true && { permissions_boundary: "${aws_iam_policy.limit.arn}" }),
              },
            },
            aws_iam_policy: { limit: { name: "limit", policy: policy({ Action: "*", Resource: "*" }) } },
            aws_iam_role_policy: {
              caller: rights("caller", { Action: "sts:AssumeRole", Resource: "${aws_iam_role.deployer.arn}" }),
              deployer: rights("deployer", { Action: may, Resource: "*" }),
            },
          },
        }),
      ]),
    ),
  );

const both: Twins = { dev: { may: "s3:*", bound: true }, prod: { may: "s3:GetObject" } };

const gained = (base: Twins, head: Twins, who: string) =>
  (reviewOf(twins(base), twins(head)).agents.find(({ id }) => id === who)?.gains ?? []).map(({ what }) => what);

test("unchanged roles that share a name gain and lose nothing", () => {
  const review = reviewOf(twins(both), twins(both));
  expect(review.agents).toEqual([]);
  expect(review.requiresApproval).toBe(false);
});

test.each(["dev", "prod"])(
  "a role that may assume roles of one name gains the access that the role of %s gains",
  (stack) => {
    const wider = { ...both, [stack]: { may: "*" } };
    expect(gained(both, wider, `${stack}/aws_iam_role.caller`)).toContainEqual(expect.stringMatching(/^\* on \* /));
    expect(gained(both, wider, `${stack}/aws_iam_role.deployer`)).toContainEqual(expect.stringMatching(/^\* on \* /));
  },
);

test("a boundary that is gone from one of two roles of one name is told", () => {
  const unbound = { ...both, dev: { may: "s3:*" } };
  expect(gained(both, unbound, "dev/aws_iam_role.caller")).toContainEqual(expect.stringMatching(/^no boundary limits/));
});

test("where one of two roles of one name is gone, what the other opens counts as gained", () => {
  const { prod, dev } = both;
  if (prod === undefined || dev === undefined) throw new Error("both must be there");
  expect(gained(both, { prod: { may: "s3:Get*" } }, "prod/aws_iam_role.caller")).toContainEqual(
    expect.stringMatching(/^s3:Get\* on \* /),
  );
  expect(gained({ prod }, both, "prod/aws_iam_role.caller")).toContainEqual(expect.stringMatching(/^s3:\* on \* /));
});

test("a way that was certain and is not any more is none that is new", () => {
  const path = (unknown?: string) => awsPath([], givenWay("pods", "a", unknown));
  const [certain, may] = [path(), path("it depends")];
  expect(new WaysBefore([certain], [may]).of(may, surerPathKey(may))).toBe(certain);
  expect(new WaysBefore([certain], [may]).of(may)).toBeUndefined();
  expect(new WaysBefore([may], [certain]).of(certain)).toBeUndefined();
});
