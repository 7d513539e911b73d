import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { createHash, generateKeyPairSync } from "node:crypto";
import fs, { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TokenExchangeFunction, type TokenExchangeFunctionProps } from "../../../constructs/exchange";
import { readFunctionConfig } from "../../../runtime/exchange/lambda/config";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const folder = mkdtempSync(join(tmpdir(), "ambit-function-"));
const CODE = join(folder, "lambda.zip");
writeFileSync(CODE, "the code");
afterAll(() => rmSync(folder, { recursive: true }));

const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001";
const TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call";
const USERS = "https://login.acme.example";
const STORE = { truststoreUri: "s3://acme-trust/spire.pem", truststoreVersion: "v1" };

const p256 = (namedCurve = "P-256") =>
  generateKeyPairSync("ec", {
    namedCurve,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });

function deployed(changes: Partial<TokenExchangeFunctionProps> = {}) {
  const stack = newStack(platformWith({ issuers: [{ issuer: USERS, jwksUri: `${USERS}/keys` }] }));
  const exchange = new TokenExchangeFunction(stack, "Function", {
    certificate: CERTIFICATE,
    code: CODE,
    ...changes,
  });
  return { exchange, template: Template.of(stack) };
}

function configOf(changes: Partial<TokenExchangeFunctionProps> = {}) {
  const { environment } = deployed(changes).template.only(LambdaFunction) as {
    environment: { variables: Readonly<Record<string, string>> };
  };
  return { config: readFunctionConfig(environment.variables.AMBIT_CONFIG_JSON), variables: environment.variables };
}

test("the function has the role of the exchange, requests of its own, and the bundle by its digest", () => {
  const code = deployed().template.only(LambdaFunction);
  expect(code).toMatchObject({
    function_name: "ambit-prod-exchange",
    role: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange",
    handler: "main.handler",
    runtime: "nodejs22.x",
    reserved_concurrent_executions: 50,
    timeout: 20,
    source_code_hash: createHash("sha256").update("the code").digest("base64"),
  });
  expect(code.filename).toMatch(/^assets\/Function_Code_\w+\/\w+\/lambda\.zip$/);
});

test("its configuration is one that the function takes, and the whole of its environment", () => {
  const { config, variables } = configOf();
  expect(Object.keys(variables)).toEqual(["AMBIT_CONFIG_JSON"]);
  expect(config).toMatchObject({
    issuer: "https://exchange.prod.acme.example",
    trustDomain: "prod.acme.example",
    jwtSvid: { jwksUri: "https://oidc.prod.acme.example/keys" },
    store: { dynamodb: { table: "ambit-prod-state", region: "eu-central-1" } },
    persons: { dynamodb: { table: "ambit-prod-person-keys", region: "eu-central-1" } },
    signingKeys: [{ kms: "alias/ambit/prod/tokens" }, { kms: "alias/ambit/prod/tokens-next" }],
    clientCertificates: "none",
  });
  expect(config.registry.publicKeys).toEqual([
    "-----BEGIN PUBLIC KEY-----\n${data.aws_kms_public_key.Function_RegistryKey_AD154E51.public_key}\n-----END PUBLIC KEY-----\n",
  ]);
});

test("a key that signed the registry before is believed too where that is said, line by line as it was given", () => {
  const { publicKey } = p256();
  expect(configOf({ formerRegistryKeys: [publicKey] }).config.registry.publicKeys).toEqual([
    ...configOf().config.registry.publicKeys,
    publicKey,
  ]);
});

test("it needs the audit log, unless auditLog is none", () => {
  expect(configOf().config.auditLog).toBe("required");
  expect(configOf({ auditLog: "required" }).config.auditLog).toBe("required");
  expect(configOf({ auditLog: "none" }).config.auditLog).toBe("none");
});

test("certificates are believed only where API Gateway asks for them", () => {
  expect(configOf({ mutualTls: STORE }).config.clientCertificates).toBe("api-gateway");
  expect(deployed({ mutualTls: STORE }).template.only(Apigatewayv2DomainName)).toMatchObject({
    mutual_tls_authentication: { truststore_uri: "s3://acme-trust/spire.pem", truststore_version: "v1" },
  });
  expect(deployed().template.only(Apigatewayv2DomainName).mutual_tls_authentication).toBeUndefined();
});

