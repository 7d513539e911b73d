import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { Lazy } from "cdktf";
import { SpireServer } from "../../../constructs/spire";
import { digestOf } from "../../../constructs/platform/digest";
import { facts } from "../../../fleet/platform";
import {
  anchorPublisher,
  bucketPublisher,
  databaseWith,
  embeddedWith,
  podOf,
  privateCa,
  rightsIn,
  ROLE,
  SERVER_LABELS,
  serverIn,
  serverWith,
  upstreamSpire,
} from "../../support/spire";
import type { Template } from "../../support/synth";
import { newStack, platformWith } from "../../support/synth";

const HARDENED = {
  allow_privilege_escalation: false,
  privileged: false,
  read_only_root_filesystem: true,
  run_as_non_root: true,
  capabilities: { drop: ["ALL"] },
};

const podIn = (template: Template) => podOf(template.only(StatefulSetV1));
const namespaced = (kind: never, template: Template) =>
  template.all(kind).map(({ metadata }) => metadata as { name: string; namespace: string });

test("SpireServer is found by agents under its service's name", () => {
  const server = serverIn(newStack());
  expect([server.address, server.port]).toEqual(["spire-server.spire-server.svc", 8081]);
  expect(namespaced(ServiceV1 as never, serverWith())).toEqual([
    { name: "spire-controller-manager-webhook", namespace: "spire-server" },
    { name: "spire-server", namespace: "spire-server" },
  ]);
});

test("its pods satisfy the restricted standard, and are not the first to be put out", () => {
  const { labels, pod } = podIn(serverWith());
  expect(labels).toEqual(SERVER_LABELS);
  expect(pod.security_context).toEqual({
    run_as_non_root: true,
    run_as_user: "65532",
    run_as_group: "65532",
    fs_group: "65532",
    fs_group_change_policy: "OnRootMismatch",
    seccomp_profile: { type: "RuntimeDefault" },
  });
  expect(pod.container.map(({ name, security_context }) => [name, security_context])).toEqual([
    ["spire-server", HARDENED],
    ["spire-controller-manager", HARDENED],
  ]);
  expect(Object.keys(pod).filter((key) => /^host_/.test(key))).toEqual([]);
  expect(pod.volume.filter((volume) => "host_path" in volume)).toEqual([]);
  expect(pod.priority_class_name).toBe("system-cluster-critical");
  expect(pod.enable_service_links).toBe(false);
});

test("its gRPC does not stop under load, as that of SPIRE 1.15.3 can", () => {
  for (const template of [serverWith(), embeddedWith()]) {
    const [server] = podIn(template).pod.container;
    expect(server).toMatchObject({
      name: "spire-server",
      env: [{ name: "GRPC_GO_EXPERIMENTAL_CONTROL_BUFFER_THROTTLE_LIMIT", value: "10000" }],
    });
  }
});

test("both containers ask for what they may use at most", () => {
  const all = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
  expect(podIn(serverWith({ workloads: 100 })).pod.container.map(({ resources }) => resources)).toEqual([
    all("2", "2Gi"),
    all("100m", "256Mi"),
  ]);
});

test("the token is mounted in the servers' pods and nowhere by the service account", () => {
  const template = serverWith();
  expect(podIn(template).pod.automount_service_account_token).toBe(true);
  expect(template.only(ServiceAccountV1)).toMatchObject({
    metadata: {
      name: "spire-server",
      namespace: "spire-server",
      annotations: { "eks.amazonaws.com/role-arn": ROLE.roleArn },
    },
    automount_service_account_token: false,
  });
  expect(embeddedWith().only(ServiceAccountV1).metadata).not.toHaveProperty("annotations");
});

test("only the two containers reach the admin socket, the controller manager without writing beside it", () => {
  const { pod } = podIn(serverWith());
  const socket = pod.container.map(({ name, volume_mount }) => [
    name,
    volume_mount.find((mount) => mount.name === "server-socket"),
  ]);
  const mount_path = "/tmp/spire-server/private";
  expect(socket).toEqual([
    ["spire-server", { name: "server-socket", mount_path }],
    ["spire-controller-manager", { name: "server-socket", mount_path, read_only: true }],
  ]);
});

test("what is mounted is read only, but for data, sockets and temporary files", () => {
  const bundleEndpoint = { profile: "https_web", secretName: "bundle", fromCidrs: ["10.1.0.0/16"] } as const;
  const role = { ...ROLE, keyPolicy: "{}" };
  const { pod } = podIn(serverWith({ role, bundleEndpoint, upstreamAuthority: upstreamSpire }));
  const [server] = pod.container;
  expect(server?.volume_mount.map(({ name, mount_path, read_only }) => [name, mount_path, read_only])).toEqual([
    ["config", "/run/spire/config", true],
    ["database-ca", "/run/spire/rds", true],
    ["key-policy", "/run/spire/kms", true],
    ["upstream", "/run/spire/upstream", true],
    ["bundle-endpoint", "/run/spire/bundle-endpoint", true],
    ["data", "/run/spire/data", undefined],
    ["server-socket", "/tmp/spire-server/private", undefined],
    ["server-tmp", "/tmp", undefined],
  ]);
  expect(pod.volume).toContainEqual({ name: "upstream", csi: { driver: "upstream.csi.spiffe.io", read_only: true } });
  const secret = { secret_name: "bundle", default_mode: "0440" };
  expect(pod.volume).toContainEqual({ name: "bundle-endpoint", secret });
  expect(podIn(embeddedWith()).pod.volume.map(({ name }) => name)).not.toContain("database-ca");
});

