import { envoyConfig, type EnvoyConfigProps } from "../../../constructs/gateway/private/envoy-config";
import { liveListener } from "../../../constructs/gateway/private/envoy-live";
import { ENVOY_PROPS } from "../../support/envoy-props";

const LIVE = { address: "0.0.0.0", port: 8446 };

interface Listener {
  readonly name: string;
  readonly ignore_global_conn_limit?: boolean;
  readonly bypass_overload_manager?: boolean;
  readonly filter_chains: readonly {
    readonly transport_socket?: unknown;
    readonly filters: readonly [Filter, Filter];
  }[];
}

interface Filter {
  readonly name: string;
  readonly typed_config: Readonly<Record<string, unknown>>;
}

const listener = liveListener(LIVE) as Listener;
const [limit, manager] = (listener.filter_chains[0] as Listener["filter_chains"][number]).filters;

function listenersOf(props: EnvoyConfigProps): readonly Listener[] {
  return (envoyConfig(props) as { static_resources: { listeners: readonly Listener[] } }).static_resources.listeners;
}

test("the kubelet, which has no SVID, is answered whether Envoy lives, and nothing else, and leads nowhere", () => {
  expect(listener.filter_chains).toHaveLength(1);
  expect(listener.filter_chains[0]).not.toHaveProperty("transport_socket");
  expect(manager.typed_config["route_config"]).toEqual({
    name: "live",
    virtual_hosts: [
      { name: "live", domains: ["*"], routes: [{ match: { path: "/live" }, direct_response: { status: 200 } }] },
    ],
  });
  expect((manager.typed_config["http_filters"] as readonly Filter[]).map(({ name }) => name)).toEqual([
    "envoy.filters.http.router",
  ]);
});

test("what it is asked is on no record", () => {
  expect(manager.typed_config).not.toHaveProperty("access_log");
});

test("clients that take all connections or all memory have no Envoy killed that does its work", () => {
  expect(listener).toMatchObject({ ignore_global_conn_limit: true, bypass_overload_manager: true });
  const others = listenersOf({ ...ENVOY_PROPS, live: LIVE }).filter(({ name }) => name !== "live");
  expect(others.length).toBeGreaterThan(0);
  for (const other of others) {
    expect(other).not.toHaveProperty("ignore_global_conn_limit");
    expect(other).not.toHaveProperty("bypass_overload_manager");
  }
});

test("what is let past those limits has a small one of its own", () => {
  expect(limit).toMatchObject({
    name: "envoy.filters.network.connection_limit",
    typed_config: { max_connections: 16 },
  });
  expect(manager.typed_config).toMatchObject({ request_headers_timeout: "5s", request_timeout: "30s" });
});

test("it listens where it is told to, and nowhere unless it is", () => {
  expect(listener).toMatchObject({ address: { socket_address: { address: "0.0.0.0", port_value: 8446 } } });
  expect(listenersOf(ENVOY_PROPS).map(({ name }) => name)).toEqual(["agents"]);
  expect(listenersOf({ ...ENVOY_PROPS, live: LIVE }).map(({ name }) => name)).toEqual(["agents", "live"]);
});
