import { allOf, isConditionOperator } from "../../iam";

test.each([
  "StringEquals",
  "StringNotEqualsIgnoreCase",
  "StringLikeIfExists",
  "ForAllValues:StringEquals",
  "ForAnyValue:ArnLikeIfExists",
  "NumericGreaterThanEquals",
  "DateLessThan",
  "BoolIfExists",
  "NotIpAddress",
  "ArnNotLike",
  "BinaryEquals",
  "Null",
])("knows the operator %s", (operator) => expect(isConditionOperator(operator)).toBe(true));

test.each([
  "",
  "stringequals",
  "StringEqual",
  "StringLikeIgnoreCase",
  "NullIfExists",
  "ForAllValues:Null",
  "ForSomeValues:StringEquals",
  "ForAllValues:",
  "IpAddressLike",
  "StringEqualsIfExistsIfExists",
])("fails when the operator is %j", (operator) => expect(isConditionOperator(operator)).toBe(false));

test("joins conditions so that all of them must hold, and leaves the given ones as they were", () => {
  const network = { StringEquals: { "aws:SourceVpc": "vpc-1" } };
  const both = allOf(network, { StringEquals: { "aws:ResourceAccount": "1" }, StringLike: { "s3:prefix": "p/*" } });
  expect(both).toEqual({
    StringEquals: { "aws:SourceVpc": "vpc-1", "aws:ResourceAccount": "1" },
    StringLike: { "s3:prefix": "p/*" },
  });
  expect(network).toEqual({ StringEquals: { "aws:SourceVpc": "vpc-1" } });
});

test("fails when two conditions test one key, ignoring case", () => {
  expect(() => allOf({ StringEquals: { "aws:A": "1" } }, { StringEquals: { "AWS:a": "2" } })).toThrow(
    "StringEquals tests AWS:a twice",
  );
});
