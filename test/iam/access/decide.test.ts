import type { Statement } from "../../../iam";
import type { Access, AccessRequest } from "../../../iam/access/access";
import { PreparedAccess } from "../../../iam/access/decide";

const ROLE = "arn:aws:iam::111122223333:role/agents/writer";
const DOCUMENT = "arn:aws:s3:::kb/docs/a";

const read: Statement = { Effect: "Allow", Action: ["s3:GetObject", "s3:List*"], Resource: "arn:aws:s3:::kb/*" };
const everything: Statement = { Effect: "Allow", Action: "*", Resource: "*" };

const sourced = (statement: Statement, source = "here") => ({ statement, source });

function access(...layers: readonly (readonly Statement[])[]): Access {
  const named = layers.map((statements, index) => ({
    name: `layer ${index}`,
    statements: statements.map((statement) => sourced(statement, `layer ${index}`)),
  }));
  return { paths: [{ name: "role", layers: named }] };
}

const request = (more: Partial<AccessRequest> = {}): AccessRequest => ({
  action: "s3:GetObject",
  resource: DOCUMENT,
  keys: {},
  ...more,
});

const verdict = (of: Access, more: Partial<AccessRequest> = {}): string =>
  new PreparedAccess(of).decide(request(more)).verdict;

test("names the Allow of each layer", () => {
  const decision = new PreparedAccess(access([read], [everything])).decide(request());
  expect(decision).toEqual({
    verdict: "allowed",
    by: [sourced(read, "layer 0"), sourced(everything, "layer 1")],
    unknown: [],
  });
});

test("compares actions without case, and resources and values with it", () => {
  expect(verdict(access([read]), { action: "S3:getOBJECT" })).toBe("allowed");
  expect(verdict(access([read]), { action: "S3:LISTBUCKET" })).toBe("allowed");
  expect(verdict(access([read]), { resource: "arn:aws:s3:::KB/docs/a" })).toBe("denied");
});

test("fails when one layer allows nothing, without a deciding statement", () => {
  const decision = new PreparedAccess(access([read], [])).decide(request());
  expect(decision).toEqual({ verdict: "denied", by: [], unknown: [] });
});

test("fails when a path has no layers, or there is no path", () => {
  expect(verdict({ paths: [{ name: "empty", layers: [] }] })).toBe("denied");
  expect(verdict({ paths: [] })).toBe("denied");
});

