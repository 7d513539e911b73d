import {
  allow,
  type BucketTarget,
  DATA_ACCESSES,
  DATA_ACTIONS,
  type DataAccessKind,
  type DataTarget,
  dataStatements,
  PolicyDocument,
  principalTag,
  type SecretTarget,
  type TableTarget,
} from "../../../iam";

const place = { partition: "aws", account: "111122223333", region: "eu-central-1" };
const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012";
const bucket: BucketTarget = { kind: "bucket", ...place, bucket: "acme-kb", prefix: "articles/" };
const table: TableTarget = { kind: "table", ...place, table: "tickets" };
const secret: SecretTarget = { kind: "secret", ...place, secret: "prod/zendesk" };

const objects = "arn:aws:s3:::acme-kb/articles/*";
const tableArn = "arn:aws:dynamodb:eu-central-1:111122223333:table/tickets";
const secretArn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/zendesk-??????";
const unseen = { StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" } };
const reads = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"];
const via = (service: string) => ({ StringEquals: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com` } });

test("names every data action, exactly and sorted", () => {
  expect(DATA_ACTIONS).toEqual([
    "dynamodb:BatchGetItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
  ]);
});

test.each<[DataAccessKind, ReturnType<typeof allow>]>([
  ["read", allow("s3:GetObject", objects)],
  ["list", allow("s3:ListBucket", "arn:aws:s3:::acme-kb", { StringLike: { "s3:prefix": "articles/*" } })],
  ["write", allow(["s3:AbortMultipartUpload", "s3:PutObject"], objects)],
  ["delete", allow("s3:DeleteObject", objects)],
])("bucket: %s is one statement", (access, statement) => {
  expect(dataStatements(bucket, [access])).toEqual([statement]);
});

test("bucket: several accesses to objects become one statement", () => {
  expect(dataStatements(bucket, ["delete", "read", "read"])).toEqual([
    allow(["s3:DeleteObject", "s3:GetObject"], objects),
  ]);
});

test.each<[DataAccessKind, readonly string[]]>([
  ["read", ["kms:Decrypt"]],
  ["write", ["kms:Decrypt", "kms:GenerateDataKey"]],
  ["list", []],
  ["delete", []],
])("bucket: %s uses its key through S3 for %j", (access, actions) => {
  const onKey = dataStatements({ ...bucket, keyArn }, [access]).filter(({ Resource }) => Resource === keyArn);
  const [only] = actions;
  expect(onKey).toEqual(
    actions.length === 0 ? [] : [allow(actions.length === 1 && only ? only : actions, keyArn, via("s3"))],
  );
});

test.each<[DataAccessKind, ReturnType<typeof allow>]>([
  ["read", allow(reads, tableArn)],
  ["scan", allow("dynamodb:Scan", tableArn)],
  ["write", allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], tableArn, unseen)],
  ["delete", allow("dynamodb:DeleteItem", tableArn, unseen)],
])("table: %s is one statement", (access, statement) => {
  expect(dataStatements(table, [access])).toEqual([statement]);
});

test("table: who may read may also see what a write returns", () => {
  expect(dataStatements(table, ["read", "write"])).toEqual([
    allow([...reads, "dynamodb:PutItem", "dynamodb:UpdateItem"].sort(), tableArn),
  ]);
});

test("table: read queries exactly the indexes named, and writing needs none", () => {
  const indexed: TableTarget = { ...table, indexes: ["by-user", "by-date"] };
  expect(dataStatements(indexed, ["read"])).toEqual([
    allow("dynamodb:Query", [`${tableArn}/index/by-date`, `${tableArn}/index/by-user`]),
    allow(reads, tableArn),
  ]);
  expect(dataStatements(indexed, ["write"])).toEqual(dataStatements(table, ["write"]));
});

test("table: a leading key bounds every access, also where a request names no key", () => {
  const bound: TableTarget = { ...table, leadingKey: principalTag("ambit-user") };
  const keyed = {
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/ambit-user}" },
    Null: { "dynamodb:LeadingKeys": "false" },
  };
  expect(dataStatements(bound, ["read"])).toEqual([allow(reads, tableArn, keyed)]);
  expect(dataStatements(bound, ["delete"])).toEqual([allow("dynamodb:DeleteItem", tableArn, { ...keyed, ...unseen })]);
});

test.each<DataAccessKind>(["read", "scan", "write", "delete"])("table: %s uses its key through DynamoDB", (access) => {
  const onKey = dataStatements({ ...table, keyArn }, [access]).filter(({ Resource }) => Resource === keyArn);
  expect(onKey).toEqual([allow("kms:Decrypt", keyArn, via("dynamodb"))]);
});

test("secret: read is its value, and its key through Secrets Manager", () => {
  expect(dataStatements({ ...secret, keyArn }, ["read"])).toEqual([
    allow("kms:Decrypt", keyArn, via("secretsmanager")),
    allow("secretsmanager:GetSecretValue", secretArn),
  ]);
});

test("a scope narrows the data and never the key", () => {
  const scope = { StringEquals: { "aws:SourceVpc": "vpc-1", "aws:ResourceAccount": "111122223333" } };
  for (const target of [bucket, table, secret]) {
    const [onKey, ...onData] = dataStatements({ ...target, keyArn }, ["read"], scope);
    expect(onKey?.Condition).not.toMatchObject(scope);
    expect(onData).toHaveLength(1);
    expect(onData[0]?.Condition).toMatchObject(scope);
  }
});

const possible: Readonly<Record<DataTarget["kind"], readonly DataAccessKind[]>> = {
  bucket: ["read", "list", "write", "delete"],
  table: ["read", "scan", "write", "delete"],
  secret: ["read"],
};

test("grants data actions only, which a policy and a boundary both accept", () => {
  for (const target of [bucket, table, secret]) {
    const granted = dataStatements({ ...target, keyArn }, possible[target.kind]);
    PolicyDocument.of(granted);
    for (const { Action } of granted)
      for (const action of [Action ?? ""].flat()) expect(DATA_ACTIONS).toContain(action);
  }
  PolicyDocument.of([allow(DATA_ACTIONS, "*")], { wildcardResource: "boundary" });
});

const impossible = [bucket, table, secret].flatMap((target) =>
  DATA_ACCESSES.filter((access) => !possible[target.kind].includes(access)).map(
    (access) => [target.kind, access, target] as const,
  ),
);

test.each(impossible)("fails when a %s is asked for %s", (kind, access, target) => {
  expect(() => dataStatements(target, ["read", access])).toThrow(
    `access to a ${kind} must be one of ${possible[kind].join(", ")}, got "${access}"`,
  );
});

test.each<[string, DataTarget, string]>([
  [
    "the partition is a wildcard",
    { ...bucket, partition: "*" },
    'partition must be a partition such as "aws", got "*"',
  ],
  ["the region is empty", { ...table, region: "" }, "region must be"],
  ["the account is too short", { ...secret, account: "1234" }, 'account must be twelve digits, got "1234"'],
  [
    "the key is an alias",
    { ...bucket, keyArn: "arn:aws:kms:eu-central-1:111122223333:alias/kb" },
    "keyArn must be the ARN of a key",
  ],
  [
    "the key is in another region",
    { ...bucket, keyArn: keyArn.replace("central", "west") },
    "keyArn must be the ARN of a key in eu-central-1",
  ],
  ["the key is a wildcard", { ...bucket, keyArn: "arn:aws:kms:eu-central-1:111122223333:key/*" }, "keyArn must be"],
  [
    "the bucket is a wildcard",
    { ...bucket, bucket: "acme-*" },
    'bucket must be a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, got "acme-*"',
  ],
  ["the bucket is an ARN", { ...bucket, bucket: "arn:aws:s3:::acme-kb" }, "bucket must be"],
  ["the bucket is an address", { ...bucket, bucket: "10.0.0.1" }, "bucket must be"],
  ["the prefix is empty", { ...bucket, prefix: "" }, "prefix must be segments"],
  ["the prefix is the root", { ...bucket, prefix: "/" }, "prefix must be segments"],
  [
    "the prefix ends within a name",
    { ...bucket, prefix: "articles" },
    'prefix must be segments that each end in "/", without wildcard, such as "articles/", got "articles"',
  ],
  ["the prefix holds a wildcard", { ...bucket, prefix: "a*/" }, "prefix must be"],
  ["the prefix holds a single wildcard character", { ...bucket, prefix: "a?/" }, "prefix must be"],
  ["the prefix holds a variable", { ...bucket, prefix: "${aws:userid}/" }, "prefix must be"],
  ["the table is too short", { ...table, table: "ab" }, "table must be a name of 3 to 255"],
  ["the table is missing", { ...table, table: undefined as unknown as string }, "table must be a name"],
  ["the table holds a slash", { ...table, table: "tickets/index" }, "table must be"],
  [
    "an index is a wildcard",
    { ...table, indexes: ["by-user", "*"] },
    'index must be a name of 3 to 255 letters, digits or characters of "_.-", got "*"',
  ],
  [
    "a bound table has indexes",
    { ...table, leadingKey: "u1", indexes: ["by-user"] },
    "a table bound to leadingKey has no indexes to query",
  ],
  [
    "the leading key is empty",
    { ...table, leadingKey: "" },
    'leadingKey must be a literal or a policy variable, got ""',
  ],
  ["the leading key is a reference", { ...table, leadingKey: "${var.user}" }, "leadingKey must be"],
  ["the secret is a wildcard", { ...secret, secret: "prod/*" }, "secret must be a secret name"],
  ["the secret is an ARN", { ...secret, secret: secretArn }, "secret must be a secret name"],
])("fails when %s", (_, target, error) => {
  expect(() => dataStatements(target, ["read"])).toThrow(error);
});

test("fails when no access is named", () => {
  expect(() => dataStatements(secret, [])).toThrow("name at least one access to the secret: read");
});

test("fails when a bound table is scanned", () => {
  expect(() => dataStatements({ ...table, leadingKey: "u1" }, ["scan"])).toThrow(
    'scan reads items of every key, got leadingKey "u1": grant read instead',
  );
});

test("fails when the scope tests what the grant itself tests", () => {
  expect(() => dataStatements(bucket, ["list"], { StringLike: { "s3:prefix": "x/*" } })).toThrow(
    "StringLike tests s3:prefix twice",
  );
});
