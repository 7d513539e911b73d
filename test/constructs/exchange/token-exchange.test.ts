import { generateKeyPairSync } from "node:crypto";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { HorizontalPodAutoscalerV2 } from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { PlatformProps, VpcNetworkProps } from "../../../constructs";
import { TokenExchange, type TokenExchangeProps } from "../../../constructs/exchange";
import { facts } from "../../../fleet/platform";
import { checkConfig } from "../../../runtime/exchange/config";
import { podOf, waysOf } from "../../support/spire";
import { clusterWith, newStack, platformWith, Template } from "../../support/synth";

function deployed(changes: Partial<TokenExchangeProps> = {}, platform: Partial<PlatformProps> = {}) {
  const stack = newStack(platformWith(platform));
  const exchange = new TokenExchange(stack, "Exchange", { keyCidrs: ["203.0.113.0/24"], ...changes });
  return { exchange, template: Template.of(stack) };
}

const configOf = ({ template }: ReturnType<typeof deployed>) => {
  const { data } = template.only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
  return checkConfig(JSON.parse(data["config.json"] ?? ""));
};

const example = deployed();
const GATEWAY = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway";
const DYNAMODB = "https://vpce-0a1b2c3d4e5f60719-a1b2c3d4.dynamodb.eu-central-1.vpce.amazonaws.com";
const LABELS = { "app.kubernetes.io/name": "ambit-exchange", "app.kubernetes.io/part-of": "ambit" };
const { labels, annotations, pod } = podOf(example.template.only(DeploymentV1));
const [container] = pod.container;

test("the exchange is two pods at one address, spread over nodes, one at a time out of service, more under load", () => {
  const { exchange, template } = example;
  expect(exchange.address).toBe("https://ambit-exchange.ambit-system.svc:8443");
  expect(template.only(DeploymentV1)).toMatchObject({
    metadata: { name: "ambit-exchange", namespace: "ambit-system" },
    wait_for_rollout: true,
    lifecycle: { ignore_changes: ["spec[0].replicas"] },
    spec: { replicas: "2", strategy: { rolling_update: { max_surge: "1", max_unavailable: "0" } } },
  });
  expect(template.only(PodDisruptionBudgetV1)).toMatchObject({
    spec: { max_unavailable: "1", selector: { match_labels: LABELS } },
  });
  expect(template.only(ServiceV1)).toMatchObject({
    spec: { selector: LABELS, port: [{ name: "tokens", port: 8443, protocol: "TCP", target_port: "8443" }] },
  });
  expect(template.only(HorizontalPodAutoscalerV2)).toMatchObject({
    spec: {
      min_replicas: 2,
      max_replicas: 10,
      scale_target_ref: { api_version: "apps/v1", kind: "Deployment", name: "ambit-exchange" },
      metric: [{ type: "Resource", resource: { name: "cpu", target: { average_utilization: 60 } } }],
    },
  });
  expect((pod.topology_spread_constraint as readonly unknown[]).length).toBe(2);
});

test("connections are as many as the exchange holds by itself, or as many as are written", () => {
  expect(configOf(example).connections).toBeUndefined();
  const connections = { most: 4_000, perAddress: 4_000 };
  expect(configOf(deployed({ connections })).connections).toEqual(connections);
});

test("agents and the gateway come in; DNS, AWS, the keys of issuers and the collector are reached, and nothing else", () => {
  expect(waysOf(example.template.only(NetworkPolicyV1))).toEqual({
    in: [
      // The helper names namespaces by their name, and these are found by their label: see below.
      "undefined[ambit.internal/managed=true] TCP/8443",
      "ambit-system[app.kubernetes.io/name=ambit-gateway] TCP/8443",
    ],
    out: [
      "kube-system[k8s-app=kube-dns] UDP/53",
      "kube-system[k8s-app=kube-dns] TCP/53",
      "10.0.16.0/24 TCP/443",
      "10.0.17.0/24 TCP/443",
      "203.0.113.0/24 TCP/443",
      "ambit-system[app.kubernetes.io/name=ambit-collector] TCP/4318",
    ],
  });
  expect(example.template.only(NetworkPolicyV1)).toMatchObject({
    spec: {
      ingress: [
        {
          from: [
            {
              namespace_selector: { match_labels: { "ambit.internal/namespace": "agents" } },
              pod_selector: { match_labels: { "ambit.internal/managed": "true" } },
            },
            expect.anything(),
          ],
        },
      ],
    },
  });
});

