import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { Fleet, Platform } from "../../../constructs";
import { ToolGateway, type ToolGatewayProps } from "../../../constructs/gateway";
import { CONTROL_PORTS } from "../../../constructs/platform/control-plane";
import { fleet as exampleFleet } from "../../../fleet";
import { facts } from "../../../fleet/platform";
import { define } from "../../support/agents";
import { dataOf, deployed, EXCHANGE, fleetOf, toolAt } from "../../support/deployed-gateway";
import { refusal } from "../../support/domain";
import { podOf, waysOf } from "../../support/spire";
import { newStack } from "../../support/synth";

const LABELS = { "app.kubernetes.io/name": "ambit-gateway", "app.kubernetes.io/part-of": "ambit" };
const USERS = { certificate: "ambit-users-tls" };
const example = deployed();

describe("users", () => {
  const open = deployed({ users: USERS });
  const service = () =>
    open.template.all(ServiceV1).find(({ spec }) => (spec as { type?: string }).type === "LoadBalancer");
  const envoyOf = (made: ReturnType<typeof deployed>) => dataOf(made)["envoy.json"] as string;

  test("come in by a load balancer that passes on their addresses, and serves only them", () => {
    expect(service()).toMatchObject({
      metadata: { name: "ambit-gateway-users", namespace: "ambit-system" },
      wait_for_load_balancer: true,
      spec: {
        type: "LoadBalancer",
        external_traffic_policy: "Local",
        selector: LABELS,
        port: [{ name: "users", port: 443, target_port: "8445", protocol: "TCP" }],
      },
    });
    expect(open.template.all(ServiceV1)).toHaveLength(2);
  });

  test("come from everywhere, or from the ranges that are written, to their own port alone", () => {
    const comeIn = (clientCidrs?: readonly string[]) =>
      waysOf(deployed({ users: { ...USERS, ...(clientCidrs && { clientCidrs }) } }).template.only(NetworkPolicyV1)).in;
    const agents = "undefined[ambit.internal/managed=true] TCP/8443";
    expect(comeIn()).toEqual([agents, "0.0.0.0/0 TCP/8445"]);
    expect(comeIn(["203.0.113.0/24", "10.0.0.0/24"])).toEqual([
      agents,
      "203.0.113.0/24 TCP/8445",
      "10.0.0.0/24 TCP/8445",
    ]);
  });

  test("are shown the certificate of the secret, which Envoy alone has and reads again when it is replaced", () => {
    const { pod: opened } = podOf(open.template.only(DeploymentV1));
    expect(opened.volume).toContainEqual({
      name: "gateway-users",
      secret: { secret_name: "ambit-users-tls", default_mode: "0440" },
    });
    const mounts = opened.container.map(({ name, volume_mount }) => [
      name,
      volume_mount.find((mount) => mount.name === "gateway-users"),
    ]);
    const folder = "/var/run/secrets/ambit-gateway-users";
    expect(mounts).toEqual([
      ["envoy", { name: "gateway-users", mount_path: folder, read_only: true }],
      ["authorizer", undefined],
    ]);
    expect(JSON.parse(dataOf(open)["users.json"] as string)).toMatchObject({
      resources: [
        {
          name: "users",
          tls_certificate: {
            certificate_chain: { filename: `${folder}/tls.crt` },
            private_key: { filename: `${folder}/tls.key` },
            watched_directory: { path: folder },
          },
        },
      ],
    });
    expect(envoyOf(open)).toContain('"path_config_source":{"path":"/etc/ambit-gateway/users.json"}');
  });

  test("have a port of their own, which no agent may reach", () => {
    const { pod: opened } = podOf(open.template.only(DeploymentV1));
    expect(opened.container[0]?.["port"]).toEqual([
      { name: "calls", container_port: 8443, protocol: "TCP" },
      { name: "users", container_port: 8445, protocol: "TCP" },
      { name: "live", container_port: 8446, protocol: "TCP" },
    ]);
    expect(Object.values<number>(CONTROL_PORTS)).not.toContain(8445);
  });

  test("may do 50 requests in a second, from no page of another origin, unless it is written", () => {
    const written = deployed({
      users: {
        ...USERS,
        origins: ["https://desk.acme.example:8443"],
        requestsPerSecond: 10_000,
        annotations: { a: "b" },
      },
    });
    expect([open, written].map((made) => /"allow_origin_string_match":(\[.*?\])/.exec(envoyOf(made))?.[1])).toEqual([
      "[]",
      '[{"exact":"https://desk.acme.example:8443"}]',
    ]);
    const tokens = [open, written].map(
      (made) => /"key":"remote_address"\}\],"token_bucket":\{"max_tokens":(\d+)/.exec(envoyOf(made))?.[1],
    );
    expect(tokens).toEqual(["50", "10000"]);
    const balancer = written.template.all(ServiceV1).find(({ spec }) => (spec as { type?: string }).type !== undefined);
    expect(balancer?.metadata).toMatchObject({ annotations: { a: "b" } });
  });

  test("who do not come in have no listener, no port, no secret and no service", () => {
    const text = JSON.stringify(example.template.json.resource);
    expect(text).not.toMatch(/8445|LoadBalancer|gateway-users|users\.json/);
    expect(envoyOf(example)).not.toContain('"name":"users"');
  });

  test("start new pods when they are let in, and when what they may do changes", () => {
    const digest = (made: ReturnType<typeof deployed>) =>
      podOf(made.template.only(DeploymentV1)).annotations?.["ambit.internal/config"];
    const slower = deployed({ users: { ...USERS, requestsPerSecond: 49 } });
    expect(new Set([example, open, slower].map(digest)).size).toBe(3);
  });
});

