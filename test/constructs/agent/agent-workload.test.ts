import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { Construct } from "constructs";
import type { CollectorPods } from "../../../constructs/platform/platform-props";
import type { AgentSpec, VpcNetworkProps } from "../../../constructs";
import { Agent, Serve, Tool } from "../../../constructs";
import { AgentWorkload, type AgentWorkloadProps } from "../../../constructs/agent/agent-workload";
import { COMPANION_PORTS } from "../../../domain";
import { facts } from "../../../fleet/platform";
import { readEnvironment } from "../../../runtime/companion/config";
import { notes, pages, specWith } from "../../support/agents";
import { newStack, platformWith, Template } from "../../support/synth";

const IMAGE = `images.acme.example/reader@sha256:${"2".repeat(64)}`;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string; readonly value_from?: unknown }[];
  readonly port?: unknown;
  readonly readiness_probe?: unknown;
  readonly liveness_probe?: unknown;
  readonly volume_mount: readonly { readonly name: string; readonly mount_path: string }[];
  readonly security_context: unknown;
  readonly resources: unknown;
}

interface Spec {
  readonly replicas: string;
  readonly template: {
    readonly metadata: { readonly labels: unknown };
    readonly spec: Readonly<Record<string, unknown>> & { readonly container: readonly [Container, Container] };
  };
}

function workload(
  props: Partial<AgentWorkloadProps> = {},
  changes: Partial<AgentSpec> = {},
  platform = platformWith(),
) {
  const stack: Construct = newStack(platform);
  const agent = new Agent(stack, "reader", specWith(changes));
  new AgentWorkload(agent, "Workload", { image: IMAGE, ...props });
  return Template.of(stack as never).only(DeploymentV1).spec as Spec;
}