test("its configuration is one that the exchange takes, for this platform", () => {
  expect(configOf(example)).toEqual({
    issuer: "https://exchange.prod.acme.example",
    trustDomain: "prod.acme.example",
    listen: { host: "0.0.0.0", port: 8443 },
    tls: { workloadApi: "unix:///spiffe-workload-api/spire-agent.sock" },
    jwtSvid: { jwksUri: "https://oidc.prod.acme.example/keys" },
    // DynamoDB has no private DNS: under its usual name it would be asked past the endpoints, which no policy lets through.
    store: { dynamodb: { table: "ambit-prod-state", region: "eu-central-1", endpoint: DYNAMODB } },
    persons: { dynamodb: { table: "ambit-prod-person-keys", region: "eu-central-1", endpoint: DYNAMODB } },
    registry: {
      from: { dynamodb: { table: "ambit-prod-registry", region: "eu-central-1", endpoint: DYNAMODB } },
      publicKeys: ["/etc/ambit-exchange/registry.pem"],
      scope: "deploy",
    },
    signingKeys: [{ kms: "alias/ambit/prod/tokens" }, { kms: "alias/ambit/prod/tokens-next" }],
    services: { introspect: [GATEWAY], state: [GATEWAY], transaction: [GATEWAY], outbound: [GATEWAY] },
    aws: { region: "eu-central-1" },
    outbound: { tools: facts.outbound?.tools, services: facts.outbound?.services },
    audit: {
      origin: "prod.acme.example/audit",
      key: { kms: "alias/ambit/prod/audit-log" },
      storage: { s3: { bucket: "ambit-audit-prod-111122223333", prefix: "log/", region: "eu-central-1" } },
    },
    telemetry: {
      collector: "https://ambit-collector.ambit-system.svc:4318",
      spiffeId: "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-collector",
    },
  });
});

test("the other key signs where that is said, and both stay published", () => {
  const { signingKeys } = configOf(deployed({ signsWith: "tokens-next" }));
  expect(signingKeys).toEqual([{ kms: "alias/ambit/prod/tokens-next" }, { kms: "alias/ambit/prod/tokens" }]);
});

const p256 = (namedCurve = "P-256") =>
  generateKeyPairSync("ec", {
    namedCurve,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });

test("a key that signed the registry before is believed too where that is said, by pods that start anew", () => {
  const { publicKey } = p256();
  const other = deployed({ formerRegistryKeys: [publicKey] });
  expect(configOf(other).registry.publicKeys).toEqual(["/etc/ambit-exchange/registry.pem", publicKey]);
  const digest = podOf(other.template.only(DeploymentV1)).annotations?.["ambit.internal/config"];
  expect(digest).not.toBe(annotations?.["ambit.internal/config"]);
});

test("an issuer of one's own is taken", () => {
  expect(configOf(deployed({ issuer: "https://tokens.acme.example" })).issuer).toBe("https://tokens.acme.example");
});

test("witnesses of the platform are asked by the exchange, and reached", () => {
  const key = "witness.other.example+eb2df332+BCHPJNusCIxv9RHy8jjFSCMBH9VmVMrijWLyMGAZCuwi";
  const [witness] = [{ url: "https://witness.other.example", key }];
  const app = deployed({}, { witnesses: { witnesses: [witness], cidrs: ["198.51.100.0/24"] } });
  expect(configOf(app).audit?.witnessing).toEqual({ witnesses: [witness], quorum: 1, refuseSeconds: 3_600 });
  expect(waysOf(app.template.only(NetworkPolicyV1)).out).toContain("198.51.100.0/24 TCP/443");
  expect(configOf(example).audit?.witnessing).toBeUndefined();
});

test("where AWS is reached without endpoints, DynamoDB has its usual name", () => {
  const network = { none: { reason: "a sandbox", egressCidrs: ["52.0.0.0/8"] } };
  const { store, registry } = configOf(deployed({}, { aws: { ...facts.aws, network } }));
  expect([store.dynamodb?.endpoint, registry.from.dynamodb?.endpoint]).toEqual([undefined, undefined]);
});

