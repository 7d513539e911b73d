import type { PatternKind } from "../../../iam/access/difference";
import { byDanger, danger, isWildcard, type Pair } from "../../../review/access/danger";

const pair = (
  action: string,
  resource: string,
  kinds: { readonly action?: PatternKind; readonly resource?: PatternKind } = {},
): Pair => ({ action, resource, kinds: { action: "pattern", resource: "pattern", ...kinds } });

test("orders everything and what NotAction leaves before rights, whole services, writes and reads", () => {
  const ordered = [
    pair("everything but iam:*", "*", { action: "rest" }),
    pair("iam:PassRole", "*"),
    pair("s3:*", "*"),
    pair("s3:PutObject", "*"),
    pair("s3:GetObject", "*"),
  ];
  expect(ordered.map(danger)).toEqual([0, 1, 2, 3, 4]);
  expect([...ordered].reverse().sort(byDanger)).toEqual(ordered);
  expect(danger(pair("*", "*"))).toBe(0);
});

test("what NotResource leaves comes before one resource, as every resource does", () => {
  const rest = pair("s3:GetObject", "everything but arn:aws:s3:::kb/*", { resource: "rest" });
  expect([pair("s3:GetObject", "arn:aws:s3:::a"), rest].sort(byDanger)[0]).toBe(rest);
});

test.each<[string, Pair, boolean]>([
  ["a pattern of actions", pair("s3:Get*", "arn:aws:s3:::kb"), true],
  ["every resource", pair("s3:GetObject", "*"), true],
  ["what NotAction leaves", pair("other words", "arn:aws:s3:::kb", { action: "rest" }), true],
  ["what NotResource leaves", pair("s3:GetObject", "other words", { resource: "rest" }), true],
  ["one action on one resource", pair("s3:GetObject", "arn:aws:s3:::kb"), false],
  ["a resource that is named in the words of a rest", pair("s3:GetObject", "everything but a name"), false],
])("whether it is a wildcard: %s", (_, one, is) => {
  expect(isWildcard(one)).toBe(is);
});
