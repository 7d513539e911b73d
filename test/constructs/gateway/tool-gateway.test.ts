import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { HorizontalPodAutoscalerV2 } from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { HttpAction, PlatformProps, VpcNetworkProps } from "../../../constructs";
import { ToolGateway, type ToolGatewayProps } from "../../../constructs/gateway";
import { CONTROL_PORTS } from "../../../constructs/platform/control-plane";
import { facts } from "../../../fleet/platform";
import { readAuthorizerConfig } from "../../../runtime/authorizer/config";
import { dataOf, deployed, EXCHANGE, fleetOf, toolAt } from "../../support/deployed-gateway";
import { refusal } from "../../support/domain";
import { podOf, waysOf } from "../../support/spire";
import { clusterWith, newStack } from "../../support/synth";

/** As the authorizer reads it */
function configOf(made: ReturnType<typeof deployed>) {
  const folder = mkdtempSync(join(tmpdir(), "ambit-"));
  try {
    writeFileSync(join(folder, "authorizer.json"), dataOf(made)["authorizer.json"] as string);
    return readAuthorizerConfig(join(folder, "authorizer.json"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const example = deployed();
const LABELS = { "app.kubernetes.io/name": "ambit-gateway", "app.kubernetes.io/part-of": "ambit" };
const { labels, annotations, pod } = podOf(example.template.only(DeploymentV1));
const container = (name: string) => pod.container.find((each) => each.name === name);
const DYNAMODB = "https://vpce-0a1b2c3d4e5f60719-a1b2c3d4.dynamodb.eu-central-1.vpce.amazonaws.com";
const COLLECTOR = {
  collector: "https://ambit-collector.ambit-system.svc:4318",
  spiffeId: "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-collector",
};
const INTENT = { url: "https://intent.acme.example:8081/judge", timeoutMs: 300 };
const REASON = { reason: "it is in our data centre" };

test("the gateway is two pods at the address that agents are told, one at a time out of service, more under load", () => {
  const { gateway, template } = example;
  expect(gateway.address).toBe("https://ambit-gateway.ambit-system.svc:8443");
  expect(template.only(DeploymentV1)).toMatchObject({
    metadata: { name: "ambit-gateway", namespace: "ambit-system" },
    lifecycle: { ignore_changes: ["spec[0].replicas"] },
    spec: { replicas: "2", strategy: { rolling_update: { max_surge: "1", max_unavailable: "0" } } },
  });
  expect(template.only(PodDisruptionBudgetV1)).toMatchObject({
    spec: { max_unavailable: "1", selector: { match_labels: LABELS } },
  });
  expect(template.only(ServiceV1)).toMatchObject({
    spec: { selector: LABELS, port: [{ name: "calls", port: 8443, protocol: "TCP", target_port: "8443" }] },
  });
  expect(template.only(HorizontalPodAutoscalerV2)).toMatchObject({ spec: { min_replicas: 2, max_replicas: 10 } });
  expect((pod.topology_spread_constraint as readonly unknown[]).length).toBe(2);
});

test("the intent evaluator of the platform is asked, and reached in the ranges that are written", () => {
  const made = deployed({ intentCidrs: ["10.9.0.0/24"] }, { intent: INTENT });
  expect(configOf(made).intent).toEqual({ url: INTENT.url, timeoutMs: 300 });
  const { out } = waysOf(made.template.only(NetworkPolicyV1));
  expect(out.at(-1)).toBe("10.9.0.0/24 TCP/8081");
  expect(configOf(example).intent).toBeUndefined();
});

test("the authorizer takes its configuration: the exchange, the registry's table and what the kubelet asks", () => {
  expect(configOf(example)).toEqual({
    trustDomain: "prod.acme.example",
    issuer: "https://exchange.prod.acme.example",
    exchange: { url: "https://ambit-exchange.ambit-system.svc:8443" },
    socket: "/run/ambit-gateway/authorizer.sock",
    registry: {
      from: { dynamodb: { table: "ambit-prod-registry", region: "eu-central-1", endpoint: DYNAMODB } },
      publicKeys: ["/etc/ambit-gateway/registry.pem"],
      scope: "deploy",
    },
    agents: { usersDomain: "agents.acme.example" },
    pod: { listen: { host: "0.0.0.0", port: 8444 }, admin: "/run/ambit-gateway/envoy.sock", drainSeconds: 30 },
    tls: { workloadApi: "unix:///spiffe-workload-api/spire-agent.sock" },
    telemetry: COLLECTOR,
  });
});

test("each tool has a route", () => {
  const { static_resources } = JSON.parse(dataOf(example)["envoy.json"] as string) as {
    static_resources: { listeners: object[] };
  };
  const routes = [...JSON.stringify(static_resources.listeners).matchAll(/"(?:path|prefix)":"\/tools\/([a-z-]+)\/?"/g)];
  expect(routes.map(([, name]) => name)).toEqual(["claude", "editor", "github", "payments", "search", "zendesk"]);
});

test("another configuration starts new pods, and so do another key and other authorities", () => {
  expect(annotations).toEqual({
    "ambit.internal/config": expect.stringMatching(/^[0-9a-f]{16}$/),
    "ambit.internal/registry-key": expect.stringMatching(/^\$\{sha256\(data\.aws_kms_public_key\.Gateway_RegistryKey_/),
  });
  const digestWith = (changes: Partial<ToolGatewayProps>) =>
    podOf(deployed(changes).template.only(DeploymentV1)).annotations?.["ambit.internal/config"];
  const authorities = "-----BEGIN CERTIFICATE-----\nexample\n-----END CERTIFICATE-----\n";
  const others = [
    digestWith({ fleet: fleetOf(toolAt("crm.acme.example")) }),
    digestWith({ authorities }),
    digestWith({ formerRegistryKeys: ["-----BEGIN PUBLIC KEY-----"] }),
    digestWith({ exchange: { ...EXCHANGE, issuer: "https://tokens.acme.example" } }),
  ];
  expect(new Set([...others, annotations?.["ambit.internal/config"]]).size).toBe(5);
  expect(digestWith({})).toBe(annotations?.["ambit.internal/config"]);
});

test("its pods get an identity as a component, and both containers satisfy the restricted level as one user", () => {
  expect(labels).toEqual({ ...LABELS, "ambit.internal/component": "ambit-gateway" });
  expect(pod).toMatchObject({
    service_account_name: "ambit-gateway",
    automount_service_account_token: false,
    security_context: { run_as_non_root: true, run_as_user: "65532", seccomp_profile: { type: "RuntimeDefault" } },
  });
  expect(example.template.only(ServiceAccountV1)).toMatchObject({ automount_service_account_token: false });
  expect(pod.container.map(({ name }) => name)).toEqual(["envoy", "authorizer"]);
  for (const { security_context } of pod.container) {
    expect(security_context).toEqual({
      allow_privilege_escalation: false,
      capabilities: { drop: ["ALL"] },
      privileged: false,
      read_only_root_filesystem: true,
      run_as_non_root: true,
    });
  }
});

test("the role is the authorizer's alone, and the sockets are in memory that both containers see", () => {
  const mountsOf = (name: string) => container(name)?.volume_mount.map((mount) => mount.name);
  expect(mountsOf("envoy")).toEqual(["gateway-config", "spiffe", "gateway-sockets"]);
  expect(mountsOf("authorizer")).toEqual(["gateway-config", "spiffe", "gateway-sockets", "gateway-token"]);
  expect(container("envoy")?.env).toBeUndefined();
  expect(container("authorizer")?.env).toContainEqual({
    name: "AWS_ROLE_ARN",
    value: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-gateway",
  });
  expect(pod.volume.find(({ name }) => name === "gateway-sockets")).toMatchObject({ empty_dir: { medium: "Memory" } });
});

test("both containers wait until the pod is out of service, for as long as Envoy drains, and end in time", () => {
  for (const { lifecycle } of pod.container) {
    expect(lifecycle).toEqual({ pre_stop: [{ http_get: { path: "/drain", port: "8444" } }] });
  }
  expect(container("envoy")?.args).toEqual(
    expect.arrayContaining(["--drain-time-s", "30", "--drain-strategy", "immediate"]),
  );
  expect(pod.termination_grace_period_seconds).toBeGreaterThan(configOf(example).pod?.drainSeconds as number);
  expect(container("authorizer")).toMatchObject({
    readiness_probe: { http_get: { path: "/ready", port: "8444" } },
    liveness_probe: { http_get: { path: "/live", port: "8444" } },
  });
});

test("a container that hangs for a minute is started again: Envoy is asked by a request, as the kernel takes connections for it all the same", () => {
  const minute = { period_seconds: 10, timeout_seconds: 3, failure_threshold: 6 };
  expect(container("authorizer")?.liveness_probe).toEqual({
    http_get: { path: "/live", port: "8444" },
    initial_delay_seconds: 10,
    ...minute,
  });
  expect(container("envoy")?.liveness_probe).toEqual({
    http_get: { path: "/live", port: "8446" },
    initial_delay_seconds: 30,
    ...minute,
  });
  const { static_resources } = JSON.parse(dataOf(example)["envoy.json"] as string) as {
    static_resources: { listeners: { name: string; address: unknown }[] };
  };
  expect(static_resources.listeners.find(({ name }) => name === "live")?.address).toEqual({
    socket_address: { address: "0.0.0.0", port_value: 8446 },
  });
  expect(Object.values<number>(CONTROL_PORTS)).not.toContain(8446);
});

test("where the platform does not say where DynamoDB answers, the plan finds it, and another address starts new pods", () => {
  const { dynamodbUrl: _, ...network } = facts.aws.network as VpcNetworkProps;
  const found = deployed({}, { aws: { ...facts.aws, network } });
  expect(podOf(found.template.only(DeploymentV1)).annotations).toMatchObject({
    "ambit.internal/dynamodb": "https://${data.aws_vpc_endpoint.DynamodbEndpoint.dns_entry[0].dns_name}",
  });
});

describe("where no agent serves", () => {
  const quiet = deployed({ fleet: fleetOf(toolAt("crm.acme.example")) });

  test("no agent is reached", () => {
    const { out } = waysOf(quiet.template.only(NetworkPolicyV1));
    expect(out.filter((way) => way.includes("ambit.internal"))).toEqual([]);
    expect(dataOf(quiet)["envoy.json"]).not.toContain("/agents/");
  });

  test("one that does is, at the port of its companion alone, in the namespaces of agents", () => {
    const { spec } = example.template.only(NetworkPolicyV1) as {
      spec: { egress: { to: object[]; ports: object[] }[] };
    };
    const toAgents = spec.egress.filter(({ to }) => JSON.stringify(to).includes("ambit.internal"));
    expect(toAgents).toEqual([
      {
        to: [
          {
            namespace_selector: { match_labels: { "ambit.internal/namespace": "agents" } },
            pod_selector: { match_labels: { "ambit.internal/managed": "true" } },
          },
        ],
        ports: [{ port: "7465", protocol: "TCP" }],
      },
    ]);
    expect(dataOf(example)["envoy.json"]).toContain('"prefix":"/agents/"');
  });
});

const own = fleetOf(toolAt("crm.acme.internal", REASON));
const { network: _, ...withoutNetwork } = facts.aws;
const envoyAt = (tag: string) => ({
  images: { ...facts.images, envoy: `images.acme.example/envoy:${tag}@sha256:${"e".repeat(64)}` },
});

test.each<[string, Partial<ToolGatewayProps>, Partial<PlatformProps>, string]>([
  ["no range of a private tool", { fleet: own }, {}, 'got [] for tool "crm": write the narrowest range'],
  ["a range of no tool", { privateCidrs: ["10.8.0.0/16"] }, {}, "privateCidrs must be empty where no HTTP tool"],
  ["a public range", { fleet: own, privateCidrs: ["52.1.0.0/16"] }, {}, 'got "52.1.0.0/16": public addresses'],
  ["metadata", { fleet: own, privateCidrs: ["169.254.169.254/32"] }, {}, "within private networks"],
  ["a range around a private one", { fleet: own, privateCidrs: ["172.0.0.0/8"] }, {}, 'got "172.0.0.0/8"'],
  ["no range at all", { fleet: own, privateCidrs: ["anywhere"] }, {}, "must hold ranges such as"],
  ["no range of the intent evaluator", {}, { intent: INTENT }, "without a way to it no call is allowed"],
  ["a range of no evaluator", { intentCidrs: ["10.9.0.0/24"] }, {}, "leave it out, or declare intent"],
  [
    "a range of an evaluator that is none",
    { intentCidrs: ["anywhere"] },
    { intent: INTENT },
    "must hold ranges such as",
  ],
  ["one pod", { replicas: { min: 1, max: 3 } }, {}, "replicas must be whole numbers with 2 ≤ min ≤ max ≤ 100"],
  ["fewer at most than at least", { replicas: { min: 4, max: 3 } }, {}, 'got {"min":4,"max":3}'],
  ["a path for authorities", { authorities: "/etc/ca.pem" }, {}, 'certificates in PEM, got "/etc/ca.pem"'],
  ["no way to AWS", {}, { aws: withoutNetwork }, "the platform names no way to reach AWS: write aws.network"],
  ["an Envoy of before", {}, envoyAt("v1.38.2"), "images.envoy must name a release from 1.39 on"],
  ["an Envoy of no version", {}, envoyAt("latest"), "write …/envoy:distroless-v1.40.0@sha256:…"],
])("fails for %s", (_what, changes, platform, text) => {
  expect(refusal(() => deployed(changes, platform)).message).toContain(text);
});

describe("a schema of query or body", () => {
  const made = (action: Partial<HttpAction>) => () =>
    deployed({ fleet: fleetOf(toolAt("crm.acme.example", undefined, { method: "POST", ...action })) });
  const object = { type: "object" } as const;
  test.each<[string, Partial<HttpAction>, string]>([
    ["has a type that is none", { body: { type: "objekt" } }, "body must be a JSON Schema of draft 2020-12"],
    ["has a misspelt keyword", { body: { ...object, properties: { a: { maxLenght: 3 } } } }, '"maxLenght"'],
    ["has an unknown format", { body: { type: "string", format: "mail" } }, '"mail"'],
    ["refers to what is not there", { query: { ...object, $ref: "#/$defs/a" } }, "query must be a JSON Schema"],
    ["refers to another place", { query: { $ref: "https://acme.example/a.json" } }, "query must be a JSON Schema"],
    ["has a pattern that is none", { query: { ...object, properties: { q: { pattern: "(" } } } }, "query must be"],
    ["would be asked later", { body: { $async: true, ...object } }, "got one with $async"],
    ["could take long", { body: { type: "string", maxLength: 9, pattern: "^(a+)+$" } }, "could take long to check"],
    ["is of an older draft", { body: { $schema: "http://json-schema.org/draft-07/schema#" } }, "draft 2020-12"],
  ])("fails when it %s", (_what, action, text) => {
    const { code, message } = refusal(made(action));
    expect([code, message.startsWith('tool "crm" action "get": ')]).toEqual(["action.malformed", true]);
    expect(message).toContain(text);
  });

  test("is taken where it is one", () => {
    const body = {
      ...object,
      title: "A note",
      properties: { at: { type: "string", format: "date-time", maxLength: 40 } },
    };
    expect(made({ body })().gateway.ready.length).toBe(1);
  });

  test("is refused at the line of its tool", () => {
    const fleet = fleetOf(toolAt("crm.acme.example", undefined, { method: "POST", body: { type: "objekt" } }));
    let stack = "";
    try {
      new ToolGateway(newStack(), "Gateway", { fleet, exchange: EXCHANGE });
    } catch (error) {
      stack = (error as Error).stack ?? "";
    }
    const lines = readFileSync(join(__dirname, "../../support/deployed-gateway.ts"), "utf8").split("\n");
    const declared = lines.findIndex((line) => line.includes('return Tool.http("crm"')) + 1;
    expect(stack.split("\n")[1]).toMatch(new RegExp(`deployed-gateway\\.ts:${declared}$`));
  });
});

describe("a collector", () => {
  const collector = {
    address: "http://collector.monitoring.svc:4318",
    namespace: "monitoring",
    podLabels: { app: "c" },
  };
  const unmeasured = deployed({}, { cluster: clusterWith() });

  test("is told of to the authorizer, and reached at its port alone", () => {
    const made = deployed({}, { cluster: clusterWith(collector) });
    expect(configOf(made).telemetry).toEqual({ collector: collector.address });
    const { out } = waysOf(made.template.only(NetworkPolicyV1));
    expect(out.filter((way) => !waysOf(unmeasured.template.only(NetworkPolicyV1)).out.includes(way))).toEqual([
      "monitoring[app=c] TCP/4318",
    ]);
  });

  test("is none where the platform names none", () => {
    expect(configOf(unmeasured).telemetry).toBeUndefined();
  });
});
