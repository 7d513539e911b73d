import { type AwsProps, Platform, type PlatformProps } from "../../../constructs";
import { joined } from "../../../constructs/platform/names";
import { facts } from "../../../fleet/platform";

const build = (changes: Partial<PlatformProps>) => (): Platform => new Platform({ ...facts, ...changes });
const aws = (changes: Partial<AwsProps>) => build({ aws: { ...facts.aws, ...changes } });
const TOKEN = "${aws_x.y.name}";
const vpc = facts.aws.network as object;

test("names are made from plain facts", () => {
  const platform = build({})();
  expect(platform.boundaryArn).toBe("arn:aws:iam::111122223333:policy/ambit/platform/prod.agent-boundary");
  expect(platform.exchangeRoleArn).toBe("arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange");
  expect(platform.agentRolePath).toBe("/ambit/agents/prod/");
  expect(platform.opaRoleArn).toBe("arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-opa");
  expect(platform.keyAlias("policy")).toBe("alias/ambit/prod/policy");
  expect(platform.ownStores).toEqual([
    "ambit-prod-state",
    "ambit-prod-person-keys",
    "ambit-prod-registry",
    "ambit-audit-prod-111122223333",
    "ambit-prod-policy-111122223333",
    "ambit-trail-prod-111122223333",
  ]);
  expect(platform.oidcProviderArn(platform.issuer)).toBe(
    "arn:aws:iam::111122223333:oidc-provider/oidc.prod.acme.example",
  );
});

test.each([
  ["eu-central-1", "aws"],
  ["us-gov-west-1", "aws-us-gov"],
  ["cn-north-1", "aws-cn"],
])("region %s is in partition %s", (region, partition) => {
  // Secrets of the example's tools lie in its own region.
  expect(build({ aws: { ...facts.aws, region }, outbound: {} })().partition).toBe(partition);
});

test("the defaults are the safe ones", () => {
  const platform = build({})();
  expect(platform.protectData).toBe(true);
  expect(platform.audit).toEqual({ retentionDays: 365, mode: "COMPLIANCE" });
  expect(platform.quotas).toEqual({ roles: 1000, trustPolicyCharacters: 2048 });
  expect(platform.regions).toEqual(["eu-central-1"]);
  expect(platform.dns).toEqual({ namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } });
});

test("intent is judged only if the platform names an evaluator, which then has half a second", () => {
  const url = "https://intent.acme.example:8443/v1/judge";
  expect(build({})().intent).toBeUndefined();
  expect(build({ intent: { url } })().intent).toEqual({ url, timeoutMs: 500 });
  expect(build({ intent: { url, timeoutMs: 10_000 } })().intent).toEqual({ url, timeoutMs: 10_000 });
});

test("without a network there is none", () => {
  expect(build({ aws: { account: facts.aws.account, region: facts.aws.region } })().network).toEqual({ kind: "none" });
});

test("a joined name keeps its parts apart", () => {
  expect(joined(["a-b", "c"], 64)).not.toBe(joined(["a", "b-c"], 64));
  expect(joined(["prod", "x".repeat(80)], 64)).toHaveLength(64);
});

type Refusal = readonly [when: string, make: () => Platform, message: string];

