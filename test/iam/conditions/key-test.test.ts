import { keyTests } from "../../../iam/conditions/key-test";

test("reads an operator into its parts", () => {
  expect(keyTests({ "ForAnyValue:StringNotLikeIfExists": { "aws:TagKeys": ["b*", "a*"] } })).toEqual([
    {
      key: "aws:TagKeys",
      name: "aws:tagkeys",
      operator: "ForAnyValue:StringNotLikeIfExists",
      base: "StringNotLike",
      quantifier: "some",
      ifExists: true,
      type: "text",
      values: ["a*", "b*"],
      text: 'ForAnyValue:StringNotLikeIfExists aws:tagkeys ["a*","b*"]',
    },
  ]);
});

test("there are no tests without a condition", () => {
  expect(keyTests(undefined)).toEqual([]);
});

test("each key of each operator is a test, in the order written", () => {
  const tests = keyTests({ StringEquals: { b: "1", a: "2" }, Null: { c: "true" } });
  expect(tests.map(({ operator, key }) => `${operator} ${key}`)).toEqual([
    "StringEquals b",
    "StringEquals a",
    "Null c",
  ]);
});

test.each([
  ["StringEquals", "a", "text"],
  ["ArnNotLike", "arn:aws:iam::*:role/*", "text"],
  ["NumericLessThan", "5", "number"],
  ["ForAllValues:DateGreaterThanEquals", "2026-01-01", "date"],
  ["BoolIfExists", "TRUE", "bool"],
  ["NotIpAddress", "10.0.0.0/8", "ip"],
  ["Null", "false", "null"],
] as const)("%s %s is of type %s", (operator, value, type) => {
  expect(keyTests({ [operator]: { k: value } })[0]?.type).toBe(type);
});

test.each([
  ["StringEquals", ["${aws:username}"]],
  ["StringLike", ["a", "${aws_s3_bucket.a.id}/*"]],
  ["ArnLike", ["${data.aws_iam_role.a.arn}"]],
  ["NumericEquals", ["5", "5e1"]],
  ["DateLessThan", ["soon"]],
  ["Bool", ["1"]],
  ["IpAddress", ["10.0.0.0/8", "10.0.0.0/99"]],
  ["Null", ["maybe"]],
  ["BinaryEquals", ["QQ=="]],
  ["StringEquals", []],
  ["NoSuchOperator", ["a"]],
  ["StringEqualsIfExistsIfExists", ["a"]],
  ["ForAllValues:", ["a"]],
  ["", ["a"]],
  ["__proto__x", ["a"]],
] as const)("fails when %j compares %j: it is opaque", (operator, values) => {
  expect(keyTests({ [operator]: { k: values } })[0]?.type).toBe("opaque");
});

test("equal tests are equal text, for any order and number of their values and case of their key", () => {
  const [a] = keyTests({ StringEquals: { "aws:SourceVpc": ["a", "b", "a"] } });
  const [b] = keyTests({ StringEquals: { "AWS:sourcevpc": ["b", "a"] } });
  expect(a?.text).toBe(b?.text);
});

test.each([
  [{ StringEquals: { k: "a" } }, { StringLike: { k: "a" } }],
  [{ StringEquals: { k: "a" } }, { StringEqualsIfExists: { k: "a" } }],
  [{ StringEquals: { k: "a" } }, { "ForAllValues:StringEquals": { k: "a" } }],
  [{ StringEquals: { k: "a" } }, { StringEquals: { k: "A" } }],
  [{ StringEquals: { k: ["a", "b"] } }, { StringEquals: { k: "a,b" } }],
  [{ StringEquals: { k: "a" } }, { StringEquals: { "k a": "" } }],
])("fails when %j and %j have the same text", (a, b) => {
  expect(keyTests(a)[0]?.text).not.toBe(keyTests(b)[0]?.text);
});

test("a key of Object's prototype is a key like others", () => {
  const condition = JSON.parse('{"StringEquals":{"__proto__":"a","constructor":"b"}}') as Parameters<
    typeof keyTests
  >[0];
  expect(keyTests(condition).map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
});

test("does not change the condition, and cannot be changed", () => {
  const values = Object.freeze(["b", "a"]);
  const [test] = keyTests({ StringEquals: { k: values } });
  expect(values).toEqual(["b", "a"]);
  expect(Object.isFrozen(test) && Object.isFrozen(test?.values)).toBe(true);
});
