import { MOST_WHOLE_BYTES } from "../../../runtime/authorizer/answer/answer-reader";
import { ADDRESS_KEY } from "../../../runtime/authorizer/envoy/check-response";
import { envoyConfig, type EnvoyConfigProps, envoyJson } from "../../../constructs/gateway/private/envoy-config";
import { ENVOY_PROPS } from "../../support/envoy-props";

const PROPS: EnvoyConfigProps = {
  ...ENVOY_PROPS,
  tools: [...ENVOY_PROPS.tools, { name: "crm-two", url: "https://two.acme.internal:9443/mcp", kind: "mcp" }],
};

type Node = Readonly<Record<string, unknown>>;

/** What stands at a path, such as `static_resources.listeners.0` */
function at(node: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => (found as Node | undefined)?.[key], node);
}

const config = envoyConfig(PROPS);
const chain = at(config, "static_resources.listeners.0.filter_chains.0") as Node;
const tls = at(chain, "transport_socket.typed_config") as Node;
const manager = at(chain, "filters.0.typed_config") as Node;
const filters = at(manager, "http_filters") as readonly Node[];
const all = at(manager, "route_config.virtual_hosts.0.routes") as readonly Node[];
const metadata = all.filter((route) => `${String(route["name"])}`.startsWith("metadata of "));
/** Those that a call takes */
const routes = all.filter((route) => !metadata.includes(route));
const cluster = (name: string) =>
  (at(config, "static_resources.clusters") as readonly Node[]).find((each) => each["name"] === name);
const EXT_AUTHZ = "envoy.filters.http.ext_authz";
const EXT_PROC = "envoy.filters.http.ext_proc";
const HEADER_MUTATION = "envoy.filters.http.header_mutation";
const HTTP_ANSWERS = "ambit.http_answers";
/** Of a filter in a route; its name has dots. */
const ofRoute = (route: Node | undefined, filter: string) =>
  (route?.["typed_per_filter_config"] as Node)[filter] as Node;

/** As Envoy's matching API has it (xds.type.matcher.v3) */
interface Predicate {
  readonly single_predicate?: {
    readonly input: { readonly typed_config: { readonly header_name: string } };
    readonly value_match: { readonly safe_regex: { readonly regex: string } };
  };
  readonly and_matcher?: { readonly predicate: readonly Predicate[] };
  readonly or_matcher?: { readonly predicate: readonly Predicate[] };
}

function matches(predicate: Predicate, headers: Readonly<Record<string, string>>): boolean {
  const { single_predicate: single, and_matcher: and, or_matcher: or } = predicate;
  if (and !== undefined) return and.predicate.every((one) => matches(one, headers));
  if (or !== undefined) return or.predicate.some((one) => matches(one, headers));
  const value = headers[single?.input.typed_config.header_name ?? ""];
  return value !== undefined && new RegExp(`^(?:${single?.value_match.safe_regex.regex})$`).test(value);
}

test("the same tools give the same bytes, in one line", () => {
  expect(envoyJson(PROPS)).toBe(envoyJson({ ...PROPS, tools: PROPS.tools.map((tool) => ({ ...tool })) }));
  expect(envoyJson(PROPS).trimEnd()).not.toContain("\n");
  expect(envoyJson({ ...PROPS, tools: PROPS.tools.slice(1) })).not.toBe(envoyJson(PROPS));
});

describe("who comes in", () => {
  test("shows a certificate, by TLS 1.3 and nothing older", () => {
    expect(tls).toMatchObject({
      require_client_certificate: true,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" },
      },
    });
  });

  test("is a workload of the trust domain: of no other one that begins alike", () => {
    const [name, ...others] = at(
      tls,
      "common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names",
    ) as readonly Node[];
    expect(name).toEqual({ san_type: "URI", matcher: { prefix: "spiffe://prod.acme.example/" } });
    expect(others).toEqual([]);
  });

  test("shows it at each connection: no session goes on without one", () => {
    expect(tls).toMatchObject({
      disable_stateless_session_resumption: true,
      disable_stateful_session_resumption: true,
    });
  });

  test("is believed nothing that it says of itself", () => {
    expect(manager).toMatchObject({
      use_remote_address: true,
      skip_xff_append: true,
      forward_client_cert_details: "SANITIZE",
      preserve_external_request_id: false,
    });
  });

  test("is served for a bounded time, by its certificate of then", () => {
    expect(manager["common_http_protocol_options"]).toMatchObject({
      max_connection_duration: "300s",
      max_stream_duration: "300s",
    });
  });
});

