import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import type { BlastRadius, ReachedThing } from "../../../review/blast-radius/blast-radius";
import { policy, role, roleArn, rights, type SmallEstate, smallEstate, type Statement } from "../aws/small-estate";
import { brokeredRadius } from "./ring-estate";

const trusts = (name: string): Statement => ({ Principal: { AWS: roleArn(name) }, Action: "sts:AssumeRole" });
const read = (bucket: string): Statement => ({ Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` });

/** The agent `bot`: its role may assume the first of these, that one the second, and so on */
function chainOf(...names: readonly string[]): SmallEstate {
  return {
    agents: ["bot"],
    resources: {
      aws_iam_role: {
        bot: role("bot"),
        ...Object.fromEntries(names.map((name, at) => [`r${at}`, role(name, trusts(names[at - 1] ?? "bot"))])),
      },
      aws_iam_role_policy: {
        bot: rights("bot", read("bot")),
        ...Object.fromEntries(names.map((name, at) => [`r${at}`, rights(name, read(name))])),
      },
    },
  };
}

const radiusOf = (estate: SmallEstate, who = "bot"): BlastRadius =>
  new BlastRadii(smallEstate(estate)).of(who) as BlastRadius;
const at = ({ reached }: BlastRadius, bucket: string): ReachedThing | undefined =>
  reached.find(({ target }) => target === `arn:aws:s3:::${bucket}/*`);

test("each role that it becomes is a hop, and an hour more after a kill", () => {
  const radius = radiusOf(chainOf("near", "far"));
  const seconds = at(radius, "bot")?.lasting.seconds as number;
  expect([at(radius, "bot")?.hop, at(radius, "near")?.hop, at(radius, "far")?.hop]).toEqual([0, 1, 2]);
  expect(at(radius, "near")?.lasting.seconds).toBe(seconds + 3_600);
  expect(at(radius, "far")?.lasting.seconds).toBe(seconds + 7_200);
  expect(at(radius, "far")?.route.map(({ to }) => to)).toEqual([roleArn("near"), roleArn("far")]);
  expect(radius.identities.map(({ name, hop }) => [name, hop])).toEqual([
    ["bot", 0],
    [roleArn("near"), 1],
    [roleArn("far"), 2],
  ]);
});

test.each([", if it may become it", " by policies of resources", "a → role b", "its pods → role c", "task x alone"])(
  "words in the name of a role say nothing: %j",
  (name) => {
    const [plain, odd] = [radiusOf(chainOf("near")), radiusOf(chainOf(name))];
    const { hop, unknown, lasting, route } = at(odd, name) as ReachedThing;
    expect([hop, unknown, lasting]).toEqual([1, undefined, at(plain, "near")?.lasting]);
    expect(route.map(({ to }) => to)).toEqual([roleArn(name)]);
  },
);

test("what EKS gives its pods a role for lasts as long as they run, and so does what that role becomes", () => {
  const pods: Statement = {
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  };
  const { resources } = chainOf("near", "far");
  const estate: SmallEstate = {
    agents: ["bot"],
    workloads: { bot: "research/reader" },
    resources: {
      ...resources,
      aws_iam_role: { ...resources["aws_iam_role"], r0: role("near", pods) },
      aws_eks_pod_identity_association: {
        one: {
          cluster_name: "prod",
          namespace: "research",
          service_account: "reader",
          role_arn: "${aws_iam_role.r0.arn}",
        },
      },
    },
  };
  const radius = radiusOf(estate);
  const because = "EKS gives its pods sessions anew as long as they run: remove the pod identity association";
  expect(at(radius, "near")?.lasting).toEqual({ seconds: undefined, because });
  expect(at(radius, "far")?.lasting).toEqual({ seconds: undefined, because });
  expect(at(radius, "bot")?.lasting.seconds).toBeGreaterThan(0);
});

test("a role that does not trust it is not reached", () => {
  const chain = chainOf("near", "far");
  const roles = { ...chain.resources["aws_iam_role"], r1: role("far", trusts("another")) };
  const radius = radiusOf({ ...chain, resources: { ...chain.resources, aws_iam_role: roles } });
  expect([at(radius, "near")?.hop, at(radius, "far")]).toEqual([1, undefined]);
});

test.each<[string, Statement, Statement, string]>([
  ["its session policy where its role allows everything", { Action: "*" }, { NotAction: "s3:*" }, "s3:*"],
  ["its role where the session policy leaves more", { NotAction: "s3:*" }, { NotAction: "s3:GetObject" }, "s3:*"],
])("rights by NotAction of an agent are told in the words of %s", (_, ofRole, ofSession, left) => {
  const radius = brokeredRadius(
    { bot: [[], [{ ...ofRole, Resource: "*" }]] },
    policy({ ...ofSession, Resource: "arn:aws:sqs:*:*:jobs" }),
  );
  expect(radius.reached.filter(({ kind }) => kind === "aws").map(({ does }) => does)).toEqual([
    `everything but ${left}`,
  ]);
});
