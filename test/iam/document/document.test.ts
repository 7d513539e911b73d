import fc from "fast-check";
import { allow, deny, parsePolicy, PolicyDocument, type Statement, type WildcardResource } from "../../../iam";
import "../../support/depth";
import { statements } from "../arbitrary";
import cases from "../../cases/iam-grants.json";

interface Case {
  readonly name: string;
  readonly statement: unknown;
  readonly kind?: WildcardResource;
  readonly error?: string;
}

const table = cases as readonly Case[];
const write = ({ statement, kind }: Case): PolicyDocument =>
  PolicyDocument.of([statement as Statement], kind === undefined ? {} : { wildcardResource: kind });

const object = "arn:aws:s3:::b/k";

test.each(table.filter(({ error }) => error === undefined))("accepts $name", (each) => {
  expect(write(each).statements).toHaveLength(1);
});

test.each(table.filter(({ error }) => error !== undefined))("fails when there is $name", (each) => {
  expect(() => write(each)).toThrow(each.error);
});

test("renders compact JSON in the order of the grammar, with sorted sets and single values as strings", () => {
  const document = PolicyDocument.of([
    {
      Resource: [object],
      Condition: { StringLike: { b: ["y", "x", "y"], a: ["z"] }, Bool: { c: "true" } },
      Action: ["s3:PutObject", "s3:GetObject", "s3:PutObject"],
      Effect: "Allow",
      Sid: "One",
    },
  ]);
  expect(document.toJson()).toBe(
    '{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],' +
      '"Resource":"arn:aws:s3:::b/k","Condition":{"Bool":{"c":"true"},"StringLike":{"a":"z","b":["x","y"]}}}]}',
  );
});

test("keeps statements in the order given", () => {
  const document = PolicyDocument.of([deny("*", "*"), allow("s3:GetObject", object)]);
  expect(document.statements.map(({ Effect }) => Effect)).toEqual(["Deny", "Allow"]);
});

test("leaves the caller's statement as it was and is not changed through it", () => {
  const actions = ["s3:PutObject", "s3:GetObject"];
  const document = PolicyDocument.of([allow(actions, object)]);
  expect(actions).toEqual(["s3:PutObject", "s3:GetObject"]);
  actions.push("s3:DeleteObject");
  expect(document.statements[0]?.Action).toEqual(["s3:GetObject", "s3:PutObject"]);
});

test("fails when code writes to its statements", () => {
  const { statements } = PolicyDocument.of([allow(["s3:GetObject", "s3:PutObject"], object)]);
  expect(() => (statements as Statement[]).push(deny("*", "*"))).toThrow(TypeError);
  expect(() => (statements[0]?.Action as string[]).push("s3:DeleteObject")).toThrow(TypeError);
});

test("does not count white space in its size", () => {
  const bare = PolicyDocument.of([deny("*", "*", { StringEquals: { "aws:PrincipalTag/t": "ab" } })]);
  const spaced = PolicyDocument.of([deny("*", "*", { StringEquals: { "aws:PrincipalTag/t": "a \t b" } })]);
  expect(bare.size).toBe(bare.toJson().length);
  expect(spaced.size).toBe(bare.size + "\\t".length);
});

test("escapes policy variables for Terraform and leaves references alone", () => {
  const document = PolicyDocument.of([
    allow("s3:GetObject", ["${TfToken[TOKEN.1]}/*", "arn:aws:s3:::b/${aws:PrincipalTag/u}/*"], {
      StringEquals: { "aws:SourceVpc": "${aws_vpc.x.id}", "s3:prefix": "%{x}" },
    }),
  ]);
  const text = document.toTerraform();
  expect(text).toContain('"${TfToken[TOKEN.1]}/*"');
  expect(text).toContain('"arn:aws:s3:::b/$${aws:PrincipalTag/u}/*"');
  expect(text).toContain('"${aws_vpc.x.id}"');
  expect(text).toContain('"%%{x}"');
});

test("fails when there is no statement", () => {
  expect(() => PolicyDocument.of([])).toThrow("a policy needs at least one statement: grant something, or remove it");
});

test("fails when a Sid is used twice", () => {
  const sid = { ...allow("s3:GetObject", object), Sid: "Read" };
  expect(() => PolicyDocument.of([sid, sid])).toThrow("Statement[1].Sid must be unique, got Read twice");
});

test("is read back as it was written, from AWS and from Terraform", () => {
  fc.assert(
    fc.property(statements, (given) => {
      const document = PolicyDocument.of(given);
      expect(parsePolicy(document.toJson()).statements).toEqual(document.statements);
      expect(parsePolicy(document.toTerraform(), { from: "terraform" }).statements).toEqual(document.statements);
    }),
  );
});

test("renders equal text for equal policies, in any order of their sets", () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return [...value, ...value].reverse();
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]) => [key, reversed(each)]),
    );
  };
  fc.assert(
    fc.property(statements, (given) => {
      const other = given.map((each) => reversed(each) as Statement);
      expect(PolicyDocument.of(other).toJson()).toBe(PolicyDocument.of(given).toJson());
    }),
  );
});