test("it is reached under the issuer's name alone, over TLS 1.2 or later, as fast as its concurrency allows", () => {
  const { template } = deployed({ issuer: "https://tokens.acme.example", concurrency: 20 });
  expect(template.only(Apigatewayv2Api)).toMatchObject({ protocol_type: "HTTP", disable_execute_api_endpoint: true });
  expect(template.only(Apigatewayv2DomainName)).toMatchObject({
    domain_name: "tokens.acme.example",
    domain_name_configuration: { certificate_arn: CERTIFICATE, endpoint_type: "REGIONAL", security_policy: "TLS_1_2" },
  });
  expect(template.only(Apigatewayv2Integration)).toMatchObject({ payload_format_version: "2.0" });
  expect(template.only(Apigatewayv2Stage)).toMatchObject({
    default_route_settings: { throttling_burst_limit: 20, throttling_rate_limit: 20 },
  });
});

test("only API Gateway may invoke it, through this API", () => {
  const { principal, source_arn } = deployed().template.only(LambdaPermission);
  expect([principal, source_arn]).toEqual([
    "apigateway.amazonaws.com",
    expect.stringMatching(/^\$\{aws_apigatewayv2_api\.\w+\.execution_arn\}\/\$default\/\$default$/),
  ]);
});

test("its log is kept for a year, encrypted by a LogKey that only this log may use", () => {
  const { template } = deployed();
  expect(template.only(CloudwatchLogGroup)).toMatchObject({
    name: "/aws/lambda/ambit-prod-exchange",
    retention_in_days: 365,
    kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/),
  });
  const [, use] = statementsOf(template.only(KmsKey).policy);
  expect(use).toMatchObject({
    Principal: { Service: "logs.eu-central-1.amazonaws.com" },
    Condition: {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn":
          "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/ambit-prod-exchange",
      },
    },
  });
});

test("alarms fire when it fails, is throttled or is slow, and when that is over", () => {
  const alarms = deployed({ alarmTopic: TOPIC }).template.all(CloudwatchMetricAlarm);
  const ofFunction = { namespace: "AWS/Lambda", dimensions: { FunctionName: "ambit-prod-exchange" } };
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ ...ofFunction, alarm_actions: [TOPIC], ok_actions: [TOPIC] });
  }
  expect(
    alarms.map((alarm) => [alarm.metric_name, alarm.statistic ?? alarm.extended_statistic, alarm.threshold]),
  ).toEqual([
    ["Duration", "p99", 3000],
    ["Errors", "Sum", 0],
    ["Throttles", "Sum", 0],
  ]);
});

test.each<[string, Partial<TokenExchangeFunctionProps>, string]>([
  ["an issuer with a port", { issuer: "https://tokens.acme.example:8443" }, "issuer must be a name without a port"],
  ["an address for an issuer", { issuer: "https://192.0.2.1" }, "issuer must be a name without a port"],
  ["an issuer with a path", { issuer: "https://acme.example/x" }, "without path and slash"],
  [
    "the issuer of users as its own",
    { issuer: USERS },
    `issuer must belong to the exchange alone, got "${USERS}", which is among issuers of the platform`,
  ],
  ["another key", { signsWith: "registry" as never }, "signsWith must be one of tokens, tokens-next"],
  ["a private key", { formerRegistryKeys: [p256().privateKey] }, "formerRegistryKeys must be public keys on P-256"],
  ["a key on another curve", { formerRegistryKeys: [p256("P-384").publicKey] }, "public keys on P-256"],
  ["a certificate that is none", { certificate: "tokens" }, "certificate must be a certificate of ACM, or its ARN"],
  ["no concurrency", { concurrency: 0 }, "concurrency must be a whole number from 1 to 900, got 0"],
  ["all concurrency", { concurrency: 1_000 }, "concurrency must be a whole number from 1 to 900"],
  ["a topic that is none", { alarmTopic: "on-call" }, "alarmTopic must be a topic of SNS, or its ARN"],
  [
    "a trust store elsewhere",
    { mutualTls: { ...STORE, truststoreUri: "https://acme.example/spire.pem" } },
    "mutualTls.truststoreUri must be s3://<bucket>/<key>",
  ],
  [
    "a trust store that may change",
    { mutualTls: { ...STORE, truststoreVersion: undefined as never } },
    "mutualTls.truststoreVersion must be the version of that object",
  ],
  ["code that is not there", { code: "/nowhere/lambda.zip" }, "name the archive that npm run bundles makes"],
])("%s is refused", (_, changes, message) => {
  expect(() => deployed(changes)).toThrow(message);
});

test("without code it takes that of the package, and is refused if that is not built", () => {
  const exists = jest.spyOn(fs, "existsSync").mockImplementation((path) => !String(path).endsWith("lambda.zip"));
  expect(() => deployed({ code: undefined as never })).toThrow("npm run bundles makes it");
  exists.mockRestore();
});
