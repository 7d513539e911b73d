import { envoyConfig, type EnvoyConfigProps } from "../../../constructs/gateway/private/envoy-config";
import { usersSecret } from "../../../constructs/gateway/private/envoy-users";
import { ADDRESS_KEY, PEER_KEY } from "../../../runtime/authorizer/envoy/check-response";
import { ENVOY_PROPS } from "../../support/envoy-props";

const PROPS: EnvoyConfigProps = {
  ...ENVOY_PROPS,
  serves: true,
  users: {
    listen: { address: "0.0.0.0", port: 8445 },
    certificate: "/etc/ambit-gateway/users.json",
    origins: ["https://desk.acme.example", "https://ops.acme.example:8443"],
    requestsPerSecond: 50,
  },
};

type Node = Readonly<Record<string, unknown>>;

/** What stands at a path of keys, some of which have dots */
function at(node: unknown, ...path: readonly (number | string)[]): unknown {
  return path.reduce<unknown>((found, key) => (found as Node | undefined)?.[key], node);
}

const config = envoyConfig(PROPS);
const listeners = at(config, "static_resources", "listeners") as readonly Node[];
const clusters = at(config, "static_resources", "clusters") as readonly Node[];

const EXT_AUTHZ = "envoy.filters.http.ext_authz";
const PEER_FILTER = "envoy.filters.http.set_filter_state";
const CORS = "envoy.filters.http.cors";

function listenerNamed(name: string) {
  const listener = listeners.find((each) => each["name"] === name);
  const chain = at(listener, "filter_chains", 0);
  const manager = at(chain, "filters", 0, "typed_config");
  return {
    tls: at(chain, "transport_socket", "typed_config") as Node,
    manager: manager as Node,
    host: at(manager, "route_config", "virtual_hosts", 0) as Node,
    routes: at(manager, "route_config", "virtual_hosts", 0, "routes") as readonly Node[],
    filters: at(manager, "http_filters") as readonly Node[],
  };
}

const [users, workloads] = [listenerNamed("users"), listenerNamed("agents")];
const filterOf = ({ filters }: typeof users, name: string) => filters.find((each) => each["name"] === name) as Node;
const namesOf = ({ filters }: typeof users) => filters.map(({ name }) => name);
const agents = clusters.find(({ name }) => name === "agents") as Node;

describe("where an agent serves", () => {
  test("a request of a workload goes the same way as one for a tool, and its connection is held to the agent's pod", () => {
    expect(namesOf(workloads)).toEqual([
      "envoy.filters.http.header_mutation",
      EXT_AUTHZ,
      PEER_FILTER,
      "ambit.http_answers",
      "envoy.filters.http.ext_proc",
      "envoy.filters.http.router",
    ]);
  });

  test("there is one route for all agents, behind those of tools, and what is left leads nowhere", () => {
    expect(workloads.routes.map(({ match }) => match)).toEqual([
      { prefix: "/tools/crm/" },
      { path: "/.well-known/oauth-protected-resource/tools/crm" },
      expect.objectContaining({ prefix: "/agents/" }),
      { prefix: "/agents/" },
      { prefix: "/" },
    ]);
    expect(at(workloads.routes.at(-1), "direct_response", "status")).toBe(403);
  });

  test("work that is handed on is decided on with its whole body, unless the companion says that it comes in parts", () => {
    const [route] = workloads.routes.filter(({ name }) => name === "to agents, whole");
    expect(route?.match).toEqual({
      prefix: "/agents/",
      headers: [
        { name: "ambit-start", string_match: { exact: "delegation" } },
        { name: "ambit-body", present_match: true, invert_match: true },
      ],
    });
    expect(at(route, "typed_per_filter_config", EXT_AUTHZ, "check_settings")).toEqual({
      context_extensions: { agents: "workloads", body: "whole" },
      with_request_body: { max_request_bytes: 1_048_576, allow_partial_message: false, pack_as_bytes: true },
    });
    expect(users.routes.map(({ name }) => name)).not.toContain("to agents, whole");
  });

  test.each(["to agents", "to agents, whole"])(
    "by the route %s, the agent sees what follows its name in the path",
    (way) => {
      const [route] = workloads.routes.filter(({ name }) => name === way);
      expect(at(route, "route", "regex_rewrite")).toEqual({
        pattern: { regex: "^/agents/[a-z0-9-]+" },
        substitution: "",
      });
    },
  );

  test.each([
    ["users", users],
    ["workloads", workloads],
  ] as const)(
    "the authorizer decides on the request of %s, learns how it came, and is shown no body",
    (by, listener) => {
      const [route] = listener.routes.filter(({ name }) => name === "to agents");
      expect(at(route, "typed_per_filter_config", EXT_AUTHZ)).toMatchObject({
        check_settings: { context_extensions: { agents: by }, disable_request_body_buffering: true },
      });
      expect(at(route, "typed_per_filter_config", EXT_AUTHZ, "disabled")).toBeUndefined();
      expect(at(filterOf(listener, EXT_AUTHZ), "typed_config", "failure_mode_allow")).toBe(false);
    },
  );

  test("where none does, no agent is reached, and nothing else is another", () => {
    const { users: _, ...rest } = PROPS;
    const none = envoyConfig({ ...rest, serves: false });
    expect(JSON.stringify(none)).not.toMatch(/\/agents\/|set_filter_state/);
    expect(none).toEqual(envoyConfig({ ...rest, serves: false, users: undefined }));
    const { serves: _serves, ...without } = rest;
    expect(none).toEqual(envoyConfig(without));
  });
});

