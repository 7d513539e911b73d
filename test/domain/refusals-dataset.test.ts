import { Dataset } from "../../domain";
import { fails, NUMBER_TOKEN, TOKEN, untyped } from "../support/domain";

type Code = Parameters<typeof fails>[2];
const PLAIN = "must be a plain string known at synth, got the Terraform token";
const shownToken = `${JSON.stringify(TOKEN)}: write the string itself`;
const KEY = "arn:aws:kms:eu-central-1:111111111111:key/0a1b";

const sound = {
  bucket: { bucket: "acme-kb", prefix: "articles/", sensitivity: "internal" },
  table: { table: "carts", sensitivity: "internal" },
  secret: { secret: "crm/api", sensitivity: "internal" },
} as const;
type Kind = keyof typeof sound;

const made = (kind: Kind, props: object) => () => Dataset[kind]("data", untyped({ ...sound[kind], ...props }));
const refused = (kind: Kind, when: string, props: object, text: string, code: Code = "dataset.malformed") =>
  fails(`${kind}: ${when}`, made(kind, props), code, `dataset "data": ${text}`);

test.each(["bucket", "table", "secret"] as const)("accepts a plain %s", (kind) => {
  expect(made(kind, { key: KEY, account: "222222222222" })()).toMatchObject({
    kind,
    key: KEY,
    account: "222222222222",
  });
});

describe("every kind", () => {
  fails(
    "the name is malformed",
    () => Dataset.external("My Data", { sensitivity: "internal" }),
    "name.malformed",
    'dataset "My Data": name must be lower-case letters, digits and inner hyphens, at most 63 characters (DNS-1123), ' +
      'got "My Data": write "my-data"',
  );
  fails(
    "the name is a token",
    () => Dataset.external(TOKEN, { sensitivity: "internal" }),
    "token",
    `dataset "${TOKEN}": name ${PLAIN} ${shownToken}`,
  );
  for (const sensitivity of ["secret", "Public", "", "constructor"]) {
    fails(
      `the sensitivity is ${JSON.stringify(sensitivity)}`,
      () => Dataset.external("data", { sensitivity: untyped(sensitivity) }),
      "sensitivity.unknown",
      `dataset "data": sensitivity must be one of public, internal, confidential, restricted, got "${sensitivity}"`,
    );
  }
  for (const untrusted of ["yes", 1, null]) {
    fails(
      `untrusted is ${JSON.stringify(untrusted)}`,
      () => Dataset.external("data", { sensitivity: "internal", untrusted: untyped(untrusted) }),
      "dataset.malformed",
      `dataset "data": untrusted must be true or false, got ${JSON.stringify(untrusted)}`,
    );
  }
  for (const kind of ["bucket", "table", "secret"] as const) {
    const what = "key must be the ARN of a key (arn:aws:kms:…:key/…), not of an alias";
    for (const key of ["arn:aws:kms:eu-central-1:111111111111:alias/kb", "alias/kb", "0a1b", `${KEY}*`, "*"]) {
      refused(kind, `the key is ${key}`, { key }, `${what}, got "${key}"`);
    }
    refused(
      kind,
      "the key is a Terraform reference",
      { key: "${aws_x.y.arn}" },
      `key ${PLAIN} "\${aws_x.y.arn}": write the string itself`,
      "token",
    );
    for (const account of ["1111", "1111111111111", "11111111111a", "*"]) {
      refused(
        kind,
        `the account is ${account}`,
        { account },
        `account must be an AWS account id of 12 digits, got "${account}"`,
      );
    }
    refused(
      kind,
      "the account is a number",
      { account: 111111111111 },
      "account must be a non-empty string, got 111111111111",
    );
    refused(
      kind,
      "the account is a number token",
      { account: NUMBER_TOKEN },
      `account ${PLAIN} ${NUMBER_TOKEN}: write the string itself`,
      "token",
    );
  }
});

describe("bucket", () => {
  for (const bucket of ["Acme", "ab", "acme_kb", "-acme", "acme/kb", "*", "arn:aws:s3:::acme-kb", "a".repeat(64)]) {
    refused("bucket", `the bucket is ${bucket}`, { bucket }, `bucket must be a bucket name, got "${bucket}"`);
  }
  refused("bucket", "the bucket is missing", { bucket: undefined }, "bucket must be a non-empty string, got nothing");
  refused("bucket", "the bucket is a token", { bucket: TOKEN }, `bucket ${PLAIN} ${shownToken}`, "token");
  const what = 'prefix must be a path such as "articles/" that ends in a slash and has no wildcard';
  for (const prefix of ["articles", "/", "//", "/articles/", "articles/*", "*/", "art?cles/", "a/*/", "a//"]) {
    refused("bucket", `the prefix is ${JSON.stringify(prefix)}`, { prefix }, `${what}, got ${JSON.stringify(prefix)}`);
  }
  refused("bucket", "the prefix is the whole bucket", { prefix: "" }, 'prefix must be a non-empty string, got ""');
  refused("bucket", "the prefix is missing", { prefix: undefined }, "prefix must be a non-empty string, got nothing");
  refused(
    "bucket",
    "the prefix is a token",
    { prefix: `${TOKEN}/` },
    `prefix ${PLAIN} "${TOKEN}/": write the string itself`,
    "token",
  );
});

describe("table", () => {
  for (const table of ["ab", "a/b", "carts*", "arn:aws:dynamodb:eu-central-1:111111111111:table/carts"]) {
    refused("table", `the table is ${table}`, { table }, `table must be a DynamoDB table name, got "${table}"`);
  }
  refused("table", "the table is a token", { table: TOKEN }, `table ${PLAIN} ${shownToken}`, "token");
  refused("table", "an index is a wildcard", { indexes: ["by-day", "*"] }, 'indexes must be names of indexes, got "*"');
  refused("table", "boundTo is unknown", { boundTo: "tenant" }, 'boundTo must be agent, user or session, got "tenant"');
  refused(
    "table",
    "boundTo is undefined",
    { boundTo: undefined },
    "boundTo must be agent, user or session, got nothing",
  );
  refused(
    "table",
    "a bound table has indexes",
    { boundTo: "user", indexes: ["by-day"] },
    "indexes cannot be queried on a table with boundTo, because the leading key of an index is another attribute: " +
      "remove indexes, or declare the table without boundTo",
  );
});

describe("secret", () => {
  const what = "secret must be a secret's name of letters, digits and /_+=.@-, without its ARN";
  for (const secret of [
    "arn:aws:secretsmanager:eu-central-1:111111111111:secret:crm-a1b2c3",
    "crm*",
    "crm api",
    "a".repeat(513),
  ]) {
    refused("secret", `the secret is ${secret}`, { secret }, `${what}, got "${secret}"`);
  }
  refused("secret", "the secret is a token", { secret: TOKEN }, `secret ${PLAIN} ${shownToken}`, "token");
});