test.each<[string, Partial<ToolGatewayProps>, string]>([
  [
    "users of agents without a way in",
    { fleet: fleetOf(toolAt("crm.acme.example")), users: USERS },
    "and no agent of the fleet has one: declare serves, or leave users out",
  ],
  [
    "users of agents that only others hand work to",
    { fleet: Fleet.of(define("helper", { tasks: { help: { startedBy: "delegation" } } })), users: USERS },
    "users needs a way in that a user, a schedule or an event may start",
  ],
  [
    "users and a certificate that is a file",
    { users: { certificate: "/etc/tls.crt" } },
    'users.certificate must be the name of a Kubernetes secret, got "/etc/tls.crt": write one such as "ambit-users-tls"',
  ],
  ["users and no certificate", { users: { certificate: "" } }, "users.certificate must be a non-empty string"],
  ["no client", { users: { ...USERS, clientCidrs: [] } }, "users.clientCidrs must name the address ranges"],
  ["a client without range", { users: { ...USERS, clientCidrs: ["all"] } }, "users.clientCidrs must hold ranges"],
  ["half of all clients", { users: { ...USERS, clientCidrs: ["0.0.0.0/1"] } }, "broader than /8"],
])("fails for %s", (_what, changes, text) => {
  expect(refusal(() => deployed(changes)).message).toContain(text);
});

test("fails for users where the platform has no listener for them", () => {
  const { userListener: _listener, ...without } = facts;
  const stack = newStack(new Platform(without));
  expect(
    refusal(() => new ToolGateway(stack, "Gateway", { fleet: exampleFleet, exchange: EXCHANGE, users: USERS })),
  ).toEqual({
    code: "gateway.malformed",
    message:
      "[test/Gateway]: users needs the domain below which users reach agents, and the platform has no userListener: " +
      "write userListener, or leave users out",
  });
});

test.each([
  "http://desk.acme.example",
  "https://*.acme.example",
  "https://desk.acme.example/",
  "https://desk.acme.example/chat",
  "https://desk.acme.example:443",
  "https://Desk.acme.example",
  "https://user@desk.acme.example",
  "https://desk.acme.example:99999",
  "desk.acme.example",
  "null",
  "*",
])("fails for users with pages of the origin %s", (origin) => {
  expect(refusal(() => deployed({ users: { ...USERS, origins: [origin] } }))).toEqual({
    code: "gateway.malformed",
    message:
      "[test/Gateway]: users.origins must hold https origins without path, wildcard and default port, " +
      `got ${JSON.stringify(origin)}: write one such as "https://desk.acme.example"`,
  });
});

test.each([0, -1, 1.5, 10_001, Number.NaN, Infinity])(
  "fails for users with %p requests in a second",
  (requestsPerSecond) => {
    const { code, message } = refusal(() => deployed({ users: { ...USERS, requestsPerSecond } }));
    expect(code).toBe("gateway.malformed");
    expect(message).toContain("users.requestsPerSecond must be a whole number from 1 to 10000");
  },
);