const refusals: readonly Refusal[] = [
  [
    "the name has capitals",
    build({ name: "Prod" }),
    'platform: name must be lower-case letters, digits and inner hyphens, at most 24 characters (DNS-1123), got "Prod": write "prod"',
  ],
  [
    "the trust domain is a URL",
    build({ trustDomain: "spiffe://prod.acme.example" }),
    'platform: trustDomain must be a bare lower-case name without scheme, port or path, got "spiffe://prod.acme.example": write "prod.acme.example"',
  ],
  [
    "the issuer is not https",
    build({ issuer: "http://oidc.prod.acme.example" }),
    'platform: issuer must be an https address without port, query and trailing slash, at most 255 characters, got "http://oidc.prod.acme.example"',
  ],
  [
    "the cluster's issuer has a port",
    build({ cluster: { ...facts.cluster, oidcIssuer: "https://oidc.example:8443" } }),
    'platform: cluster.oidcIssuer must be an https address without port, query and trailing slash, at most 255 characters, got "https://oidc.example:8443"',
  ],
  [
    "an own domain is a wildcard",
    build({ domains: ["*.acme.example"] }),
    'platform: domains must be names such as "acme.example", got "*.acme.example"',
  ],
  ...[
    "http://intent.acme.example",
    "https://user@intent.acme.example",
    "https://intent.acme.example/?key=1",
    "https://intent.acme.example/#top",
    "https://",
    "intent.acme.example",
  ].map((url): Refusal => [
    `the intent evaluator is at ${url}`,
    build({ intent: { url } }),
    `platform: intent.url must be an https address without user, query and fragment, got "${url}"`,
  ]),
  ...[0, -1, 0.5, 10_001, Number.NaN].map((timeoutMs): Refusal => [
    `the intent evaluator has ${timeoutMs} ms`,
    build({ intent: { url: "https://intent.acme.example", timeoutMs } }),
    `platform: intent.timeoutMs must be a whole number from 1 to 10000, got ${timeoutMs}: no call waits longer`,
  ]),
  [
    "the address of the intent evaluator is a Terraform token",
    build({ intent: { url: TOKEN } }),
    `platform: intent.url must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`,
  ],
  [
    "the account is no id",
    aws({ account: "1234" }),
    'platform: aws.account must be an AWS account id of 12 digits, got "1234"',
  ],
  [
    "the account is a Terraform token",
    aws({ account: "${data.aws_caller_identity.me.account_id}" }),
    'platform: aws.account must be a plain string known at synth, got the Terraform token "${data.aws_caller_identity.me.account_id}": write the string itself',
  ],
  [
    "the region is none",
    aws({ region: "Frankfurt" }),
    'platform: aws.region must be a name such as "eu-central-1", got "Frankfurt"',
  ],
  [
    "the VPC is a name",
    aws({ network: { ...vpc, vpc: "vpc-main!" } as never }),
    'platform: aws.network.vpc must be a plain id such as "vpc-0abc12", got "vpc-main!"',
  ],
  [
    "the address of DynamoDB's endpoint is none",
    aws({ network: { ...vpc, dynamodbUrl: "https://vpce/path" } as never }),
    'platform: aws.network.dynamodbUrl must be the endpoint\'s https address without path, got "https://vpce/path"',
  ],
  [
    "no endpoint subnet is named",
    aws({ network: { ...vpc, endpointSubnets: [] } as never }),
    "platform: aws.network.endpointSubnets must name at least one subnet, got []",
  ],
  [
    "a subnet is a token",
    aws({ network: { ...vpc, endpointSubnets: [{ id: "${aws_subnet.a.id}", cidr: "10.0.0.0/24" }] } as never }),
    'platform: aws.network.endpointSubnets must hold plain ids such as "subnet-0abc12", got "${aws_subnet.a.id}"',
  ],
  [
    "pods have no range",
    aws({ network: { ...vpc, podCidrs: [] } as never }),
    "platform: aws.network.podCidrs must name the address ranges of the pods, got []",
  ],
  [
    "a range is none",
    aws({ network: { ...vpc, podCidrs: ["10.0.0.256/24"] } as never }),
    'platform: aws.network.podCidrs must hold ranges such as "10.0.16.0/24", got "10.0.0.256/24"',
  ],
  [
    "egress is the whole internet",
    aws({ network: { none: { reason: "sandbox", egressCidrs: ["0.0.0.0/1"] } } }),
    'platform: aws.network.none.egressCidrs must not hold ranges broader than /8, got "0.0.0.0/1": name the ranges',
  ],
  [
    "egress is nowhere, which to Kubernetes is everywhere",
    aws({ network: { none: { reason: "sandbox", egressCidrs: [] } } }),
    "platform: aws.network.none.egressCidrs must name the ranges agents may reach, got []",
  ],
  [
    "there is no network and no reason",
    aws({ network: { none: { reason: " ", egressCidrs: [] } } }),
    "platform: aws.network.none.reason must say why there are no VPC endpoints, got nothing",
  ],
  [
    "the trust anchor is no ARN",
    aws({ rolesAnywhere: { trustAnchorArn: "anchor" } }),
    'platform: aws.rolesAnywhere.trustAnchorArn must be the ARN of a trust anchor of IAM Roles Anywhere, got "anchor"',
  ],
  [
    "an image has a tag",
    build({ images: { companion: "images.acme.example/companion:1.0" } }),
    'platform: images.companion must be pinned by digest (name@sha256: and 64 hex digits), got "images.acme.example/companion:1.0"',
  ],
  [
    "a quota is negative",
    aws({ quotas: { roles: -5 } }),
    "platform: aws.quotas.roles must be a whole number above zero, got -5",
  ],
  [
    "the lock of audit records is soft in another way",
    build({ audit: { retentionDays: 30, mode: "NONE" as never } }),
    'platform: audit.mode must be "COMPLIANCE" or "GOVERNANCE", got "NONE"',
  ],
  [
    "any pod may answer DNS",
    build({ cluster: { ...facts.cluster, dns: { namespace: "dns", podLabels: {} } } }),
    "platform: cluster.dns.podLabels must name at least one label of the DNS pods, got {}",
  ],
  ...(
    [
      ["cluster.name", { cluster: { ...facts.cluster, name: TOKEN } }],
      ["cluster.dns.namespace", { cluster: { ...facts.cluster, dns: { namespace: TOKEN, podLabels: { a: "b" } } } }],
      ["state.bucket", { state: { bucket: TOKEN, key: "ambit" } }],
      ["state.key", { state: { bucket: "acme-state", key: TOKEN } }],
    ] as const
  ).map(([property, changes]): [string, () => Platform, string] => [
    `${property} is a Terraform token`,
    build(changes),
    `platform: ${property} must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`,
  ]),
  [
    "the API server is not https",
    build({ cluster: { ...facts.cluster, endpoint: "http://k8s" } }),
    'platform: cluster.endpoint must be the https address of the API server, got "http://k8s"',
  ],
  [
    "the API server's CA is no certificate",
    build({ cluster: { ...facts.cluster, certificateAuthority: "bm9uZQ==" } }),
    "platform: cluster.certificateAuthority must be base64 of a PEM certificate",
  ],
  [
    "audit records are kept for no time",
    build({ audit: { retentionDays: 0 } }),
    "platform: audit.retentionDays must be a whole number above zero, got 0",
  ],
];

test.each(refusals)("fails when %s", (_, make, message) => {
  expect(make).toThrow(message);
});

test("fails when images are asked for that the platform does not name, once for all of them", () => {
  const platform = build({ images: { companion: `companion@sha256:${"0".repeat(64)}` } })();
  expect(platform.image("companion", "[a]")).toBe(platform.images.companion);
  const check = () => platform.missingImages.refuseAny("platform", Object.keys(platform.images));
  check();
  for (const where of ["[control/Exchange]", "[other/Exchange]"]) {
    expect(platform.image("exchange", where)).toBe(`missing.invalid/exchange@sha256:${"0".repeat(64)}`);
  }
  platform.image("constructor", "[control/Opa]");
  expect(check).toThrow(
    'platform: images lacks "exchange" for [control/Exchange], "constructor" for [control/Opa], and has companion: ' +
      "add each to images, pinned by digest (name@sha256: and 64 hex digits)",
  );
});