test("a new configuration, or another key under one of the three names, starts new pods", () => {
  const digest = (key: string) =>
    expect.stringMatching(`^\\$\\{sha256\\(data\\.aws_kms_public_key\\.Exchange_${key}_\\w+\\.public_key_pem\\)\\}$`);
  expect(annotations).toEqual({
    "ambit.internal/config": expect.stringMatching(/^[0-9a-f]{16}$/),
    "ambit.internal/registry-key": digest("RegistryKey"),
    "ambit.internal/tokens-key": digest("TokenKey"),
    "ambit.internal/tokens-next-key": digest("NextTokenKey"),
  });
  const { data } = example.template.json as { data?: Record<string, Record<string, { readonly key_id: string }>> };
  const aliases = Object.values(data?.aws_kms_public_key ?? {}).map(({ key_id }) => key_id);
  expect(aliases.sort()).toEqual(["registry", "tokens", "tokens-next"].map((name) => `alias/ambit/prod/${name}`));
  const other = podOf(deployed({ issuer: "https://tokens.acme.example" }).template.only(DeploymentV1));
  expect(other.annotations?.["ambit.internal/config"]).not.toBe(annotations?.["ambit.internal/config"]);
});

test("its pods get an identity as a component, and satisfy the restricted level", () => {
  expect(labels).toEqual({ ...LABELS, "ambit.internal/component": "ambit-exchange" });
  expect(pod).toMatchObject({
    service_account_name: "ambit-exchange",
    automount_service_account_token: false,
    termination_grace_period_seconds: 30,
    security_context: { run_as_non_root: true, run_as_user: "65532", seccomp_profile: { type: "RuntimeDefault" } },
  });
  expect(example.template.only(ServiceAccountV1)).toMatchObject({ automount_service_account_token: false });
  expect(container?.security_context).toEqual({
    allow_privilege_escalation: false,
    capabilities: { drop: ["ALL"] },
    privileged: false,
    read_only_root_filesystem: true,
    run_as_non_root: true,
  });
});

