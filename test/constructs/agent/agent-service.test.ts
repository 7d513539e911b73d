import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { Agent, type AgentSpec, Serve } from "../../../constructs";
import { AgentService } from "../../../constructs/agent/agent-service";
import { AgentDeclaration } from "../../../domain";
import { AgentPods } from "../../../runtime/authorizer/ways/agent-pods";
import { specWith } from "../../support/agents";
import { servedPlainly } from "../../support/served";
import { newStack, Template } from "../../support/synth";

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: unknown };
  readonly spec: { readonly port: readonly { readonly port: number; readonly target_port: string }[] };
}

function templateOf(changes: Partial<AgentSpec>) {
  const stack = newStack();
  new Agent(stack, "desk", specWith(changes));
  return Template.of(stack);
}

function service(): Service {
  const stack = newStack();
  const agent = new AgentDeclaration("desk", specWith({ serves: servedPlainly("look") }));
  new AgentService(stack, "Service", { agent });
  return Template.of(stack).only(ServiceV1) as unknown as Service;
}

test("an agent that serves has a name that leads to its own pods that are ready, and to each of them by itself", () => {
  expect(service()).toEqual({
    metadata: { name: "ambit-desk", namespace: "apps", labels: { "ambit.internal/agent": "desk" } },
    spec: {
      cluster_ip: "None",
      selector: { "ambit.internal/agent": "desk" },
      port: [{ name: "inbound", port: 7465, target_port: "7465", protocol: "TCP" }],
    },
  });
});

test("pods that are not ready are not found by that name", () => {
  expect(service().spec).not.toHaveProperty("publish_not_ready_addresses");
});

test("the authorizer looks up that name, and has Envoy connect to that port", async () => {
  const { metadata, spec } = service();
  const asked: string[] = [];
  const pods = new AgentPods(async (name) => {
    asked.push(name);
    return ["10.0.64.7"];
  }, "cluster.local");
  await expect(pods.of({ name: "desk", namespace: "apps" }, undefined)).resolves.toBe(
    `10.0.64.7:${spec.port[0]?.target_port}`,
  );
  expect(asked).toEqual([`${metadata.name}.${metadata.namespace}.svc.cluster.local`]);
});

test("several ways in have one, at the address that is its for good", () => {
  const way = (name: string, port: number) =>
    Serve.http({
      name,
      port,
      paths: [`/${name}`],
      tasks: ["look"],
      sensitivity: "internal",
      clearance: "confidential",
    });
  expect(templateOf({ serves: [way("chat", 8_080), way("files", 8_081)] }).addresses).toEqual([
    expect.stringMatching(/^kubernetes_config_map_v1_data\.desk_Identity_Record_/),
    expect.stringMatching(/^kubernetes_network_policy_v1\.desk_NetworkPolicy_/),
    expect.stringMatching(/^kubernetes_service_account_v1\.desk_Identity_/),
    expect.stringMatching(/^kubernetes_service_v1\.desk_Service_[0-9A-F]{8}$/),
  ]);
});

test("an agent that serves nothing has none", () => {
  expect(templateOf({}).all(ServiceV1)).toEqual([]);
});
