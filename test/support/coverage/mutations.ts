import { type Editable, type EditParts, type Parts, resource } from "./example-output";

/** What is still written and no longer protects: what is done, how, and the safeguards that are gone or partial then, all of them */
export type Mutation = readonly [what: string, edit: EditParts, gone: readonly string[]];

const DEPLOYMENT = "kubernetes_deployment_v1";
const deployment = (parts: Parts, name: string): Editable => resource(parts, "control", DEPLOYMENT, name);
const pod = (parts: Parts, name: string): Editable => deployment(parts, name).spec.template.spec;
const container = (parts: Parts, workload: string, name: string): Editable =>
  pod(parts, workload).container.find((each: Editable) => each.name === name);

const counted = (stack: string, type: string, name: string, value: unknown = 0): EditParts => {
  return (parts) => (resource(parts, stack, type, name).count = value);
};

/** Need the gateway, and the exchange */
const GATEWAY = ["C08", "C09", "C25", "C27"];
const EXCHANGE = ["C04", "C06", "C07", "C10", "C11", "C15", "C16"];
const SERVER = ["C02", "C21", "C27"];

/** The exchange is a function in the starters' stack too, whose configuration is no exchange's. */
export const WORKLOADS: readonly Mutation[] = [
  ["the gateway is counted", counted("control", DEPLOYMENT, "Gateway"), GATEWAY],
  ["the gateway's count is computed", counted("control", DEPLOYMENT, "Gateway", "${var.gateways}"), GATEWAY],
  ["the gateway's count is one", counted("control", DEPLOYMENT, "Gateway", 1), GATEWAY],
  [
    "the gateway is repeated for each of a set",
    (parts) => (deployment(parts, "Gateway").for_each = "${toset([])}"),
    GATEWAY,
  ],
  ["the gateway has no pods", (parts) => (deployment(parts, "Gateway").spec.replicas = "0"), GATEWAY],
  [
    "the number of the gateway's pods is computed",
    (parts) => (deployment(parts, "Gateway").spec.replicas = "${var.n}"),
    GATEWAY,
  ],
  [
    "the gateway is in another cluster",
    (parts) => (deployment(parts, "Gateway").provider = "kubernetes.other"),
    GATEWAY,
  ],
  [
    "OpenTofu leaves the gateway out",
    (parts) => (deployment(parts, "Gateway").lifecycle.enabled = "${var.on}"),
    GATEWAY,
  ],
  [
    "changes of the gateway's pods are ignored",
    (parts) => deployment(parts, "Gateway").lifecycle.ignore_changes.push("spec[0].template"),
    GATEWAY,
  ],
  [
    "all changes of the gateway are ignored",
    (parts) => (deployment(parts, "Gateway").lifecycle.ignore_changes = "all"),
    GATEWAY,
  ],
  [
    "all changes of the gateway are ignored, in a list",
    (parts) => (deployment(parts, "Gateway").lifecycle.ignore_changes = ["all"]),
    GATEWAY,
  ],
  [
    "the gateway's pods are in another namespace",
    (parts) => (deployment(parts, "Gateway").metadata.namespace = "default"),
    GATEWAY,
  ],
  [
    "containers of the gateway are computed",
    (parts) => (pod(parts, "Gateway").dynamic = { container: { for_each: [], content: {} } }),
    GATEWAY,
  ],
  [
    "other images sleep in the gateway's containers",
    (parts) => {
      for (const each of pod(parts, "Gateway").container) {
        each.image = `evil.example/x@sha256:${"b".repeat(64)}`;
        each.command = ["sleep", "1"];
      }
    },
    GATEWAY,
  ],
  ["Envoy reads another file", (parts) => (container(parts, "Gateway", "envoy").args[1] = "/tmp/envoy.json"), GATEWAY],
  [
    "Envoy's image names no release",
    (parts) => (container(parts, "Gateway", "envoy").image = digest("envoy")),
    GATEWAY,
  ],
  [
    "the authorizer gets a command",
    (parts) => (container(parts, "Gateway", "authorizer").command = ["node", "/tmp/x.js"]),
    GATEWAY,
  ],
  [
    "the authorizer's image is named by a tag",
    (parts) => (container(parts, "Gateway", "authorizer").image = "images.acme.example/ambit/authorizer:1"),
    GATEWAY,
  ],
  [
    "the authorizer loads another program first",
    (parts) =>
      container(parts, "Gateway", "authorizer").env.push({ name: "NODE_OPTIONS", value: "--require=/tmp/x.js" }),
    GATEWAY,
  ],
  [
    "the authorizer takes variables from elsewhere",
    (parts) => (container(parts, "Gateway", "authorizer").env_from = [{ secret_ref: { name: "more" } }]),
    GATEWAY,
  ],
  [
    "the authorizer is not told of its configuration",
    (parts) => (container(parts, "Gateway", "authorizer").env = []),
    GATEWAY,
  ],
  [
    "another file lies over the authorizer's",
    (parts) =>
      container(parts, "Gateway", "authorizer").volume_mount.push({
        mount_path: "/etc/ambit-gateway/authorizer.json",
        name: "more",
        sub_path: "authorizer.json",
      }),
    GATEWAY,
  ],
  [
    "the gateway's files are of another ConfigMap",
    (parts) => {
      for (const { name, config_map: map } of pod(parts, "Gateway").volume) {
        if (name === "gateway-config") map.name = "another";
      }
    },
    GATEWAY,
  ],
  [
    "the gateway looks names up elsewhere",
    (parts) => (pod(parts, "Gateway").host_aliases = [{ ip: "10.0.0.1", hostnames: ["ambit-exchange"] }]),
    GATEWAY,
  ],
  [
    "the authorizer has gone from the gateway's pods",
    (parts) => {
      pod(parts, "Gateway").container = [container(parts, "Gateway", "envoy")];
    },
    GATEWAY,
  ],
  [
    "another container is in the gateway's pods",
    (parts) => pod(parts, "Gateway").container.push({ name: "more", image: digest("more") }),
    GATEWAY,
  ],
  [
    "OPA decides, and is not in the gateway's pods",
    (parts) => authorizer(parts, (json) => (json.engine = { opa: { socket: "/run/ambit-opa/socket/opa.sock" } })),
    GATEWAY,
  ],
  [
    "the authorizer has an unknown engine",
    (parts) => authorizer(parts, (json) => (json.engine = { all: {} })),
    GATEWAY,
  ],
  ["the exchange is counted", counted("control", DEPLOYMENT, "Exchange"), EXCHANGE],
  [
    "the exchange is given arguments",
    (parts) => (container(parts, "Exchange", "exchange").args = ["--config", "/tmp/evil.json"]),
    EXCHANGE,
  ],
  [
    "the exchange reads another file",
    (parts) => {
      for (const variable of container(parts, "Exchange", "exchange").env) {
        if (variable.name === "AMBIT_CONFIG") variable.value = "/tmp/evil.json";
      }
    },
    EXCHANGE,
  ],
  ["the collector has no pods", (parts) => (deployment(parts, "Collector").spec.replicas = 0), ["C29"]],
  [
    "the collector's SVID is fetched by another program",
    (parts) => (pod(parts, "Collector").init_container[0].command = ["true"]),
    ["C29"],
  ],
  [
    "SPIRE's server runs with another file",
    (parts) => {
      const { spec } = resource(parts, "spire", "kubernetes_stateful_set_v1", "Spire_Server").spec.template;
      for (const each of spec.container) if (each.name === "spire-server") each.args = ["-config", "/tmp/server.conf"];
    },
    SERVER,
  ],
  [
    "SPIRE's controller manager runs without its webhooks",
    (parts) => {
      const { spec } = resource(parts, "spire", "kubernetes_stateful_set_v1", "Spire_Server").spec.template;
      for (const each of spec.container)
        if (each.name === "spire-controller-manager") each.env = [{ name: "ENABLE_WEBHOOKS", value: "false" }];
    },
    SERVER,
  ],
  [
    "SPIRE's agent runs with another file",
    (parts) => {
      const { spec } = resource(parts, "spire", "kubernetes_daemon_set_v1", "Spire_Agent").spec.template;
      spec.container[0].args = ["-config", "/tmp/agent.conf"];
    },
    ["C02", "C27"],
  ],
];

function digest(name: string): string {
  return `images.acme.example/${name}@sha256:${"c".repeat(64)}`;
}

/** Edits a file of a ConfigMap of the control plane */
export function file(parts: Parts, map: string, name: string, edit: (json: Editable) => void): void {
  const { data } = resource(parts, "control", "kubernetes_config_map_v1", map);
  const json = JSON.parse(data[name]) as Editable;
  edit(json);
  data[name] = JSON.stringify(json);
}

function authorizer(parts: Parts, edit: (json: Editable) => void): void {
  file(parts, "Gateway_Config", "authorizer.json", edit);
}