test("the role is its container's alone, and Kubernetes asks for its health over TLS", () => {
  expect(container?.env).toEqual(
    expect.arrayContaining([
      { name: "AMBIT_CONFIG", value: "/etc/ambit-exchange/config.json" },
      { name: "AWS_ROLE_ARN", value: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange" },
      { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: "/var/run/secrets/ambit-exchange/token" },
    ]),
  );
  expect(container).toMatchObject({
    readiness_probe: { http_get: { path: "/ready", port: "8443", scheme: "HTTPS" } },
    liveness_probe: { http_get: { path: "/live", port: "8443", scheme: "HTTPS" } },
  });
});

test("it is asked each second whether it has started, and is Ready at once when it has; one that hangs for a minute is started again", () => {
  const asked = (path: string) => ({ http_get: { path, port: "8443", scheme: "HTTPS" }, timeout_seconds: 3 });
  expect(container).toMatchObject({
    startup_probe: { ...asked("/live"), initial_delay_seconds: 0, period_seconds: 1, failure_threshold: 120 },
    readiness_probe: { ...asked("/ready"), initial_delay_seconds: 0, period_seconds: 5, failure_threshold: 3 },
    liveness_probe: { ...asked("/live"), initial_delay_seconds: 0, period_seconds: 10, failure_threshold: 6 },
  });
});

const { dynamodbUrl: _, ...withoutUrl } = facts.aws.network as VpcNetworkProps;
const inVpc = (network: VpcNetworkProps): Partial<PlatformProps> => ({ aws: { ...facts.aws, network } });
const NO_AWS = { aws: { account: facts.aws.account, region: facts.aws.region } };

test("where the platform does not say where DynamoDB answers, the plan finds the foundation's endpoint by its tag", () => {
  const found = deployed({}, inVpc(withoutUrl));
  expect(found.template.json.data?.["aws_vpc_endpoint"]?.["DynamodbEndpoint"]).toMatchObject({
    vpc_id: "vpc-0a1b2c3d4e5f60718",
    filter: [{ name: "tag:Name", values: ["ambit-prod-dynamodb"] }],
  });
  const endpoint = "https://${data.aws_vpc_endpoint.DynamodbEndpoint.dns_entry[0].dns_name}";
  const { data } = found.template.only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
  expect(JSON.parse(data["config.json"] ?? "")).toMatchObject({
    store: { dynamodb: { endpoint } },
    registry: { from: { dynamodb: { endpoint } } },
  });
  const { annotations: ofPods } = podOf(found.template.only(DeploymentV1));
  expect(ofPods).toMatchObject({ "ambit.internal/dynamodb": endpoint });
});

test("the same source gives the same bytes, though the address is found later, and a written one reads nothing", () => {
  const bytes = () => JSON.stringify(deployed({}, inVpc(withoutUrl)).template.json);
  const first = bytes();
  newStack();
  expect(bytes()).toBe(first);
  expect(Object.keys(example.template.json.data ?? {})).toEqual(["aws_kms_public_key"]);
  expect(annotations).not.toHaveProperty(["ambit.internal/dynamodb"]);
});

test.each<[string, Partial<TokenExchangeProps>, Partial<PlatformProps>, string]>([
  ["no range of keys", { keyCidrs: [] }, {}, "keyCidrs must name the address ranges"],
  [
    "a range that is none",
    { keyCidrs: ["anywhere"] },
    {},
    'keyCidrs must hold ranges such as "10.0.16.0/24", got "anywhere"',
  ],
  ["a range of no addresses", { keyCidrs: ["999.1.1.1/99"] }, {}, 'got "999.1.1.1/99"'],
  ["every address", { keyCidrs: ["0.0.0.0/0"] }, {}, "keyCidrs must not hold ranges broader than /8"],
  ["the node's metadata", { keyCidrs: ["169.254.169.254/32"] }, {}, 'link-local addresses, got "169.254.169.254/32"'],
  ["a range around it", { keyCidrs: ["203.0.113.0/24", "169.0.0.0/8"] }, {}, 'got "169.0.0.0/8"'],
  ["loopback", { keyCidrs: ["127.0.0.1/32"] }, {}, "keyCidrs must not hold loopback"],
  [
    "no connection of an address",
    { connections: { perAddress: 0 } },
    {},
    "connections.perAddress must be a whole number from 1 to 1048576, got 0: leave it out for the default",
  ],
  ["one pod", { replicas: { min: 1, max: 3 } }, {}, "replicas must be whole numbers with 2 ≤ min ≤ max ≤ 100"],
  ["fewer at most than at least", { replicas: { min: 4, max: 3 } }, {}, 'got {"min":4,"max":3}'],
  ["half a pod", { replicas: { min: 2, max: 2.5 } }, {}, "whole numbers"],
  [
    "an issuer with a path",
    { issuer: "https://acme.example/x" },
    {},
    "issuer must be an https origin without path and slash",
  ],
  [
    "the issuer of users as its own",
    { issuer: "https://login.acme.example" },
    { issuers: [{ issuer: "https://login.acme.example", jwksUri: "https://login.acme.example/keys" }] },
    'issuer must belong to the exchange alone, got "https://login.acme.example", which is among issuers of the platform',
  ],
  ["an issuer without TLS", { issuer: "http://acme.example" }, {}, 'got "http://acme.example"'],
  ["another key", { signsWith: "registry" as never }, {}, "signsWith must be one of tokens, tokens-next"],
  ["no way to AWS", {}, NO_AWS, "the platform names no way to reach AWS: write aws.network"],
  ["a private key", { formerRegistryKeys: [p256().privateKey] }, {}, "formerRegistryKeys must be public keys on P-256"],
  ["a key on another curve", { formerRegistryKeys: [p256("P-384").publicKey] }, {}, "public keys on P-256"],
  ["a path of a key", { formerRegistryKeys: ["registry.pub.pem"] }, {}, 'in PEM, got "registry.pub.pem"'],
  [
    "no names that lead to KMS",
    {},
    inVpc({ ...withoutUrl, dynamodbUrl: DYNAMODB, privateDns: false }),
    "aws.network.privateDns must not be false",
  ],
  ["no image", {}, { images: {} }, 'images lacks "exchange" for [test/Exchange], and has none'],
])("%s is refused", (_, changes, platform, message) => {
  expect(() => deployed(changes, platform)).toThrow(message);
});

describe("a collector", () => {
  const collector = {
    address: "http://collector.monitoring.svc:4318",
    namespace: "monitoring",
    podLabels: { app: "c" },
  };
  const unmeasured = deployed({}, { cluster: clusterWith() });

  test("is told of to the exchange, and reached at its port alone", () => {
    const made = deployed({}, { cluster: clusterWith(collector) });
    expect(configOf(made).telemetry).toEqual({ collector: collector.address });
    const { out } = waysOf(made.template.only(NetworkPolicyV1));
    expect(out.filter((way) => !waysOf(unmeasured.template.only(NetworkPolicyV1)).out.includes(way))).toEqual([
      "monitoring[app=c] TCP/4318",
    ]);
  });

  test("that Ambit deploys is known by its SPIFFE ID", () => {
    expect(configOf(example).telemetry).toEqual({
      collector: "https://ambit-collector.ambit-system.svc:4318",
      spiffeId: "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-collector",
    });
  });

  test("is none where the platform names none", () => {
    expect(configOf(unmeasured).telemetry).toBeUndefined();
  });
});
