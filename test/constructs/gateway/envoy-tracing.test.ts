import { envoyConfig } from "../../../constructs/gateway/private/envoy-config";
import { ENVOY_PROPS } from "../../support/envoy-props";

const collector = {
  collector: "https://ambit-collector.ambit-system.svc:4318",
  spiffeId: "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-collector",
};
const users = {
  listen: { address: "0.0.0.0", port: 8445 },
  certificate: "/etc/ambit-gateway/users.json",
  origins: [],
  requestsPerSecond: 10,
};

/* eslint-disable @typescript-eslint/no-explicit-any */
const configOf = (changes: object): any => envoyConfig({ ...ENVOY_PROPS, ...changes });
const managersOf = (config: any): Record<string, any> =>
  Object.fromEntries(
    config.static_resources.listeners.map((listener: any) => [
      listener.name,
      listener.filter_chains[0].filters.at(-1).typed_config,
    ]),
  );
const traced = configOf({ collector, users, live: { address: "0.0.0.0", port: 8446 } });
const managers = managersOf(traced);

test("nothing of it is there without a collector", () => {
  expect(JSON.stringify(configOf({ users }))).not.toMatch(/tracing|early_header_mutation|traceparent|4318/);
});

test("each request of agents and users is a span, whether or not its sender samples", () => {
  for (const name of ["agents", "users"]) {
    expect(managers[name].tracing).toMatchObject({
      client_sampling: { value: 0 },
      random_sampling: { value: 100 },
      overall_sampling: { value: 100 },
      provider: { typed_config: { sampler: { name: "envoy.tracers.opentelemetry.samplers.always_on" } } },
    });
  }
  expect(managers.live).not.toHaveProperty("tracing");
});

test("no trace context of Envoy's goes on to tools and agents, and no path is told", () => {
  for (const name of ["agents", "users"])
    expect(managers[name].tracing).toMatchObject({ no_context_propagation: true, max_path_tag_length: 0 });
});

test("an agent's trace context is put aside before the span begins, and back by the first filter", () => {
  const [early] = managers.agents.early_header_mutation_extensions;
  expect(early.typed_config.mutations).toEqual([
    { remove: "x-ambit-kept-traceparent" },
    put("x-ambit-kept-traceparent", "traceparent"),
    { remove: "traceparent" },
    { remove: "x-ambit-kept-tracestate" },
    put("x-ambit-kept-tracestate", "tracestate"),
    { remove: "tracestate" },
    put("traceparent", "ambit-trace"),
  ]);
  const [first] = managers.agents.http_filters;
  expect(first.typed_config.mutations.request_mutations).toEqual([
    { remove: "traceparent" },
    put("traceparent", "x-ambit-kept-traceparent"),
    { remove: "x-ambit-kept-traceparent" },
    { remove: "tracestate" },
    put("tracestate", "x-ambit-kept-tracestate"),
    { remove: "x-ambit-kept-tracestate" },
  ]);
});

test("fails to go on with a trace of a user", () => {
  const [early] = managers.users.early_header_mutation_extensions;
  expect(JSON.stringify(early)).not.toContain("ambit-trace");
});

test("the collector is known by its SPIFFE ID, and shown the gateway's", () => {
  const cluster = traced.static_resources.clusters.find(({ name }: any) => name === "collector");
  const { common_tls_context: context } = cluster.transport_socket.typed_config;
  expect(context.tls_params.tls_minimum_protocol_version).toBe("TLSv1_3");
  expect(context.combined_validation_context.default_validation_context.match_typed_subject_alt_names).toEqual([
    { san_type: "URI", matcher: { exact: collector.spiffeId } },
  ]);
  expect(context.tls_certificate_sds_secret_configs[0].name).toBe(ENVOY_PROPS.spiffeId);
  expect(cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address).toEqual({
    address: "ambit-collector.ambit-system.svc",
    port_value: 4318,
  });
});

function put(key: string, from: string): object {
  return { append: { header: { key, value: `%REQ(${from})%` }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } };
}
