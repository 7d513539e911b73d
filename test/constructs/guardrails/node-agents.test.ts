import { judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { images } from "../../../fleet/images";
import { synthesize } from "../../support/example-app";
import { CLOCK } from "../../support/synth";

type Body = Record<string, unknown>;
interface Node {
  readonly metadata: Body;
  readonly spec: {
    readonly template: { readonly spec: Body & { readonly container: Body[]; readonly volume: Body[] } };
  };
}

function daemonSets(): readonly Node[] {
  const { resource } = JSON.parse(synthesize().stacks.spire) as {
    readonly resource: { readonly kubernetes_daemon_set_v1: Readonly<Record<string, Node>> };
  };
  return Object.values(resource.kubernetes_daemon_set_v1);
}

/** What the guardrails find of SPIRE's daemon set of this name in the example, after a change */
function found(
  name: string,
  change: (node: Node) => void,
  others: Readonly<Record<string, unknown>> = {},
  platform: { readonly images?: StackJson["images"] } = { images },
): readonly string[] {
  const node = daemonSets().find(({ metadata }) => metadata["name"] === name) as Node;
  change(node);
  const json = { resource: { ...others, kubernetes_daemon_set_v1: { node } } } as unknown as BlockBody;
  const { refused } = judgeStack(StackJson.of("spire", json, undefined, platform.images), {
    rules: RULES,
    now: CLOCK.now(),
  });
  return refused
    .map(({ id }) => id)
    .filter((id) => /HOST-(?:NAMESPACE|PATH)|PRIVILEGED/.test(id))
    .sort();
}

const AGENT = ["AMBIT-KUBERNETES-HOST-NAMESPACE[host_pid]", "AMBIT-KUBERNETES-HOST-PATH[/run/spire/agent-sockets]"];

function container(node: Node): Body {
  return node.spec.template.spec.container[0] as Body;
}

test.each(["spire-agent", "spiffe-csi-driver"])("%s of the example may use its node", (name) => {
  expect(found(name, () => undefined)).toEqual([]);
});

test.each<[string, (node: Node) => void]>([
  ["in another namespace", (node) => (node.metadata["namespace"] = "agents")],
  ["by another name", (node) => (node.metadata["name"] = "spire-agent-2")],
  ["under another service account", (node) => (node.spec.template.spec["service_account_name"] = "default")],
  [
    "with an image of another name",
    (node) => (container(node)["image"] = `acme.example/shell@sha256:${"3".repeat(64)}`),
  ],
  ["with an image that ends alike", (node) => (container(node)["image"] = `evil-spire-agent@sha256:${"3".repeat(64)}`)],
  [
    "with an image of its name that is not the platform's",
    (node) => (container(node)["image"] = `evil.example/spiffe/spire-agent:1.15.3@sha256:${"3".repeat(64)}`),
  ],
  [
    "with the platform's image by another digest",
    (node) => (container(node)["image"] = `images.acme.example/spiffe/spire-agent:1.15.3@sha256:${"4".repeat(64)}`),
  ],
  [
    "with an image of another folder of the public registry",
    (node) => (container(node)["image"] = `ghcr.io/evil/spire-agent:1.15.3@sha256:${"3".repeat(64)}`),
  ],
  ["with an image by its tag", (node) => (container(node)["image"] = "acme.example/spiffe/spire-agent:1.15.3")],
  ["with an image known at apply only", (node) => (container(node)["image"] = "${var.image}")],
  ["with a command", (node) => (container(node)["command"] = ["/bin/sh"])],
  ["with other arguments", (node) => (container(node)["args"] = ["-config", "/var/lib/spire/agent.conf"])],
  [
    "with a hook that runs a command",
    (node) => (container(node)["lifecycle"] = { post_start: { exec: { command: ["sh"] } } }),
  ],
  ["with a probe that runs a command", (node) => (container(node)["liveness_probe"] = { exec: { command: ["sh"] } })],
  [
    "with a variable that loads a library",
    (node) => (container(node)["env"] = [{ name: "LD_PRELOAD", value: "/var/lib/spire/a.so" }]),
  ],
  [
    "with a variable of an annotation",
    (node) => {
      const field = { field_path: "metadata.annotations['a']" };
      container(node)["env"] = [{ name: "LD_PRELOAD", value_from: { field_ref: field } }];
    },
  ],
  [
    "with a variable of a ConfigMap",
    (node) => {
      const key = { name: "a", key: "b" };
      container(node)["env"] = [{ name: "LD_PRELOAD", value_from: { config_map_key_ref: key } }];
    },
  ],
  ["with variables of a ConfigMap", (node) => (container(node)["env_from"] = [{ config_map_ref: { name: "a" } }])],
  [
    "with a volume over its program",
    (node) => (container(node)["volume_mount"] = [{ name: "data", mount_path: "/opt/spire/bin" }]),
  ],
  ["with another ConfigMap", (node) => node.spec.template.spec.volume.push({ name: "a", config_map: { name: "a" } })],
  [
    "with a volume of the network",
    (node) => node.spec.template.spec.volume.push({ name: "a", nfs: { server: "a", path: "/" } }),
  ],
  ["beside another container", (node) => node.spec.template.spec.container.push({ ...container(node), name: "shell" })],
  [
    "after an init container",
    (node) => (node.spec.template.spec["init_container"] = [{ ...container(node), name: "shell" }]),
  ],
  ["in place of which is another container", (node) => (container(node)["name"] = "shell")],
])("fails when SPIRE's agent uses its node %s", (_, change) => {
  expect(found("spire-agent", change)).toEqual(AGENT);
});

test("fails when SPIRE's CSI driver is privileged without its registrar", () => {
  const refused = found("spiffe-csi-driver", (node) => node.spec.template.spec.container.pop());
  expect(refused).toContain("AMBIT-KUBERNETES-PRIVILEGED[spiffe-csi-driver::privileged]");
});

const DIGEST = `@sha256:${"3".repeat(64)}`;

test("SPIRE's agent may be the published one, whichever the platform has", () => {
  const published = (node: Node) => (container(node)["image"] = `ghcr.io/spiffe/spire-agent:1.15.3${DIGEST}`);
  expect(found("spire-agent", published)).toEqual([]);
});

/** SPIRE's server as a lint finds it beside the agent */
function server(image: string, name = "spire-server"): Readonly<Record<string, unknown>> {
  const spec = { template: { spec: { container: [{ name: "spire-server", image }] } } };
  return { kubernetes_stateful_set_v1: { server: { metadata: { name, namespace: "spire-server" }, spec } } };
}

type Servers = ReturnType<typeof server>;
const bodyOf = (servers: Servers): Body => (servers["kubernetes_stateful_set_v1"] as { readonly server: Body }).server;

function changed(servers: Servers, change: Body): Servers {
  return { kubernetes_stateful_set_v1: { server: { ...bodyOf(servers), ...change } } };
}

function two(one: Servers, other: Servers): Servers {
  return { kubernetes_stateful_set_v1: { one: bodyOf(one), other: bodyOf(other) } };
}

const EVIL = server(`evil.example/spire-server${DIGEST}`);

describe("where the platform is not known", () => {
  const judged = (image: string, others: Readonly<Record<string, unknown>>): readonly string[] =>
    found("spire-agent", (node) => (container(node)["image"] = image + DIGEST), others, {});

  test.each([
    ["ghcr.io/spiffe/spire-agent", {}],
    [
      "images.acme.example/spiffe/spire-agent:1.15.3",
      server(`images.acme.example/spiffe/spire-server:1.15.3${DIGEST}`),
    ],
    ["acme.example:5000/a/spire-agent", server(`acme.example:5000/a/spire-server${DIGEST}`)],
    [
      "acme.example/spire-agent",
      changed(server(`acme.example/spire-server${DIGEST}`), { lifecycle: { prevent_destroy: true } }),
    ],
    ["acme.example/spire-agent", changed(server(`acme.example/spire-server${DIGEST}`), { provider: "${kubernetes}" })],
  ])("%s may be SPIRE's agent, as the server is of the same registry", (image, others) =>
    expect(judged(image, others)).toEqual([]),
  );

  test.each([
    ["without a server", "images.acme.example/spiffe/spire-agent", {}],
    [
      "of another registry",
      "evil.example/spiffe/spire-agent",
      server(`images.acme.example/spiffe/spire-server${DIGEST}`),
    ],
    ["of another folder", "acme.example/evil/spire-agent", server(`acme.example/spiffe/spire-server${DIGEST}`)],
    ["beside the published server", "ghcr.io/spire-agent", server(`ghcr.io/spiffe/spire-server${DIGEST}`)],
    ["beside a server by its tag", "acme.example/spire-agent", server("acme.example/spire-server:1.15.3")],
    ["beside another workload", "acme.example/spire-agent", server(`acme.example/spire-server${DIGEST}`, "other")],
    ["beside a server that is never made", "evil.example/spire-agent", changed(EVIL, { count: 0 })],
    ["beside a server for each of none", "evil.example/spire-agent", changed(EVIL, { for_each: [] })],
    [
      "beside a server that is turned off",
      "evil.example/spire-agent",
      changed(EVIL, { lifecycle: { enabled: false } }),
    ],
    ["beside a server of another cluster", "evil.example/spire-agent", changed(EVIL, { provider: "kubernetes.other" })],
    [
      "beside two servers, one of which names its provider",
      "evil.example/spire-agent",
      two(EVIL, changed(server(`acme.example/spire-server${DIGEST}`), { provider: "kubernetes" })),
    ],
    ["beside two servers", "evil.example/spire-agent", two(EVIL, server(`acme.example/spire-server${DIGEST}`))],
    [
      "beside the published server and another",
      "evil.example/spire-agent",
      two(EVIL, server(`ghcr.io/spiffe/spire-server${DIGEST}`)),
    ],
  ])("fails when SPIRE's agent has an image %s", (_, image, others) => expect(judged(image, others)).toEqual(AGENT));
});
