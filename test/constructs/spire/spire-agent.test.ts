import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DaemonSetV1 } from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { SpireAgent, type SpireAgentProps } from "../../../constructs/spire";
import { facts } from "../../../fleet/platform";
import { fails, untyped } from "../../support/domain";
import { podOf, rightsIn, serverIn, waysOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

const SERVER = { address: "spire-server.spire-server.svc", port: 8081, ready: [] };
const agentIn = (props: Partial<SpireAgentProps> = {}, stack = newStack()) =>
  new SpireAgent(stack, "Agent", { server: SERVER, ...props });
const agentWith = (props: Partial<SpireAgentProps> = {}, platform = platformWith()) => {
  const stack = newStack(platform);
  agentIn(props, stack);
  return Template.of(stack);
};
const podIn = (template: Template) => podOf(template.only(DaemonSetV1));
const configIn = (template: Template) =>
  JSON.parse((template.only(ConfigMapV1).data as Record<string, string>)["agent.conf"] as string);

test("SpireAgent runs on every node, sees its processes and nothing of its network", () => {
  const { labels, pod } = podIn(agentWith());
  expect(labels).toEqual({ "app.kubernetes.io/name": "spire-agent", "app.kubernetes.io/part-of": "spire" });
  expect(Object.entries(pod).filter(([key]) => /^host_/.test(key))).toEqual([["host_pid", true]]);
  expect(pod).toMatchObject({
    service_account_name: "spire-agent",
    priority_class_name: "system-node-critical",
    enable_service_links: false,
    toleration: [{ operator: "Exists" }],
    security_context: { run_as_user: "0", run_as_group: "0", seccomp_profile: { type: "RuntimeDefault" } },
  });
});

test("it is root without any of root's capabilities", () => {
  const [container, ...others] = podIn(agentWith()).pod.container;
  expect(others).toEqual([]);
  expect(container?.security_context).toEqual({
    allow_privilege_escalation: false,
    privileged: false,
    read_only_root_filesystem: true,
    run_as_non_root: false,
    capabilities: { drop: ["ALL"] },
  });
  expect(container?.resources).toEqual({
    requests: { cpu: "200m", memory: "256Mi" },
    limits: { cpu: "200m", memory: "256Mi" },
  });
});

test("the one folder of the node that it has is that of its sockets", () => {
  const { volume } = podIn(agentWith()).pod;
  expect(volume.filter((each) => "host_path" in each)).toEqual([
    { name: "sockets", host_path: { path: "/run/spire/agent-sockets", type: "DirectoryOrCreate" } },
  ]);
});

test("it attests with a token for the servers alone, of an hour", () => {
  const { volume } = podIn(agentWith()).pod;
  const sources = [
    { service_account_token: { path: "spire-agent", audience: "spire-server", expiration_seconds: 3600 } },
  ];
  expect(volume.find(({ name }) => name === "token")).toEqual({ name: "token", projected: [{ sources }] });
});

test("it checks the certificate of its own node's kubelet", () => {
  const template = agentWith();
  const { plugins } = configIn(template);
  expect(plugins.WorkloadAttestor).toEqual([
    { k8s: { plugin_data: { node_name_env: "KUBELET_ADDR", use_new_container_locator: true } } },
  ]);
  const env = (field_path: string) => [{ name: "KUBELET_ADDR", value_from: { field_ref: { field_path } } }];
  expect(podIn(template).pod.container[0]?.env).toEqual(env("status.hostIP"));
  const named = podIn(agentWith({ kubeletAddress: "node-name" })).pod.container[0]?.env;
  expect(named).toEqual(env("spec.nodeName"));
});

test("the one thing it may do is to ask kubelets", () => {
  const template = agentWith();
  expect(rightsIn(template)).toEqual({
    rules: { "*/spire-agent": ["get /nodes/proxy"] },
    subjects: { "*/spire-agent": ["ServiceAccount spire-system/spire-agent as spire-agent"] },
  });
  expect(podIn(template).pod.automount_service_account_token).toBe(true);
  expect(template.only(ServiceAccountV1).automount_service_account_token).toBe(false);
});

test("its keys die with it, and it starts from the bundle that the servers keep", () => {
  const { agent, plugins } = configIn(agentWith());
  expect(plugins.KeyManager).toEqual([{ memory: {} }]);
  expect(agent).toMatchObject({ trust_bundle_path: "/run/spire/bundle/bundle.spiffe", trust_bundle_format: "spiffe" });
  const { volume, container } = podIn(agentWith()).pod;
  expect(volume).toContainEqual({ name: "bundle", config_map: { name: "spire-bundle" } });
  expect(volume).toContainEqual({ name: "data", empty_dir: { medium: "Memory", size_limit: "16Mi" } });
  expect(container[0]?.volume_mount.filter(({ read_only }) => read_only).map(({ name }) => name)).toEqual([
    "config",
    "bundle",
    "token",
  ]);
});

test("it reaches DNS, servers and kubelets, and has no ingress", () => {
  const policy = agentWith().only(NetworkPolicyV1);
  expect(policy.spec).toMatchObject({ policy_types: ["Ingress", "Egress"] });
  const out = [
    "kube-system[k8s-app=kube-dns] UDP/53",
    "kube-system[k8s-app=kube-dns] TCP/53",
    "spire-server[app.kubernetes.io/name=spire-server,app.kubernetes.io/part-of=spire] TCP/8081",
    "10.0.32.0/20 TCP/10250",
  ];
  expect(waysOf(policy)).toEqual({ in: [], out });
  const monitoring = { namespace: "monitoring", podLabels: { app: "prometheus" } };
  const scraped = agentWith({}, platformWith({ cluster: { ...facts.cluster, monitoring } }));
  expect(waysOf(scraped.only(NetworkPolicyV1))).toEqual({ in: ["monitoring[app=prometheus] TCP/9988"], out });
});

test("one agent at a time is replaced, by probes that ask it", () => {
  const template = agentWith();
  expect(template.only(DaemonSetV1).spec).toMatchObject({
    strategy: { type: "RollingUpdate", rolling_update: { max_unavailable: "1" } },
  });
  expect(podIn(template).pod.container[0]).toMatchObject({
    liveness_probe: { http_get: { path: "/live", port: "9982" }, initial_delay_seconds: 15, period_seconds: 60 },
    readiness_probe: { http_get: { path: "/ready", port: "9982" }, initial_delay_seconds: 10, period_seconds: 30 },
  });
});

test("it starts after its account, configuration, policy and rights, and after the servers", () => {
  const stack = newStack();
  agentIn({ server: serverIn(stack) }, stack);
  const waits = Template.of(stack).only(DaemonSetV1).depends_on as readonly string[];
  expect(waits.map((address) => address.replace(/_[0-9A-F]{8}$/, "")).sort()).toEqual([
    "kubernetes_cluster_role_binding_v1.Agent_Rights_Binding",
    "kubernetes_config_map_v1.Agent_Config",
    "kubernetes_network_policy_v1.Agent_Network",
    "kubernetes_service_account_v1.Agent_Account",
    "kubernetes_stateful_set_v1.Server",
  ]);
});

test("a changed configuration starts new agents", () => {
  const digest = (props: Partial<SpireAgentProps>) => podIn(agentWith(props)).annotations?.["ambit.internal/config"];
  expect(digest({})).toMatch(/^[0-9a-f]{16}$/);
  expect(digest({ settings: { agent: { log_file: "/dev/stdout" } } })).not.toBe(digest({}));
});

test("its resources can be written", () => {
  const resources = { cpu: "1", memory: "2Gi" };
  expect(podIn(agentWith({ resources })).pod.container[0]?.resources).toEqual({
    requests: resources,
    limits: resources,
  });
});

for (const kubeletAddress of ["localhost", "toString", ""]) {
  fails(
    `the kubelet is asked at "${kubeletAddress}"`,
    () => agentIn({ kubeletAddress: untyped(kubeletAddress) }),
    "spire.malformed",
    `[test/Agent]: kubeletAddress must be "host-ip" or "node-name", got "${kubeletAddress}"`,
  );
}
fails(
  "it logs at a level that SPIRE has not",
  () => agentIn({ logLevel: untyped("verbose") }),
  "spire.malformed",
  '[test/Agent]: logLevel must be "debug", "info", "warn", "error", got "verbose"',
);
fails(
  "the kubelet's certificate is not checked",
  () => agentIn({ settings: { skip_kubelet_verification: true } }),
  "spire.unsafe",
  "[test/Agent]: skip_kubelet_verification must not be true, because an impostor of the kubelet could say which " +
    "pod a process belongs to: leave it out, and give the kubelets certificates of the cluster's CA",
);
fails(
  "settings move the kubelet",
  () => agentIn({ settings: { plugins: { WorkloadAttestor: [{ unix: {} }] } } }),
  "spire.malformed",
  '[test/Agent]: settings.plugins.WorkloadAttestor is already made by the construct, got [{"unix":{}}]: ' +
    "use the construct's own properties, or leave it out",
);
