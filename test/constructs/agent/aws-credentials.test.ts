import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { Construct } from "constructs";
import { Agent, type AgentSpec } from "../../../constructs";
import { AgentWorkload, COMPANION_URL } from "../../../constructs/agent/agent-workload";
import { notes, ownRows, pages, specWith } from "../../support/agents";
import { resourcesOf, synthesize } from "../../support/example-app";
import { newStack, platformWith, Template } from "../../support/synth";

interface Mount {
  readonly name: string;
  readonly mount_path: string;
  readonly read_only?: boolean;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volume_mount: readonly Mount[];
  readonly security_context: unknown;
}

interface Pod {
  readonly container: readonly [Container, Container];
  readonly init_container?: readonly Container[];
  readonly volume: readonly { readonly name: string; readonly empty_dir?: unknown }[];
}

function pod(tasks: AgentSpec["tasks"], changes: Partial<AgentSpec> = {}, env: Readonly<Record<string, string>> = {}) {
  const stack: Construct = newStack();
  const agent = new Agent(stack, "reader", specWith({ tasks, ...changes }));
  new AgentWorkload(agent, "Workload", { image: `images.acme.example/reader@sha256:${"2".repeat(64)}`, env });
  const { spec } = Template.of(stack as never).only(DeploymentV1) as { spec: { template: { spec: Pod } } };
  return spec.template.spec;
}

/** Where DynamoDB is says nothing about credentials. */
const ofAws = ({ container: [agent] }: Pod) => agent.env.filter(({ name }) => name.startsWith("AWS_CON"));

const read = { startedBy: "user", data: [pages.read()] } as const;
const write = { startedBy: "schedule", data: [ownRows.readWrite()] } as const;
const talk = { startedBy: "user", tools: [notes.allow("read")] } as const;

test("the SDKs of an agent with one task of AWS data ask the companion for that task", () => {
  const { init_container, volume, ...rest } = pod({ talk, read });
  expect(ofAws({ ...rest, volume })).toEqual([
    { name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", value: `${COMPANION_URL}/v1/tasks/read/aws-credentials` },
  ]);
  expect(init_container).toBeUndefined();
  expect(volume.map(({ name }) => name)).toEqual(["spiffe", "agent-tmp", "companion-tmp"]);
});

test("the companion begins runs of a task that nothing but the agent starts, and of no other", () => {
  const addressOf = (startedBy: "agent" | readonly ("agent" | "schedule")[]) =>
    ofAws(pod({ read: { startedBy, data: [pages.read()] } })).map(({ value }) => value);
  expect(addressOf("agent")).toEqual([`${COMPANION_URL}/v1/tasks/read/aws-credentials?start=agent`]);
  expect(addressOf(["schedule", "agent"])).toEqual([`${COMPANION_URL}/v1/tasks/read/aws-credentials`]);
});

test("several tasks have one profile each, which an init container of the companion's image writes", () => {
  const found = pod({ talk, read, write, sweep: { startedBy: "agent", data: [pages.list()] } });
  expect(ofAws(found)).toEqual([{ name: "AWS_CONFIG_FILE", value: "/ambit/config" }]);
  const [init, ...more] = found.init_container as readonly Container[];
  expect(more).toEqual([]);
  expect(init?.image).toBe(platformWith().images.companion);
  expect(init?.command).toEqual([
    "/usr/local/bin/ambit-credentials",
    "install",
    "/ambit",
    "read",
    "write",
    "sweep=agent",
  ]);
  expect(init?.security_context).toEqual(found.container[0].security_context);
});

test("the installed program is read-only for the agent, and for it alone", () => {
  const { container, init_container, volume } = pod({ read, write });
  const mounts = ({ volume_mount }: Container) => volume_mount.filter(({ name }) => name === "ambit-credentials");
  expect(container.map(mounts)).toEqual([[{ name: "ambit-credentials", mount_path: "/ambit", read_only: true }], []]);
  expect(init_container?.map(({ volume_mount }) => volume_mount)).toEqual([
    [{ name: "ambit-credentials", mount_path: "/ambit" }],
  ]);
  expect(volume).toContainEqual({ name: "ambit-credentials", empty_dir: { size_limit: "32Mi" } });
});

test("the agent's own environment cannot lead its SDKs elsewhere", () => {
  const elsewhere = "http://169.254.170.2/elsewhere";
  expect(ofAws(pod({ read }, {}, { AWS_CONTAINER_CREDENTIALS_FULL_URI: elsewhere }))).toEqual([
    { name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", value: `${COMPANION_URL}/v1/tasks/read/aws-credentials` },
  ]);
  expect(ofAws(pod({ read, write }, {}, { AWS_CONFIG_FILE: "/tmp/config" }))).toEqual([
    { name: "AWS_CONFIG_FILE", value: "/ambit/config" },
  ]);
});

test("without AWS data, or where the agent calls STS by itself, there is nothing of it", () => {
  const federated = { credentials: { federated: "oidc" } } as const;
  const scheduled = { startedBy: "schedule", data: [pages.read()] } as const;
  for (const found of [pod({ talk }), pod({ scheduled, again: scheduled }, federated)]) {
    expect(ofAws(found)).toEqual([]);
    expect(found.init_container).toBeUndefined();
  }
});

test("in the example, tasks that are served have none: an SDK would keep them for the next caller", () => {
  const deployments = Object.values(resourcesOf(synthesize().stacks.agents)["kubernetes_deployment_v1"] ?? {});
  const pods = deployments.map(({ spec }) => (spec as { template: { spec: Pod } }).template.spec);
  expect(pods.map(ofAws)).toEqual([[]]);
  expect(pods.map(({ init_container }) => init_container)).toEqual([undefined]);
});
