import { reviewOf } from "../../../review/pull-request/review-of";
import { policy, role, roleArn, smallEstate, type Statement } from "./small-estate";

const [BEFORE, AFTER] = ["2027-03-31T00:00:00Z", "2027-06-30T00:00:00Z"] as const;
const read = (action = "s3:GetObject"): Statement => ({ Action: action, Resource: "arn:aws:s3:::kb/*" });
const ends = (day: string): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { DateGreaterThanEquals: { "aws:CurrentTime": day } },
});
const trusted = (day: string, by = "exchange"): Statement => ({
  Principal: { AWS: roleArn(by) },
  Action: "sts:AssumeRole",
  Condition: { DateLessThan: { "aws:CurrentTime": day } },
});

interface World {
  readonly expires?: string;
  readonly rights: readonly Statement[];
  readonly trust: Statement;
}

const estateOf = ({ expires, rights, trust }: World) =>
  smallEstate({
    agents: ["bot"],
    ...(expires !== undefined && { expires: { bot: expires } }),
    resources: {
      aws_iam_role: { bot: role("bot", trust) },
      aws_iam_role_policy: { bot: { role: "bot", policy: policy(...rights) } },
    },
  });

const BASE: World = { expires: BEFORE, rights: [read(), ends(BEFORE)], trust: trusted(BEFORE) };
const RENEWED: World = { expires: AFTER, rights: [read(), ends(AFTER)], trust: trusted(AFTER) };

const folds = (base: World, head: World, which: "gains" | "losses" = "gains"): readonly (readonly string[])[] =>
  (reviewOf(estateOf(base), estateOf(head)).agents.find(({ id }) => id === "bot")?.[which] ?? []).map(
    ({ kind, what, showing }) => [`${kind}: ${what.replace(/ \(.*/, "")}`, showing?.fold ?? "open"],
  );

const READS = "action: s3:GetObject on arn:aws:s3:::kb/*";
const TRUST = expect.stringMatching(/^trust: .* may be assumed by AWS:.*role\/exchange/);

test("what is gained by a later expiry alone follows from it, and what is lost by an earlier one", () => {
  const all = [
    [READS, "renewed"],
    [TRUST, "renewed"],
  ];
  expect(folds(BASE, RENEWED)).toEqual(all);
  expect(folds(RENEWED, BASE, "losses")).toEqual(all);
});

test.each<[string, World, unknown]>([
  [
    "an action more",
    { ...RENEWED, rights: [read(), read("s3:PutObject"), ends(AFTER)] },
    "action: s3:PutObject on arn:aws:s3:::kb/*",
  ],
  ["no end at all", { ...RENEWED, rights: [read()] }, READS],
  ["an end on a later day than is declared", { ...RENEWED, rights: [read(), ends("2028-01-01T00:00:00Z")] }, READS],
  ["trust in another", { ...RENEWED, trust: trusted(AFTER, "other") }, expect.stringMatching(/role\/other/)],
  ["an end that moves without the declaration", { ...RENEWED, expires: BEFORE }, READS],
])("but not %s", (_, head, gain) => {
  expect(folds(BASE, head)).toContainEqual([gain, "open"]);
});

test("and nothing does of an agent of which no expiry is known", () => {
  const { expires: _, ...base } = BASE;
  const { expires: __, ...head } = RENEWED;
  for (const [, fold] of folds(base, head)) expect(fold).toBe("open");
});
