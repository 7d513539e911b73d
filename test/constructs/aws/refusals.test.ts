import type { Construct } from "constructs";
import { OpaRole, PolicyBucket } from "../../../constructs/decision";
import {
  ExchangeRole,
  type ExchangeRoleProps,
  ExchangeTables,
  TokenExchangeFunction,
} from "../../../constructs/exchange";
import { GatewayRole } from "../../../constructs/gateway";
import { RolesAnywhereTrust } from "../../../constructs/identity";
import { AuditBucket } from "../../../constructs/oversight";
import { SigningKey } from "../../../constructs/platform";
import { OidcDocuments, SpireServerRole } from "../../../constructs/spire";
import type { ErrorCode } from "../../../domain";
import { refusal, untyped } from "../../support/domain";
import { newStack } from "../../support/synth";

const ACCOUNT = "111122223333";
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1`;
const TABLE = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/state`;
const BUCKET = "arn:aws:s3:::acme-audit";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/spire`;
const OBJECT = "arn:aws:s3:::acme-oidc/keys";
const CERTIFICATE = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/1`;
const TABLES = { stateTable: TABLE, personKeyTable: TABLE, registryTable: TABLE };
const EXCHANGE: ExchangeRoleProps = { ...TABLES, dataKey: KEY, tokenKeys: [KEY], logKey: KEY, auditBucket: BUCKET };

const abroad = (arn: string): string => arn.replace(/eu-central-1|us-east-1/, "eu-west-3");
const foreign = (arn: string): string => arn.replace(ACCOUNT, "444455556666");

type Make = (scope: Construct, value: never) => unknown;
/** What a property is refused with, for each value that it does not take */
const REFUSED: readonly (readonly [of: string, ErrorCode, Make, what: string, readonly unknown[]])[] = [
  [
    "key",
    "arn.malformed",
    (scope, key) => new AuditBucket(scope, "It", { key }),
    "a KMS key",
    ["", "alias/data", BUCKET, undefined, abroad(KEY)],
  ],
  [
    "key",
    "arn.malformed",
    (scope, key) => new PolicyBucket(scope, "It", { key }),
    "a KMS key",
    ["", TABLE, `${KEY}*`, abroad(KEY)],
  ],
  [
    "key",
    "exchange.malformed",
    (scope, key) => new ExchangeTables(scope, "It", { key }),
    "a KMS key",
    ["", TABLE, {}, abroad(KEY)],
  ],
  [
    "key",
    "arn.malformed",
    (scope, key) => new OpaRole(scope, "It", { bundle: OBJECT, key }),
    "a KMS key",
    ["", "*", abroad(KEY)],
  ],
  [
    "bundle",
    "arn.malformed",
    (scope, bundle) => new OpaRole(scope, "It", { bundle, key: KEY }),
    "one object in a bucket of S3",
    ["", BUCKET, `${BUCKET}/*`],
  ],
  [
    "signer",
    "arn.malformed",
    (scope, signer) => new SigningKey(scope, "It", { signs: "tokens", signer }),
    "a role of IAM",
    ["", "*", `${ROLE}*`, `arn:aws:iam::${ACCOUNT}:root`],
  ],
  [
    "registryTable",
    "gateway.malformed",
    (scope, registryTable) => new GatewayRole(scope, "It", { registryTable, dataKey: KEY }),
    "a table of DynamoDB",
    ["", KEY, `${TABLE}*`, abroad(TABLE), foreign(TABLE)],
  ],
  [
    "dataKey",
    "gateway.malformed",
    (scope, dataKey) => new GatewayRole(scope, "It", { registryTable: TABLE, dataKey }),
    "a KMS key",
    ["", TABLE, "*", abroad(KEY)],
  ],
  ...(["stateTable", "personKeyTable", "registryTable"] as const).map(
    (property) =>
      [
        property,
        "exchange.malformed",
        (scope: Construct, value: never) => new ExchangeRole(scope, "It", { ...EXCHANGE, [property]: value }),
        "a table of DynamoDB",
        ["", KEY, `${TABLE}/index/all`, abroad(TABLE), foreign(TABLE)],
      ] as const,
  ),
  ...(["dataKey", "logKey"] as const).map(
    (property) =>
      [
        property,
        "exchange.malformed",
        (scope: Construct, value: never) => new ExchangeRole(scope, "It", { ...EXCHANGE, [property]: value }),
        "a KMS key",
        ["", TABLE, "*", abroad(KEY)],
      ] as const,
  ),
  [
    "tokenKeys\\[1\\]",
    "exchange.malformed",
    (scope, key) => new ExchangeRole(scope, "It", { ...EXCHANGE, tokenKeys: [KEY, key] }),
    "a KMS key",
    ["", "*", abroad(KEY)],
  ],
  [
    "auditBucket",
    "exchange.malformed",
    (scope, auditBucket) => new ExchangeRole(scope, "It", { ...EXCHANGE, auditBucket }),
    "a bucket of S3",
    ["", `${BUCKET}/log/`, "arn:aws:s3:::*"],
  ],
  [
    "certificate",
    "exchange.malformed",
    (scope, certificate) => new TokenExchangeFunction(scope, "It", { certificate }),
    "a certificate of ACM",
    ["", ROLE, CERTIFICATE, foreign(CERTIFICATE)],
  ],
  [
    "certificate",
    "spire.malformed",
    (scope, certificate) => new OidcDocuments(scope, "It", { certificate, publisherRole: ROLE }),
    "a certificate of ACM",
    ["", ROLE, abroad(CERTIFICATE), foreign(CERTIFICATE)],
  ],
  [
    "publisherRole",
    "spire.malformed",
    (scope, publisherRole) => new OidcDocuments(scope, "It", { certificate: CERTIFICATE, publisherRole }),
    "a role of IAM",
    ["", "*", BUCKET],
  ],
  [
    "bundleObject",
    "spire.malformed",
    (scope, bundleObject) => new SpireServerRole(scope, "It", { bundleObject }),
    "one object in a bucket of S3",
    ["", BUCKET, "arn:aws:s3:::acme-oidc/keys\n"],
  ],
  [
    "trustAnchor",
    "spire.malformed",
    (scope, trustAnchor) => new SpireServerRole(scope, "It", { trustAnchor }),
    "a trust anchor of IAM Roles Anywhere",
    ["", ROLE],
  ],
  [
    "certificateAuthority",
    "spire.malformed",
    (scope, certificateAuthority) => new SpireServerRole(scope, "It", { certificateAuthority }),
    "an AWS Private CA",
    ["", CERTIFICATE],
  ],
  [
    "certificateAuthority",
    "platform.malformed",
    (scope, certificateAuthority) => new RolesAnywhereTrust(scope, "It", { certificateAuthority }),
    "an AWS Private CA",
    ["", CERTIFICATE, null],
  ],
];

test.each(
  REFUSED.flatMap(([property, code, make, what, values]) =>
    values.map((value) => [property, value, code, make, what] as const),
  ),
)("fails when %s is %j: %s", (property, value, code, make, what) => {
  expect(refusal(() => make(newStack(), untyped(value)))).toEqual({
    code,
    message: expect.stringMatching(
      new RegExp(`^\\[test/It\\]: ${property} must be ${what}(, or its ARN| in region .+), got `),
    ),
  });
});