describe("a request", () => {
  test("goes out with the path that was decided on, and with no second way to read it", () => {
    expect(manager).toMatchObject({
      normalize_path: false,
      merge_slashes: false,
      path_with_escaped_slashes_action: "REJECT_REQUEST",
    });
  });

  test("has no header that some servers take for another one", () => {
    expect(at(manager, "common_http_protocol_options.headers_with_underscores_action")).toBe("REJECT_REQUEST");
    expect(manager).toMatchObject({
      http_protocol_options: { accept_http_10: false, allow_chunked_length: false },
      http2_protocol_options: { allow_connect: false },
    });
  });

  test("is decided on first and as a whole, and refused where no decision comes", () => {
    expect(filters.map(({ name }) => name)).toEqual([
      HEADER_MUTATION,
      EXT_AUTHZ,
      HTTP_ANSWERS,
      EXT_PROC,
      "envoy.filters.http.router",
    ]);
    expect(filters[1]?.["typed_config"]).toMatchObject({
      failure_mode_allow: false,
      with_request_body: { allow_partial_message: false, pack_as_bytes: true },
      include_peer_certificate: true,
      encode_raw_headers: true,
      validate_mutations: true,
    });
  });
});

describe("an answer", () => {
  test("of an HTTP tool is shown to the authorizer unless it failed, or its head came within 2 s and tells of less than 65,000 bytes", () => {
    const skipped = at(ofRoute(routes[0], HTTP_ANSWERS), "xds_matcher");
    expect(at(filters[2], "typed_config.xds_matcher")).toEqual(skipped);
    expect(at(filters[2], "typed_config.extension_config.typed_config")).toMatchObject({
      failure_mode_allow: false,
      processing_mode: { response_header_mode: "SEND", response_body_mode: "NONE", request_header_mode: "SKIP" },
    });
    const predicate = at(skipped, "matcher_list.matchers.0.predicate") as Predicate;
    const isSkipped = (after: string, length?: string, status = "200"): boolean =>
      matches(predicate, {
        ":status": status,
        "x-ambit-answered-after": after,
        ...(length !== undefined && { "content-length": length }),
      });
    expect([isSkipped("3", "0"), isSkipped("1999", "64999"), isSkipped("60000", undefined, "403")]).toEqual([
      true,
      true,
      true,
    ]);
    expect([
      isSkipped("3"),
      isSkipped("2000", "10"),
      isSkipped("3", "65000"),
      isSkipped("3", "100000"),
      isSkipped("12345", "10"),
      isSkipped("-", "10"),
      isSkipped("60000", undefined, "302"),
    ]).toEqual(Array(7).fill(false));
    expect([ofRoute(routes[1], HTTP_ANSWERS), ofRoute(routes[0], EXT_PROC)]).toEqual([undefined, undefined]);
  });

  test("of an HTTP tool says when its head came by the gateway's clock, to the gateway alone", () => {
    expect(routes[0]?.["response_headers_to_add"]).toEqual([
      {
        header: { key: "x-ambit-answered-after", value: "%RESPONSE_DURATION%" },
        append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
      },
    ]);
    expect(filters[0]).toMatchObject({ disabled: true, typed_config: { mutations: {} } });
    expect(ofRoute(routes[0], HEADER_MUTATION)["mutations"]).toEqual({
      response_mutations: [{ remove: "x-ambit-answered-after" }],
    });
    expect([routes[1]?.["response_headers_to_add"], ofRoute(routes[1], HEADER_MUTATION)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("of an MCP server is shown to the authorizer, and ends where it cannot be read", () => {
    expect(filters[3]).toMatchObject({
      disabled: true,
      typed_config: { failure_mode_allow: false, allow_mode_override: true },
    });
    expect(at(filters[3], "typed_config.processing_mode")).toMatchObject({ response_header_mode: "SKIP" });
    expect(at(ofRoute(routes[1], EXT_PROC), "overrides.processing_mode")).toMatchObject({
      request_header_mode: "SKIP",
      request_body_mode: "NONE",
      response_header_mode: "SEND",
      response_body_mode: "NONE",
    });
  });

  test("is kept by Envoy up to what the authorizer reads, and no further", () => {
    expect(routes.map((route) => route["request_body_buffer_limit"])).toEqual([undefined, MOST_WHOLE_BYTES, undefined]);
  });

  test("that is read leaves no stream to reset: Node closes a connection after a thousand of them", () => {
    expect(at(config, "layered_runtime.layers.0.static_layer")).toEqual({
      "envoy.reloadable_features.ext_proc_graceful_grpc_close": true,
    });
  });
});

describe("routes", () => {
  test("each tool has one, which leads to its own host and tells the authorizer which it is; what is left leads nowhere", () => {
    expect(
      routes.map((route) => ({
        match: route["match"],
        to: at(route, "route.host_rewrite_literal"),
        as: at(route, "route.prefix_rewrite"),
        told: at(ofRoute(route, EXT_AUTHZ), "check_settings.context_extensions"),
        status: at(route, "direct_response.status"),
      })),
    ).toEqual([
      {
        match: { prefix: "/tools/crm/" },
        to: "crm.acme.example",
        as: "/base/",
        told: { tool: "crm", destination: "crm.acme.example" },
      },
      {
        match: { path: "/tools/crm-two" },
        to: "two.acme.internal:9443",
        as: "/mcp",
        told: { tool: "crm-two", destination: "two.acme.internal:9443" },
      },
      { match: { prefix: "/" }, status: 403 },
    ]);
    expect(JSON.parse(at(routes.at(-1), "direct_response.body.inline_string") as string)).toMatchObject({
      error: "access_denied",
      reasons: [{ code: "gateway.route" }],
    });
  });

  test("each tool has metadata as a protected resource (RFC 9728), at its exact path", () => {
    expect(metadata.map((route) => at(route, "match"))).toEqual([
      { path: "/.well-known/oauth-protected-resource/tools/crm" },
      { path: "/.well-known/oauth-protected-resource/tools/crm-two" },
    ]);
    expect(JSON.parse(at(metadata[1], "direct_response.body.inline_string") as string)).toEqual({
      resource: "https://gateway.example/tools/crm-two",
      authorization_servers: ["https://exchange.example"],
      bearer_methods_supported: ["header"],
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  test("a tool gets its own host, not the request's", () => {
    expect(at(routes[0], "route.host_rewrite_literal")).toBe("crm.acme.example");
  });

  test("a request is sent a second time only where nothing of the first was sent", () => {
    expect(routes.slice(0, 2).map((route) => at(route, "route.retry_policy"))).toEqual([
      { retry_on: "reset-before-request", num_retries: 1 },
      { retry_on: "reset-before-request", num_retries: 1 },
    ]);
  });

  test("only what leads nowhere goes undecided", () => {
    const undecided = all.filter((route) => ofRoute(route, EXT_AUTHZ)["disabled"] === true);
    expect(undecided).toEqual([...metadata, routes.at(-1)]);
    expect(undecided.filter((route) => route["route"] !== undefined)).toEqual([]);
  });
});

describe("a destination", () => {
  test("is the very address that the authorizer has looked at: Envoy looks no name up", () => {
    expect(cluster("tools")).toMatchObject({
      type: "ORIGINAL_DST",
      lb_policy: "CLUSTER_PROVIDED",
      original_dst_lb_config: {
        metadata_key: { key: EXT_AUTHZ, path: [{ key: ADDRESS_KEY }] },
      },
    });
    expect(JSON.stringify(config)).not.toMatch(/dns|forward_proxy/i);
  });

  test("shows the name that the route names, by TLS 1.2 or later, to authorities that are given", () => {
    expect(cluster("tools")).toMatchObject({
      transport_socket: {
        typed_config: {
          common_tls_context: {
            tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
            validation_context: { trusted_ca: { filename: "/etc/ssl/certs/ca-certificates.crt" } },
          },
        },
      },
      typed_extension_protocol_options: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
          upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
        },
      },
    });
  });

  test("sets no cookie in the agent", () => {
    expect(at(manager, "route_config.response_headers_to_remove")).toContain("set-cookie");
  });
});

test("administration and authorizer are asked over sockets of the pod, and no port", () => {
  expect(at(config, "admin.address")).toEqual({ pipe: { path: "/run/ambit-gateway/envoy.sock", mode: 0o600 } });
  expect(at(cluster("authorizer"), "load_assignment.endpoints.0.lb_endpoints.0.endpoint.address")).toEqual({
    pipe: { path: "/run/ambit-gateway/authorizer.sock" },
  });
});

test("the SVID is SPIRE's, by its socket, or a file that is read again when it is replaced", () => {
  const [secret] = at(tls, "common_tls_context.tls_certificate_sds_secret_configs") as readonly Node[];
  expect(secret).toMatchObject({ name: PROPS.spiffeId, sds_config: { api_config_source: { api_type: "GRPC" } } });
  const filed = envoyConfig({ ...PROPS, identity: { files: { svid: "/s.json", bundle: "/b.json" } } });
  expect(JSON.stringify(filed)).toContain('"path_config_source":{"path":"/s.json"}');
  expect(JSON.stringify(filed)).not.toContain("spire-agent.sock");
});

test("a prompt has 1 MiB, and every other body 64 KiB", () => {
  const tools = [...PROPS.tools, { name: "llm", kind: "model" as const, url: "https://llm.acme.example" }];
  const text = JSON.stringify(envoyConfig({ ...PROPS, tools }));
  const limits = [
    ...text.matchAll(
      /"(?:tool":"([a-z-]+)"[^}]*\}(,"with_request_body":\{"max_request_bytes":\d+)?|max_request_bytes":(\d+))/g,
    ),
  ];
  expect(limits.map(([, tool, own, all]) => [tool, (own ?? all)?.replace(/\D/g, "")])).toEqual([
    ["crm", undefined],
    ["crm-two", undefined],
    ["llm", "1048576"],
    [undefined, "65536"],
  ]);
});
