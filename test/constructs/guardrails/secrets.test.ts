import { secretIn, secretInScript } from "../../../constructs/guardrails/secret-values";
import { isSecretName, secretShapesIn } from "../../../constructs/guardrails/secrets";
import { StackJson } from "../../../constructs/guardrails/stack";

const stack = StackJson.of("test", {
  variable: { plain: { type: "string" }, hidden: { type: "string", sensitive: true } },
});

test.each([
  ["-----BEGIN RSA PRIVATE KEY-----\nMII", "private key"],
  ["-----BEGIN PRIVATE KEY-----", "private key"],
  [`id=${"AKIA"}ABCDEFGHIJKLMNOP;`, "access key of AWS"],
  [`${"ASIA"}ABCDEFGHIJKLMNOP`, "access key of AWS"],
  [`ghp_${"a".repeat(36)}`, "token of GitHub"],
  [`github_pat_${"a".repeat(22)}_${"b".repeat(59)}`, "token of GitHub"],
  [`xoxb-${"1".repeat(12)}`, "token of Slack"],
  [`sk-ant-${"a".repeat(24)}`, "key of a model provider"],
  [`eyJ${"a".repeat(12)}.eyJ${"b".repeat(12)}.${"c".repeat(20)}`, "JWT"],
  ["redis://:hunter2@cache:6379", "address with a password"],
  ["https://user:hunter2@acme.example/x", "address with a password"],
])("%s holds a credential: %s", (text, kind) => expect(secretShapesIn(text)).toEqual([kind]));

test.each([
  "-----BEGIN PUBLIC KEY-----",
  "-----BEGIN CERTIFICATE-----",
  "AKIA",
  `X${"AKIA"}ABCDEFGHIJKLMNOPQ`,
  "https://acme.example:8443/a@b",
  "https://user@acme.example",
  "postgres://app:${var.password}@db/app",
  "sk-short",
])("%s holds no credential", (text) => expect(secretShapesIn(text)).toEqual([]));

test.each([
  ["DB_PASSWORD", true],
  ["apiKey", true],
  ["client-secret", true],
  ["TOKEN", true],
  ["app.token", true],
  ["TOKEN_FILE", false],
  ["SECRET_ARN", false],
  ["PASSWORDLESS", false],
  ["TOKENS_PER_MINUTE", false],
  ["MAX_TOKEN", false],
  ["nextToken", false],
  ["PAGE_TOKEN", false],
  ["SYNC_TOKEN", false],
  ["eos_token", false],
  ["HOMEPAGE_TOKEN", true],
  ["PAGE_TOKEN_SECRET", true],
  ["NEXT_AUTH_TOKEN", true],
  ["monkey", false],
])("%s is the name of a secret: %s", (name, expected) => expect(isSecretName(name)).toBe(expected));

test.each([
  ["DB_PASSWORD", "hunter2", "text in a secret's place"],
  ["DB_PASSWORD", "${var.plain}", "reference in a secret's place"],
  ["DB", "${var.hidden}", "sensitive variable"],
  ["DB", 'run ${join(":", [var.plain, var.hidden])}', "sensitive variable"],
  ["DB", "${random_password.db[0].result}", "reference to a secret"],
  ["DB", "${aws_db_instance.db.password}", "reference to a secret"],
  ["DB", "${data.aws_secretsmanager_secret_version.db.secret_string}", "reference to a secret"],
  ["DB_PASSWORD", "", undefined],
  ["DB_PASSWORD", 12, undefined],
  ["DB_PASSWORD", "/run/secrets/db", undefined],
  ["DB_PASSWORD", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db", undefined],
  ["DB_SECRET", "${aws_secretsmanager_secret.db.arn}", undefined],
  ["DB_SECRET", "${aws_rds_cluster.db.master_user_secret[0].secret_arn}", undefined],
  ["DB", "${var.plain}", undefined],
  ["DB", "$${var.hidden}", undefined],
])("%s with %s is: %s", (name, value, expected) => expect(secretIn(name, value, stack)).toBe(expected));

test.each([
  ["export DB_PASSWORD=hunter2-hunter2", "assigned secret"],
  ['  "api_key": "abcdefgh12345678",', "assigned secret"],
  ["psql --password hunter2", undefined],
  ["TOKEN=$(fetch-token)", undefined],
  ["password_file=/run/secrets/database", undefined],
  ["SECRET=arn:aws:secretsmanager:eu-central-1:111122223333:secret:db", undefined],
  ["token: {{ token }}", undefined],
])("a script with %s holds: %s", (script, expected) => expect(secretInScript(script, stack)).toBe(expected));
