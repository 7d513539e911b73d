import type { Editable, EditParts } from "./example-output";
import { file, type Mutation } from "./mutations";

const envoy = (edit: (json: Editable) => void): EditParts => {
  return (parts) => file(parts, "Gateway_Config", "envoy.json", edit);
};
const managers = (edit: (manager: Editable) => void): EditParts =>
  envoy(({ static_resources: { listeners } }) => {
    for (const { filter_chains: chains } of listeners) {
      for (const { filters } of chains)
        for (const { typed_config: config } of filters) if (config.http_filters) edit(config);
    }
  });
const EXT_AUTHZ = "envoy.filters.http.ext_authz";
const asking = (edit: (filter: Editable) => void): EditParts =>
  managers(({ http_filters: filters }) => filters.filter(({ name }: Editable) => name === EXT_AUTHZ).forEach(edit));

export const ENVOY: readonly Mutation[] = [
  [
    "Envoy asks about no request",
    managers((manager) => {
      manager.http_filters = manager.http_filters.filter(({ name }: Editable) => name !== EXT_AUTHZ);
    }),
    ["C08"],
  ],
  ["Envoy's filter is disabled", asking((filter) => (filter.disabled = true)), ["C08"]],
  [
    "Envoy lets through while nothing answers",
    asking(({ typed_config: config }) => (config.failure_mode_allow = true)),
    ["C08"],
  ],
  [
    "Envoy asks another",
    asking(({ typed_config: config }) => (config.grpc_service.envoy_grpc.cluster_name = "tools")),
    ["C08"],
  ],
  [
    "Envoy asks only sometimes",
    asking(({ typed_config: config }) => (config.filter_enabled = { default_value: { numerator: 1 } })),
    ["C08"],
  ],
  [
    "the authorizer is at another address",
    envoy(({ static_resources: { clusters } }) => {
      for (const cluster of clusters) if (cluster.name === "authorizer") cluster.load_assignment = {};
    }),
    ["C08"],
  ],
  [
    "a route that hands on asks nothing",
    managers(({ route_config: { virtual_hosts: hosts } }) => {
      const route = hosts[0].routes.find((each: Editable) => each.route !== undefined);
      if (route !== undefined) route.typed_per_filter_config[EXT_AUTHZ] = { disabled: true };
    }),
    ["C08"],
  ],
  [
    "all routes ask nothing",
    managers(({ route_config: { virtual_hosts: hosts } }) => {
      hosts[0].typed_per_filter_config = { [EXT_AUTHZ]: { disabled: true } };
    }),
    ["C08"],
  ],
  [
    "routes come from elsewhere",
    managers((manager) => {
      delete manager.route_config;
      manager.rds = { route_config_name: "agents" };
    }),
    ["C08"],
  ],
  [
    "a listener hands connections on",
    envoy(({ static_resources: { listeners } }) =>
      listeners.push({ name: "more", filter_chains: [{ filters: [{ name: "envoy.filters.network.tcp_proxy" }] }] }),
    ),
    ["C08"],
  ],
  [
    "a listener hands on what no chain matches",
    envoy(({ static_resources: { listeners } }) => {
      listeners[0].default_filter_chain = { filters: [{ name: "envoy.filters.network.tcp_proxy" }] };
    }),
    ["C08"],
  ],
  [
    "the authorizer serves another trust domain",
    (parts) => file(parts, "Gateway_Config", "authorizer.json", (json) => (json.trustDomain = "test.acme.example")),
    ["C08"],
  ],
];

export const POLICY: readonly Mutation[] = [
  [
    "tasks of the policy document are empty",
    ({ policy }) => {
      for (const agent of Object.values(policy.agents) as Editable[])
        for (const task of Object.keys(agent.tasks)) agent.tasks[task] = {};
    },
    ["C08"],
  ],
  [
    "tasks of the policy document allow every tool",
    ({ policy }) => {
      for (const agent of Object.values(policy.agents) as Editable[])
        for (const task of Object.values(agent.tasks) as Editable[]) task.tools = { "*": ["*"] };
    },
    ["C08"],
  ],
  [
    "an approval is missing in the policy document",
    ({ policy }) => {
      policy.agents["spiffe://prod.acme.example/ns/support/sa/support-triage"].tasks.refund.approvalGroup = "";
    },
    ["C08"],
  ],
  [
    "groups of approvers have no claim",
    ({ read }) => {
      for (const group of Object.keys(read.people.approvers)) read.people.approvers[group] = {};
    },
    ["C10"],
  ],
];