test("probes ask the server whether it lives and answers, and give the database time at first", () => {
  const get = (path: string) => ({ http_get: { path, port: "8080" }, timeout_seconds: 3 });
  expect(podIn(serverWith()).pod.container[0]).toMatchObject({
    startup_probe: { ...get("/live"), initial_delay_seconds: 5, period_seconds: 5, failure_threshold: 60 },
    liveness_probe: { ...get("/live"), initial_delay_seconds: 15, period_seconds: 60, failure_threshold: 3 },
    readiness_probe: { ...get("/ready"), initial_delay_seconds: 5, period_seconds: 5, failure_threshold: 3 },
  });
});

test("replicas are spread over zones where it can be, and always over the nodes that would take them", () => {
  const each = { max_skew: 1, node_taints_policy: "Honor", label_selector: [{ match_labels: SERVER_LABELS }] };
  expect(podIn(serverWith()).pod.topology_spread_constraint).toEqual([
    { ...each, topology_key: "topology.kubernetes.io/zone", when_unsatisfiable: "ScheduleAnyway" },
    { ...each, topology_key: "kubernetes.io/hostname", when_unsatisfiable: "DoNotSchedule" },
  ]);
});

test("one replica may be away, where there are several", () => {
  expect(serverWith().only(PodDisruptionBudgetV1)).toMatchObject({
    metadata: { name: "spire-server", namespace: "spire-server" },
    spec: { max_unavailable: "1", selector: { match_labels: SERVER_LABELS } },
  });
  expect(embeddedWith().all(PodDisruptionBudgetV1)).toEqual([]);
});

test("embedded, there is one server with a file for a database", () => {
  const { spec } = embeddedWith().only(StatefulSetV1) as { spec: { replicas: string } };
  expect(spec.replicas).toBe("1");
});

test("the servers may review tokens, look at pods and nodes, and fill one ConfigMap", () => {
  const { rules, subjects } = rightsIn(serverWith());
  expect(rules).toMatchObject({
    "*/spire-server": ["create authentication.k8s.io/tokenreviews", "get /nodes,pods"],
    "spire-system/spire-bundle": ["get,patch /configmaps spire-bundle"],
  });
  expect(Object.keys(rules).sort()).toEqual([
    "*/spire-controller-manager",
    "*/spire-server",
    "spire-server/spire-controller-manager-leader-election",
    "spire-system/spire-bundle",
  ]);
  for (const [name, who] of Object.entries(subjects)) {
    expect(who).toEqual([`ServiceAccount spire-server/spire-server as ${name.split("/")[1]}`]);
  }
  expect(Object.keys(subjects).sort()).toEqual(Object.keys(rules).sort());
});

test("it logs as much as was written", () => {
  const levelOf = (props: object) => {
    const files = serverWith(props).all(ConfigMapV1) as readonly { data?: Readonly<Record<string, string>> }[];
    const text = files.find(({ data }) => data?.["server.conf"] !== undefined)?.data?.["server.conf"] as string;
    return JSON.parse(text).server.log_level;
  };
  expect([levelOf({}), levelOf({ logLevel: "warn" })]).toEqual(["info", "warn"]);
});

test("what the servers write is not taken back at the next apply", () => {
  const bundle = serverWith()
    .all(ConfigMapV1)
    .find(({ metadata }) => (metadata as { name: string }).name === "spire-bundle");
  expect(bundle).toEqual({
    metadata: { name: "spire-bundle", namespace: "spire-system" },
    lifecycle: { ignore_changes: ["data"] },
  });
});

describe("a changed configuration", () => {
  const digest = (template: Template) => podIn(template).annotations?.["ambit.internal/config"];
  const first = digest(serverWith());

  test("starts new pods", () => {
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(digest(serverWith())).toBe(first);
    const others = [
      serverWith({ lifetimes: { x509Svid: "30m" } }),
      serverWith({ settings: { server: { log_file: "/dev/stdout" } } }),
      serverWith({ role: { ...ROLE, keyPolicy: "{}" } }),
      serverWith({ database: databaseWith({ certificateAuthorities: "-----BEGIN CERTIFICATE-----\nb\n" }) }),
      serverWith({}, platformWith({ cluster: { ...facts.cluster, name: "west" } })),
    ].map(digest);
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });

  test("is not one where Terraform only counts its tokens otherwise", () => {
    const late = () => Lazy.stringValue({ produce: () => "db.acme.example" });
    const connected = () =>
      serverWith({ database: databaseWith({ connectionString: `host=${late()} sslmode=verify-full` }) });
    expect(late()).not.toBe(late());
    expect(digest(connected())).toBe(digest(connected()));
    expect(digestOf("a", "b")).not.toBe(digestOf("ab"));
  });
});

test("every combination of upstream and publishers that can work is accepted", () => {
  for (const props of [
    { publishers: [bucketPublisher] },
    { publishers: [anchorPublisher, bucketPublisher], upstreamAuthority: privateCa },
    { publishers: [anchorPublisher], upstreamAuthority: upstreamSpire },
  ]) {
    expect(() => serverIn(newStack(), props)).not.toThrow();
  }
  expect(() => SpireServer.embedded(newStack(), "Server", { upstreamAuthority: upstreamSpire })).not.toThrow();
});