describe("the pod of an agent", () => {
  test("is the address that the authorizer chose: Envoy looks no name up", () => {
    expect(agents).toMatchObject({
      type: "ORIGINAL_DST",
      lb_policy: "CLUSTER_PROVIDED",
      original_dst_lb_config: { metadata_key: { key: EXT_AUTHZ, path: [{ key: ADDRESS_KEY }] } },
    });
  });

  test("shows a certificate of the trust domain to the gateway's, by TLS 1.3, at each connection", () => {
    const tls = at(agents, "transport_socket", "typed_config") as Node;
    expect(tls).toMatchObject({
      max_session_keys: 0,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" },
        tls_certificate_sds_secret_configs: [{ name: PROPS.spiffeId }],
        combined_validation_context: {
          default_validation_context: {
            match_typed_subject_alt_names: [{ san_type: "URI", matcher: { prefix: "spiffe://prod.acme.example/" } }],
          },
          validation_context_sds_secret_config: { name: "spiffe://prod.acme.example" },
        },
      },
    });
  });

  test.each([
    ["users", users],
    ["workloads", workloads],
  ])("must show the SPIFFE ID that the authorizer says to a request of %s, behind its decision", (_, listener) => {
    // Elsewhere it is off; where no SPIFFE ID is said, it is held to one that no certificate has.
    expect(filterOf(listener, PEER_FILTER)).toMatchObject({ disabled: true });
    const [route] = listener.routes.filter(({ name }) => name === "to agents");
    expect(at(route, "typed_per_filter_config", PEER_FILTER)).toEqual({
      "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config",
      on_request_headers: [
        {
          object_key: "envoy.network.upstream_subject_alt_names",
          format_string: {
            text_format_source: { inline_string: `%DYNAMIC_METADATA(${EXT_AUTHZ}:${PEER_KEY})%` },
          },
          shared_with_upstream: "ONCE",
        },
      ],
    });
    const names = namesOf(listener);
    expect(names.indexOf(PEER_FILTER)).toBe(names.indexOf(EXT_AUTHZ) + 1);
  });
});

describe("users", () => {
  test("are counted first, then looked at as pages, and decided on before anything goes to an agent", () => {
    expect(namesOf(users)).toEqual([
      "envoy.filters.http.local_ratelimit",
      CORS,
      EXT_AUTHZ,
      PEER_FILTER,
      "envoy.filters.http.router",
    ]);
  });

  test("have so many requests in a second, each address its own, all of them enforced", () => {
    const all = { default_value: { numerator: 100, denominator: "HUNDRED" } };
    expect(at(filterOf(users, "envoy.filters.http.local_ratelimit"), "typed_config")).toMatchObject({
      filter_enabled: all,
      filter_enforced: all,
      rate_limits: [{ actions: [{ remote_address: {} }] }],
      descriptors: [
        {
          entries: [{ key: "remote_address" }],
          token_bucket: { max_tokens: 50, tokens_per_fill: 50, fill_interval: "1s" },
        },
      ],
      max_dynamic_descriptors: 65_536,
    });
  });

  test("call from pages of the written origins alone, and their cookies stay where they are", () => {
    const policy = at(users.host, "typed_per_filter_config", CORS) as Node;
    expect(policy["allow_origin_string_match"]).toEqual([
      { exact: "https://desk.acme.example" },
      { exact: "https://ops.acme.example:8443" },
    ]);
    expect(policy["allow_credentials"]).toBe(false);
  });

  test("reach agents by their host, on any path, and no tool", () => {
    expect(users.routes.map(({ name, match }) => [name, match])).toEqual([["to agents", { prefix: "/" }]]);
    expect(at(users.routes[0], "route", "cluster")).toBe("agents");
    expect(at(users.routes[0], "route", "regex_rewrite")).toBeUndefined();
  });

  test("show no certificate, and are shown the platform's by TLS 1.2 or later", () => {
    expect(users.tls).toMatchObject({
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
        tls_certificate_sds_secret_configs: [
          { name: "users", sds_config: { path_config_source: { path: "/etc/ambit-gateway/users.json" } } },
        ],
      },
    });
    expect(users.tls["require_client_certificate"]).toBeUndefined();
    expect(JSON.stringify(users.tls)).not.toContain("spire");
  });

  test("are believed nothing that they say of themselves, and have the bounds of agents", () => {
    const bounds = [
      "use_remote_address",
      "skip_xff_append",
      "forward_client_cert_details",
      "preserve_external_request_id",
      "normalize_path",
      "path_with_escaped_slashes_action",
      "common_http_protocol_options",
      "http2_protocol_options",
      "max_request_headers_kb",
    ];
    for (const name of bounds) {
      expect(users.manager[name]).toBeDefined();
      expect(users.manager[name]).toEqual(workloads.manager[name]);
    }
  });

  test("have no listener if no way in is public", () => {
    const { users: _, ...without } = PROPS;
    const names = (at(envoyConfig(without), "static_resources", "listeners") as readonly Node[]).map(
      ({ name }) => name,
    );
    expect(names).toEqual(["agents"]);
  });
});

test("a certificate for users is read again when something in its folder is replaced", () => {
  const secret = usersSecret({ chain: "/tls/tls.crt", key: "/tls/tls.key", folder: "/tls" });
  expect(JSON.parse(secret)).toEqual({
    resources: [
      {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
        name: "users",
        tls_certificate: {
          certificate_chain: { filename: "/tls/tls.crt" },
          private_key: { filename: "/tls/tls.key" },
          watched_directory: { path: "/tls" },
        },
      },
    ],
  });
});