test("the pod satisfies the restricted standard and holds no service account token", () => {
  const { spec } = workload().template;
  expect(spec).toMatchObject({
    service_account_name: "reader",
    automount_service_account_token: false,
    enable_service_links: false,
    security_context: { run_as_non_root: true, run_as_user: "65532", seccomp_profile: { type: "RuntimeDefault" } },
  });
  expect(Object.keys(spec).filter((key) => /^host_/.test(key))).toEqual([]);
  for (const container of spec.container) {
    expect(container.security_context).toEqual({
      allow_privilege_escalation: false,
      privileged: false,
      read_only_root_filesystem: true,
      run_as_non_root: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.resources).toMatchObject({ limits: { cpu: expect.any(String), memory: expect.any(String) } });
  }
});

test("the pod carries the labels by which SPIRE and the network policy know it", () => {
  expect(workload().template.metadata.labels).toEqual({
    "ambit.internal/agent": "reader",
    "ambit.internal/managed": "true",
    "ambit.internal/state": "active",
  });
});

test("only the companion gets the Workload API", () => {
  const [agent, companion] = workload().template.spec.container;
  expect([agent.name, companion.name]).toEqual(["agent", "companion"]);
  expect(agent.volume_mount.map(({ name }) => name)).toEqual(["agent-tmp"]);
  expect(companion.volume_mount).toContainEqual({
    name: "spiffe",
    mount_path: "/spiffe-workload-api",
    read_only: true,
  });
  expect(agent.env.map(({ name }) => name)).not.toContain("SPIFFE_ENDPOINT_SOCKET");
});

test("the companion is the platform's image and listens on loopback", () => {
  const [, companion] = workload().template.spec.container;
  expect(companion.image).toBe(platformWith().images.companion);
  expect(companion.env).toContainEqual({ name: "AMBIT_LISTEN", value: "http://127.0.0.1:7464" });
});

const WAY_PROPS = {
  port: 8_080,
  paths: ["/chat"],
  tasks: ["look"],
  sensitivity: "internal",
  clearance: "confidential",
} as const;
const WAY = Serve.http(WAY_PROPS);
interface WithLifecycle {
  readonly lifecycle: { readonly pre_stop: readonly [{ readonly exec: { readonly command: readonly string[] } }] };
}

describe("the companion of an agent that serves", () => {
  const card = { version: "1.0.0", skills: { look: { name: "Look", description: "Looks", tags: ["look"] } } };
  const other = Serve.a2a({ port: 9_090, path: "/a2a", card, sensitivity: "internal", clearance: "confidential" });
  const companionOf = (changes: Partial<AgentSpec>) => workload({}, changes).template.spec.container[1];

  test("is told where it listens, what is served at which port, and the address of its own pod", () => {
    const { env, port } = companionOf({ serves: [WAY, other] });
    const inbound = env.find(({ name }) => name === "AMBIT_INBOUND");
    expect(JSON.parse(inbound?.value as string)).toEqual({
      listen: "0.0.0.0:7465",
      ready: "0.0.0.0:7466",
      ways: { http: { port: 8_080 }, a2a: { port: 9_090, a2a: "/a2a" } },
      concurrency: "many-users",
      address: "$(AMBIT_POD_IP)",
    });
    expect(port).toEqual([
      { name: "inbound", container_port: 7465, protocol: "TCP" },
      { name: "ready", container_port: 7466, protocol: "TCP" },
    ]);
  });

  test("is told where push notifications go, and by which call", () => {
    const callbacks = Tool.http("callbacks", {
      url: "https://callbacks.acme.example",
      clearance: "confidential",
      actsAs: { service: "robot" },
      actions: { notify: { method: "POST", path: "/v1/pushes", body: { type: "object" } } },
    });
    const pushes = { to: callbacks.allow("notify") };
    const serves = Serve.a2a({ port: 9_090, card, pushes, sensitivity: "internal", clearance: "confidential" });
    const tasks = { look: { startedBy: "user", tools: [callbacks.allow("notify")] } } as const;
    const { env } = companionOf({ serves, tasks });
    const inbound = env.find(({ name }) => name === "AMBIT_INBOUND");
    expect(JSON.parse(inbound?.value as string).ways.a2a.pushes).toEqual({
      ...{ url: "https://callbacks.acme.example/v1/pushes", tool: "callbacks", path: "/v1/pushes" },
    });
  });

  test("knows that address before it stands in another variable, where alone Kubernetes puts it in", () => {
    const { env } = companionOf({ serves: WAY });
    expect(env[0]).toEqual({
      name: "AMBIT_POD_IP",
      value_from: { field_ref: { field_path: "status.podIP" } },
    });
    expect(env.findIndex(({ name }) => name === "AMBIT_INBOUND")).toBeGreaterThan(0);
  });

  test("is told that one user at a time is served, where the declaration says so", () => {
    const told = companionOf({ serves: WAY, concurrency: "one-user" }).env.find(({ name }) => name === "AMBIT_INBOUND");
    expect(told?.value).toContain('"concurrency":"one-user"');
  });

  test("is the only container that is told", () => {
    const [agent] = workload({}, { serves: WAY }).template.spec.container;
    expect(agent.env.map(({ name }) => name)).not.toContain("AMBIT_INBOUND");
    expect(agent.port).toBeUndefined();
  });

  test("of one that serves nothing listens for the kubelet alone", () => {
    const { env, port } = companionOf({});
    expect(env.map(({ name }) => name)).toEqual([
      "AMBIT_COLLECTOR",
      "AMBIT_COLLECTOR_ID",
      "AMBIT_EXCHANGE_URL",
      "AMBIT_GATEWAY_URL",
      "AMBIT_LISTEN",
      "AMBIT_LIVE",
      "SPIFFE_ENDPOINT_SOCKET",
    ]);
    expect(port).toEqual([{ name: "live", container_port: 7466, protocol: "TCP" }]);
  });

  test("sends its traces to the collector that Ambit deploys, which it knows by its SPIFFE ID", () => {
    const of = (collector: "deployed" | CollectorPods): Record<string, string> => {
      const { container } = workload({}, {}, platformWith({ cluster: { ...facts.cluster, collector } })).template.spec;
      return Object.fromEntries(container[1].env.map(({ name, value }) => [name, value]));
    };
    const environment = of("deployed");
    expect(environment).toMatchObject({
      AMBIT_COLLECTOR: "https://ambit-collector.ambit-system.svc:4319",
      AMBIT_COLLECTOR_ID: "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-collector",
    });
    expect(readEnvironment(environment).telemetry?.spiffeId).toBe(environment.AMBIT_COLLECTOR_ID);
    const yours = of({ address: "http://c.monitoring.svc:4318", namespace: "monitoring", podLabels: { app: "c" } });
    expect(Object.keys(yours)).not.toContain("AMBIT_COLLECTOR");
  });
});

test.each([
  ["nothing", {}],
  ["something", { serves: WAY }],
])(
  "of an agent that serves %s, a companion that hangs for a minute is started again, and no other container",
  (_, changes) => {
    const [agent, companion] = workload({}, changes).template.spec.container;
    const asked = { path: "/live", port: String(COMPANION_PORTS.ready) };
    const probe = { initial_delay_seconds: 10, period_seconds: 10, timeout_seconds: 3, failure_threshold: 6 };
    expect(companion.liveness_probe).toEqual({ http_get: asked, ...probe });
    expect(agent).not.toHaveProperty("liveness_probe");
  },
);

test("the kubelet is answered where it asks whether the companion of an agent that serves nothing lives", () => {
  const [, { env, liveness_probe: probe }] = workload().template.spec.container;
  const AMBIT_LIVE = env.find(({ name }) => name === "AMBIT_LIVE")?.value;
  const { live } = readEnvironment({ AMBIT_EXCHANGE_URL: "https://x.example", AMBIT_SVID_FOLDER: "/svid", AMBIT_LIVE });
  expect(probe).toMatchObject({ http_get: { port: String(live?.port) } });
  expect(live?.hostname).toBe("0.0.0.0");
});

describe("the pod of an agent that serves", () => {
  const { ready, inbound } = COMPANION_PORTS;

  test("is in its service only once the kubelet was told so, for each of its containers since that one started", () => {
    const asked = { path: "/ready", port: String(ready) };
    const probe = { initial_delay_seconds: 1, period_seconds: 5, timeout_seconds: 3, failure_threshold: 3 };
    for (const container of workload({}, { serves: WAY }).template.spec.container)
      expect(container.readiness_probe).toEqual({ http_get: asked, ...probe });
  });

  test("is asked where its companion answers, and at no port of the gateway or of the agent", () => {
    const { env } = workload({}, { serves: WAY }).template.spec.container[1];
    const said = env.find(({ name }) => name === "AMBIT_INBOUND")?.value ?? "";
    const AMBIT_INBOUND = said.replace("$(AMBIT_POD_IP)", "10.0.64.7");
    const read = readEnvironment({
      AMBIT_EXCHANGE_URL: "https://x.example",
      AMBIT_SVID_FOLDER: "/svid",
      AMBIT_INBOUND,
    });
    expect(read.inbound).toMatchObject({ listen: { port: inbound }, ready: { hostname: "0.0.0.0", port: ready } });
  });

  test("starts its agent and its companion at once: neither waits for the other", () => {
    const { spec } = workload({}, { serves: WAY }).template;
    expect(spec).not.toHaveProperty("init_container");
    for (const container of spec.container) expect(container).not.toHaveProperty("startup_probe");
  });

  test("is not killed for what it is not ready for, and one that serves nothing is not asked whether it is", () => {
    for (const container of workload().template.spec.container) expect(container).not.toHaveProperty("readiness_probe");
  });

  test.each(Object.values(COMPANION_PORTS))(
    "fails where its agent should listen at the companion's port %i",
    (port) => {
      expect(() => workload({}, { serves: Serve.http({ ...WAY_PROPS, port }) })).toThrow(
        `way in "http": port ${port} is the companion's own: let the agent listen on another`,
      );
    },
  );
});

test("the companion has what its process needs, and no more", () => {
  const [, companion] = workload().template.spec.container;
  const resources = { cpu: "100m", memory: "160Mi" };
  expect(companion.resources).toEqual({ limits: resources, requests: resources });
});

test("the agent's own environment cannot move the companion", () => {
  const [agent] = workload({ env: { AMBIT_COMPANION_URL: "http://elsewhere", LOG: "debug" } }).template.spec.container;
  const { AMBIT_COMPANION_URL, LOG } = Object.fromEntries(agent.env.map(({ name, value }) => [name, value]));
  expect([AMBIT_COMPANION_URL, LOG]).toEqual(["http://127.0.0.1:7464", "debug"]);
});

test.each([
  [{}, "127.0.0.1,localhost"],
  [{ NO_PROXY: "svc.cluster.local" }, "svc.cluster.local,127.0.0.1,localhost"],
  [{ NO_PROXY: "a", no_proxy: "b,localhost" }, "a,b,localhost,127.0.0.1"],
  [{ NO_PROXY: "", HTTP_PROXY: "http://proxy.acme.example" }, "127.0.0.1,localhost"],
])("no proxy is between agent and companion, where the environment is %j", (env, expected) => {
  const [agent] = workload({ env: env as Readonly<Record<string, string>> }).template.spec.container;
  const found = Object.fromEntries(agent.env.map(({ name, value }) => [name, value]));
  expect([found["NO_PROXY"], found["no_proxy"]]).toEqual([expected, expected]);
});

test("the pod has 30 s to end, of which the companion serves on for less", () => {
  const { drainSeconds } = readEnvironment({ AMBIT_EXCHANGE_URL: "https://x.example", AMBIT_SVID_FOLDER: "/svid" });
  const { termination_grace_period_seconds: grace } = workload().template.spec;
  expect(Number(grace)).toBe(30);
  expect(drainSeconds + 5).toBeLessThan(Number(grace));
});

test("a pod that serves gets requests for 35 s more, and its agent ends after that and before the companion", () => {
  const { container, termination_grace_period_seconds: grace } = workload({}, { serves: WAY }).template.spec;
  const [agent, companion] = container;
  const drain = Number(companion.env.find(({ name }) => name === "AMBIT_DRAIN_SECONDS")?.value);
  const [{ exec }] = (agent as unknown as WithLifecycle).lifecycle.pre_stop;
  expect([exec.command, drain, Number(grace)]).toEqual([["sleep", "35"], 50, 65]);
  expect(companion).not.toHaveProperty("lifecycle");
  expect(workload().template.spec.container[0]).not.toHaveProperty("lifecycle");
});

test("the SDKs of an agent with AWS data know the region, unless its own environment says another", () => {
  const regions = (props: Partial<AgentWorkloadProps>, tasks: AgentSpec["tasks"]) =>
    workload(props, { tasks })
      .template.spec.container[0].env.filter(({ name }) => name.endsWith("REGION"))
      .map(({ name, value }) => `${name}=${value}`);
  const read = { read: { startedBy: "user", data: [pages.read()] } } as const;
  expect(regions({}, read)).toEqual(["AWS_DEFAULT_REGION=eu-central-1", "AWS_REGION=eu-central-1"]);
  expect(regions({ env: { AWS_REGION: "eu-west-1" } }, read)).toContain("AWS_REGION=eu-west-1");
  expect(regions({}, { talk: { startedBy: "user", tools: [notes.allow("read")] } })).toEqual([]);
});

test("the agent's SDKs are told where DynamoDB's endpoint is", () => {
  const dynamodbUrl = "https://vpce-0a1b2c.dynamodb.eu-central-1.vpce.amazonaws.com";
  const network = { ...(facts.aws.network as VpcNetworkProps), dynamodbUrl } as const;
  const platform = platformWith({ aws: { ...facts.aws, network } });
  const [agent] = workload({}, {}, platform).template.spec.container;
  expect(agent.env).toContainEqual({ name: "AWS_ENDPOINT_URL_DYNAMODB", value: dynamodbUrl });
});

test("where it is not written, that of an agent with AWS data is found when it is planned, and others read nothing", () => {
  const { dynamodbUrl: _, ...network } = facts.aws.network as VpcNetworkProps;
  const platform = platformWith({ aws: { ...facts.aws, network } });
  const told = (tasks: AgentSpec["tasks"]) =>
    workload({}, { tasks }, platform).template.spec.container[0].env.filter(({ name }) => name.includes("DYNAMODB"));
  expect(told({ read: { startedBy: "user", data: [pages.read()] } })).toEqual([
    {
      name: "AWS_ENDPOINT_URL_DYNAMODB",
      value: "https://${data.aws_vpc_endpoint.DynamodbEndpoint.dns_entry[0].dns_name}",
    },
  ]);
  expect(told({ talk: { startedBy: "user", tools: [notes.allow("read")] } })).toEqual([]);
});

test("there is one pod unless more are asked for, and none of a suspended agent", () => {
  expect(workload().replicas).toBe("1");
  expect(workload({ replicas: 3 }).replicas).toBe("3");
  expect(workload({ replicas: 3 }, { suspended: true }).replicas).toBe("0");
});

const federated: Partial<AgentSpec> = {
  credentials: { federated: "oidc" },
  tasks: { read: { startedBy: "schedule", data: [pages.read()] } },
};

test("a federated agent's container gets the Workload API only where its declaration asks for it", () => {
  const names = (props: Partial<AgentWorkloadProps>) =>
    workload(props, federated).template.spec.container[0].volume_mount.map(({ name }) => name);
  expect(names({})).toEqual(["agent-tmp"]);
  expect(names({ svidInAgentContainer: true })).toEqual(["agent-tmp", "spiffe"]);
});

test("where it does, its pods say so to SPIRE, and others do not", () => {
  const svid = { "ambit.internal/svid": "agent-container" };
  const labels = (props: Partial<AgentWorkloadProps>) => workload(props, federated).template.metadata.labels;
  expect(labels({ svidInAgentContainer: true })).toMatchObject(svid);
  expect(labels({ svidInAgentContainer: false })).not.toMatchObject(svid);
  expect(labels({})).not.toMatchObject(svid);
});

test("pods come after what admission looks for before it lets them in", () => {
  const stack: Construct = newStack();
  new AgentWorkload(new Agent(stack, "reader", specWith()), "Workload", { image: IMAGE });
  const waits = Template.of(stack as never).only(DeploymentV1).depends_on as readonly string[];
  expect(waits.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
    "kubernetes_service_account_v1.reader_Identity",
    "kubernetes_config_map_v1_data.reader_Identity_Record",
  ]);
});

test("fails when a brokered agent's container asks for the Workload API", () => {
  expect(() => workload({ svidInAgentContainer: true })).toThrow(
    "[test/reader/Workload]: svidInAgentContainer is only for a federated agent, and this one is brokered: " +
      "leave it out: the companion gets credentials for it",
  );
});

test("fails when the image is a tag", () => {
  expect(() => workload({ image: "images.acme.example/reader:latest" })).toThrow(
    "[test/reader/Workload]: image must be pinned by digest (name@sha256: and 64 hex digits), " +
      'got "images.acme.example/reader:latest"',
  );
});

test("fails when the platform names no companion", () => {
  expect(() => workload({}, {}, platformWith({ images: {} }))).toThrow(
    'platform: images lacks "companion" for [test/reader/Workload], and has none: add each to images',
  );
});

test("fails when there should be no pod", () => {
  expect(() => workload({ replicas: 0 })).toThrow(
    "[test/reader/Workload]: replicas must be a whole number above zero, got 0: " +
      "to stop an agent, set suspended: true in its declaration",
  );
});