test("fails by a Deny, wherever it stands, and names it", () => {
  const deny: Statement = { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::kb/docs/*" };
  const elsewhere = { paths: [...access([read]).paths, ...access([deny]).paths] };
  for (const denying of [
    access([read], [everything, deny]),
    elsewhere,
    { ...access([read]), denies: [sourced(deny)] },
  ]) {
    const decision = new PreparedAccess(denying).decide(request());
    expect(decision.verdict).toBe("denied");
    expect(decision.by.map(({ statement }) => statement)).toEqual([deny]);
  }
});

test("fails when a condition key is missing that an Allow tests", () => {
  const conditional = access([{ ...read, Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } }]);
  expect(verdict(conditional)).toBe("denied");
  expect(verdict(conditional, { keys: { "AWS:sourcevpc": ["vpc-1"] } })).toBe("allowed");
});

test("takes a request's key that every object has for no key", () => {
  const conditional = access([{ ...read, Condition: { Null: { constructor: "true" } } }]);
  expect(verdict(conditional)).toBe("allowed");
});

test.each<[string, Statement["Principal"], readonly string[], readonly string[]]>([
  ["every principal", "*", ["*", `AWS:${ROLE}`, "Service:lambda.amazonaws.com"], []],
  ["every principal of AWS, which is every principal", { AWS: "*" }, ["*", `AWS:${ROLE}`], []],
  [
    "an account by number",
    { AWS: "111122223333" },
    [`AWS:${ROLE}`, "AWS:arn:aws:sts::111122223333:assumed-role/writer/s", "AWS:arn:aws:iam::111122223333:root"],
    ["*", "AWS:arn:aws:iam::444455556666:role/writer", "Service:111122223333", "Federated:111122223333"],
  ],
  [
    "an account by root",
    { AWS: "arn:aws:iam::111122223333:root" },
    [`AWS:${ROLE}`, "AWS:arn:aws:sts::111122223333:assumed-role/writer/s", "AWS:arn:aws:iam::111122223333:user/ada"],
    ["*", "AWS:arn:aws:iam::1111222233334:user/ada", "AWS:arn:aws-cn:iam::111122223333:user/ada"],
  ],
  [
    "a role and its sessions, which have no path",
    { AWS: ROLE },
    [`AWS:${ROLE}`, "AWS:arn:aws:sts::111122223333:assumed-role/writer/s"],
    [
      "AWS:arn:aws:iam::111122223333:role/writer",
      "AWS:arn:aws:sts::111122223333:assumed-role/writer",
      "AWS:arn:aws:sts::111122223333:assumed-role/agents/writer/s",
      "AWS:arn:aws:sts::111122223333:assumed-role/writer-2/s",
      "AWS:arn:aws:sts::444455556666:assumed-role/writer/s",
    ],
  ],
  [
    "one session",
    { AWS: "arn:aws:sts::111122223333:assumed-role/writer/s" },
    ["AWS:arn:aws:sts::111122223333:assumed-role/writer/s"],
    [`AWS:${ROLE}`, "AWS:arn:aws:sts::111122223333:assumed-role/writer/t"],
  ],
  [
    "a service",
    { Service: "lambda.amazonaws.com" },
    ["Service:lambda.amazonaws.com"],
    ["Service:ec2.amazonaws.com", "*"],
  ],
  ["an identity provider", { Federated: "accounts.google.com" }, ["Federated:accounts.google.com"], ["*"]],
  ["a canonical user", { CanonicalUser: "79a5" }, ["CanonicalUser:79a5"], ["CanonicalUser:79a", "AWS:79a5"]],
  ["no wildcard in a name", { AWS: "arn:aws:iam::111122223333:role/*" }, [], [`AWS:${ROLE}`]],
])("matches principals: %s", (_, Principal, matching, others) => {
  const allows = access([{ ...read, ...(Principal !== undefined && { Principal }) }]);
  const denies = { ...access([everything]), denies: [sourced({ ...read, Effect: "Deny", NotPrincipal: Principal! })] };
  for (const principal of matching) {
    expect([principal, verdict(allows, { principal }), verdict(denies, { principal })]).toEqual([
      principal,
      "allowed",
      "allowed",
    ]);
  }
  for (const principal of others) {
    expect([principal, verdict(allows, { principal }), verdict(denies, { principal })]).toEqual([
      principal,
      "denied",
      "denied",
    ]);
  }
});

describe("unknown values", () => {
  const bucket: Statement = { ...read, Resource: "${aws_s3_bucket.kb.arn}/*" };

  test("fails to decide where a reference may stand for what is asked, and says which", () => {
    const decision = new PreparedAccess(access([bucket], [everything])).decide(request());
    expect(decision.verdict).toBe("unknown");
    expect(decision.by.map(({ statement }) => statement)).toEqual([bucket, everything]);
    expect(decision.unknown).toEqual(["whether resource ${aws_s3_bucket.kb.arn}/* matches"]);
  });

  test("is decided where the request names the reference itself, or nothing that it can be", () => {
    expect(verdict(access([bucket]), { resource: "${aws_s3_bucket.kb.arn}/a" })).toBe("allowed");
    expect(verdict(access([bucket]), { resource: "nothing-with-a-slash" })).toBe("denied");
    expect(verdict(access([bucket]), { action: "s3:PutObject" })).toBe("denied");
  });

  test("is decided where it makes no difference", () => {
    expect(verdict(access([bucket, read]))).toBe("allowed");
    expect(verdict({ ...access([read]), denies: [sourced({ ...bucket, Effect: "Deny" })] })).toBe("unknown");
    expect(verdict({ paths: [], denies: [sourced({ ...bucket, Effect: "Deny" })] })).toBe("denied");
  });

  test.each([
    ["a number that Terraform knows", { NumericLessThan: { "s3:max-keys": "${var.most}" } }, "5"],
    ["a malformed date", { DateLessThan: { "aws:CurrentTime": "tomorrow" } }, "2026-01-01T00:00:00Z"],
    ["bytes", { BinaryEquals: { "aws:x": "QQ==" } }, "QQ=="],
    ["a value that is no number", { NumericLessThan: { "aws:x": "5" } }, "five"],
    ["a network that Terraform knows", { StringEquals: { "aws:SourceVpc": "${aws_vpc.a.id}" } }, "vpc-1"],
  ])("fails to decide by %s", (_, Condition, value) => {
    const key = Object.keys(Object.values(Condition)[0] as object)[0] as string;
    expect(verdict(access([{ ...read, Condition } as Statement]), { keys: { [key]: [value] } })).toBe("unknown");
  });
});
