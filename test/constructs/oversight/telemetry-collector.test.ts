import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { PlatformProps } from "../../../constructs";
import {
  AgentMonitoring,
  CollectorRole,
  TelemetryCollector,
  type TelemetryCollectorProps,
} from "../../../constructs/oversight";
import { fleet } from "../../../fleet";
import { facts } from "../../../fleet/platform";
import { images } from "../../../fleet/images";
import { refusal } from "../../support/domain";
import { podOf, waysOf } from "../../support/spire";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const IMAGE = `images.acme.example/otel/collector@sha256:${"5".repeat(64)}`;
const DEPLOYED: Partial<PlatformProps> = {
  cluster: { ...facts.cluster, collector: "deployed" },
  images: { ...images, collector: IMAGE },
};

function deployed(props: TelemetryCollectorProps = {}, changes: Partial<PlatformProps> = DEPLOYED): Template {
  const stack = newStack(platformWith(changes));
  new TelemetryCollector(stack, "Collector", props);
  return Template.of(stack);
}

const template = deployed();
const { labels, pod } = podOf(template.only(DeploymentV1));
const data = (template.only(ConfigMapV1) as { data: Readonly<Record<string, string>> }).data;
const config = JSON.parse(data["collector.yaml"] as string);

test("it is two pods at one address, one at a time out of service, which have an SVID of their own", () => {
  expect(template.only(DeploymentV1)).toMatchObject({
    metadata: { name: "ambit-collector", namespace: "ambit-system" },
    spec: { replicas: "2", strategy: { rolling_update: { max_surge: "1", max_unavailable: "0" } } },
  });
  expect(labels).toMatchObject({ "ambit.internal/component": "ambit-collector" });
  expect(template.only(PodDisruptionBudgetV1)).toMatchObject({ spec: { max_unavailable: "1" } });
  expect(template.only(ServiceV1)).toMatchObject({
    spec: {
      port: [
        { name: "control", port: 4318 },
        { name: "agents", port: 4319 },
      ],
    },
  });
});

test("no agent waits for it, so no other pod makes room for it", () => {
  expect(pod).not.toHaveProperty("priority_class_name");
});

test("the pod satisfies the restricted standard and holds no token of the API server", () => {
  expect(pod).toMatchObject({ automount_service_account_token: false, security_context: { run_as_non_root: true } });
  expect(template.only(ServiceAccountV1)).toMatchObject({ automount_service_account_token: false });
  const containers = pod.container as unknown as readonly Readonly<Record<string, unknown>>[];
  expect(containers.map(({ name }) => name)).toEqual(["collector", "svid-renewal"]);
  for (const container of containers) {
    expect(container).toMatchObject({
      security_context: { read_only_root_filesystem: true, capabilities: { drop: ["ALL"] } },
    });
    expect(container).toHaveProperty("readiness_probe");
    expect(container).toHaveProperty("liveness_probe");
  }
});

test("the control plane reaches one port, agents the other, and it reaches DNS and AWS", () => {
  const policy = template.only(NetworkPolicyV1);
  const ways = waysOf(policy);
  expect(ways.in.slice(0, 2)).toEqual([
    "ambit-system[app.kubernetes.io/name=ambit-exchange] TCP/4318",
    "ambit-system[app.kubernetes.io/name=ambit-gateway] TCP/4318",
  ]);
  const { ingress } = policy.spec as { readonly ingress: readonly unknown[] };
  expect(ingress.slice(1)).toEqual([
    {
      from: [
        {
          namespace_selector: { match_labels: { "ambit.internal/namespace": "agents" } },
          pod_selector: { match_labels: { "ambit.internal/managed": "true" } },
        },
      ],
      ports: [{ port: "4319", protocol: "TCP" }],
    },
  ]);
  expect(ways.out).toEqual([
    "kube-system[k8s-app=kube-dns] UDP/53",
    "kube-system[k8s-app=kube-dns] TCP/53",
    "10.0.16.0/24 TCP/443",
    "10.0.17.0/24 TCP/443",
  ]);
});

test("no client without an SVID is let in, and what comes from agents' pods is no metric", () => {
  for (const port of ["otlp/control", "otlp/agents"]) {
    expect(config.receivers[port].protocols.http.tls).toMatchObject({
      client_ca_file: "/run/ambit-collector/svid/authorities.pem",
      client_ca_file_reload: true,
      min_version: "1.3",
    });
  }
  const { metrics, traces } = config.service.pipelines;
  expect(metrics.receivers).toEqual(["otlp/control"]);
  expect(traces.receivers).toEqual(["otlp/agents", "otlp/control"]);
  expect(config.receivers["otlp/agents"].protocols.http.endpoint).toBe("0.0.0.0:4319");
});

test("what Envoy says of a caller is taken out of each span before it is sent on", () => {
  const { actions } = config.processors["attributes/envoy"];
  for (const key of ["user_agent", "peer.address", "http.url", "http.method", "guid:x-request-id"])
    expect(actions).toContainEqual({ key, action: "delete" });
  expect(config.service.pipelines.traces.processors).toEqual(["memory_limiter", "attributes/envoy", "batch"]);
});

test("its log group is there before it, and its role writes into that one alone", () => {
  expect(template.only(CloudwatchLogGroup)).toMatchObject({ name: "/ambit/prod/metrics", retention_in_days: 30 });
  expect(config.exporters.awsemf).toMatchObject({ log_group_name: "/ambit/prod/metrics" });
  expect(config.exporters.awsemf).not.toHaveProperty("log_retention");
  const stack = newStack(platformWith(DEPLOYED));
  new CollectorRole(stack, "CollectorRole");
  const role = Template.of(stack);
  expect(statementsOf(role.only(IamRolePolicy).policy)).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:/ambit/prod/metrics:*",
    },
    { Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" },
  ]);
  expect(JSON.stringify(role.only(IamRole).assume_role_policy)).toContain("ambit-system:ambit-collector");
});

test("another configuration starts new pods", () => {
  const other = deployed({}, { ...DEPLOYED, name: "stage" });
  const { annotations } = podOf(template.only(DeploymentV1));
  expect(podOf(other.only(DeploymentV1)).annotations).not.toEqual(annotations);
});

test("monitoring writes no configuration beside it", () => {
  const stack = newStack(platformWith(DEPLOYED));
  new AgentMonitoring(stack, "Monitoring", { fleet });
  expect(Template.of(stack).all(ConfigMapV1)).toEqual([]);
});

test("fails when it is one pod", () => {
  expect(refusal(() => deployed({ replicas: { min: 1, max: 3 } }))).toMatchObject({
    code: "monitoring.malformed",
    message: expect.stringContaining("with one pod, a node's end stops all alarms"),
  });
});

test("fails when its image is not named", () => {
  const { collector: _, ...others } = images;
  expect(refusal(() => deployed({}, { ...DEPLOYED, images: others }))).toMatchObject({ code: "image.unpinned" });
});
