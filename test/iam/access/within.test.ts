import fc from "fast-check";
import type { SourcedStatement, Statement } from "../../../iam";
import { difference, isWithin } from "../../../iam/access/difference";
import { type Access, type Pair, pairs, requestsOf } from "../../support/iam/arbitrary-access";
import { allows } from "../../support/iam/brute-force";
import { depth } from "../../support/depth";

type Parts = { readonly [key in keyof Statement]?: Statement[key] | undefined };

const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::kb/*" } as const;
const anyPair = fc.boolean().chain((isOpaque) => pairs(isOpaque));
/** Two states of which the first forbids more: what `other` allows of the first, and denies of both. */
const forbiddingMore = anyPair.map(({ base, head, vocabulary }): Pair => {
  const denies = head.paths.flatMap(({ layers }) => layers.flatMap(({ statements }) => statements));
  const denied = denies.map(({ statement, source }): SourcedStatement => ({
    source,
    statement: { ...statement, Effect: "Deny" },
  }));
  return { base: { ...base, denies: [...base.denies, ...denied] }, head: base, vocabulary };
});

/** As many answers of each kind as make a test of it */
function agrees(given: fc.Arbitrary<Pair>, numRuns: number): void {
  const answers = { true: 0, false: 0 };
  const check = (pair: Pair): void => {
    const { base, head, vocabulary } = pair;
    const answer = isWithin(head, base);
    answers[`${answer}`]++;
    const { gained, undecided } = difference(base, head);
    const differs = gained.length + undecided.length > 0;
    // With unknown values, a question about a whole statement may count more as possible than questions about its patterns.
    if (answer || !vocabulary.isOpaque) expect(differs).toBe(!answer);
    if (answer) expect(requestsOf(pair).filter((each) => allows(head, each) && !allows(base, each))).toEqual([]);
    expect(isWithin(head, base)).toBe(answer);
  };
  fc.assert(fc.property(given, check), { numRuns });
  expect(Math.min(answers.true, answers.false)).toBeGreaterThan(numRuns / 10);
}

test("an access is within another exactly where nothing is gained, asked once or again", () => {
  agrees(anyPair, depth(400));
});

test("without some Denies, it is within the same access with them only where they forbid nothing that it allows", () => {
  agrees(forbiddingMore, depth(400));
});

test("what was asked of an access before changes no answer", () => {
  fc.assert(
    fc.property(anyPair, anyPair, (one, other) => {
      const copy = ({ base, head }: Pair) => structuredClone([base, head, other.base]) as [Access, Access, Access];
      const ask = ([base, head, third]: readonly [Access, Access, Access]) =>
        [head, third].flatMap((each) => [isWithin(each, base), isWithin(base, each), isWithin(each, each)]);
      const asked = copy(one);
      ask(asked);
      expect(ask(asked)).toEqual(ask(copy(one)));
    }),
    { numRuns: depth(100) },
  );
});

const access = (allow: Parts, ...denies: readonly Parts[]): Access => ({
  paths: [
    {
      name: "role",
      layers: [{ name: "identity", statements: [{ statement: { ...READ, ...allow } as Statement, source: "case" }] }],
    },
  ],
  denies: denies.map((deny) => ({ statement: { ...READ, ...deny, Effect: "Deny" } as Statement, source: "case" })),
});

describe("an Allow without a Deny that stood beside it", () => {
  test.each<[string, Parts, Parts]>([
    ["other action", {}, { Action: "s3:PutObject" }],
    ["other action, by a pattern", {}, { Action: ["s3:Put*", "kms:*"] }],
    ["other resource", {}, { Resource: ["arn:aws:s3:::logs/*", "arn:aws:s3:::kb"] }],
    ["other resource, for every value of the reference", {}, { Resource: "arn:aws:s3:::logs/${aws_s3_object.o.key}" }],
    ["other principal", { Principal: { Service: "ec2.amazonaws.com" } }, { Principal: { AWS: "111122223333" } }],
  ])("lets through no more where that names another: %s", (_, allow, deny) => {
    expect(isWithin(access(allow), access(allow, deny))).toBe(true);
    expect(difference(access(allow, deny), access(allow))).toEqual({ gained: [], undecided: [] });
  });

  test.each<[string, Parts, Parts]>([
    ["the same", {}, {}],
    ["the action in another case", {}, { Action: "S3:getobject" }],
    ["one action of two", { Action: ["s3:GetObject", "s3:PutObject"] }, { Action: "s3:PutObject" }],
    ["the resource by a pattern", {}, { Resource: "arn:aws:s3:::*/x" }],
    ["a longer prefix", {}, { Resource: "arn:aws:s3:::kb/docs/*" }],
    ["a resource that may be any", {}, { Resource: "${aws_s3_bucket.b.arn}/*" }],
    ["a resource of which the end may be any", {}, { Resource: "arn:aws:s3:::kb/${aws_s3_object.o.key}" }],
    ["everything but others", {}, { Action: undefined, NotAction: "s3:PutObject" }],
    ["some time", {}, { Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } } }],
  ])("lets through more where that names %s", (_, allow, deny) => {
    expect(isWithin(access(allow), access(allow, deny))).toBe(false);
  });

  test("is compared within the steps of the question where either names more than is quick to look at", () => {
    const many = (prefix: string) => Array.from({ length: 100 }, (_, at) => `arn:aws:s3:::${prefix}/${at}`);
    const [allow, deny] = [{ Resource: many("kb") }, { Resource: many("logs") }];
    expect(isWithin(access(allow), access(allow, deny))).toBe(true);
    expect(isWithin(access(allow), access(allow, deny, { Resource: "arn:aws:s3:::kb/99" }))).toBe(false);
  });
});

test("an example with several values of a key counts only where something takes the key for several", () => {
  const both = { StringLike: { k: "a*" }, "ForAnyValue:StringLike": { k: "b*" } };
  const plain = { StringLike: { k: "a*" }, StringEquals: { k: "b" } };
  expect(isWithin(access({ Condition: both }), access({ Action: "s3:PutObject" }))).toBe(false);
  expect(isWithin(access({ Condition: plain }), access({ Action: "s3:PutObject" }))).toBe(true);
});

test("what takes many steps to find an example of is asked all the same", () => {
  const star = (letter: string): string => `arn:aws:s3:::${`*${letter}`.repeat(40)}*`;
  const hostile = access({ Resource: star("a") }, { Resource: star("b") });
  expect(isWithin(hostile, access({ Resource: star("a") }))).toBe(true);
  expect(isWithin(hostile, access({ Action: "s3:PutObject" }))).toBe(false);
});
