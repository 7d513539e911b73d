import { ConfigError, readEnvironment } from "../../../../runtime/companion/config";

const LEAST = { AMBIT_EXCHANGE_URL: "https://exchange.example", AMBIT_SVID_FOLDER: "/svid" };
const INBOUND = {
  listen: "0.0.0.0:7465",
  ready: "0.0.0.0:7466",
  ways: { http: { port: 8080 }, a2a: { port: 9000, a2a: "/a2a" } },
  concurrency: "many-users",
  address: "10.0.64.7",
};
const read = (inbound: unknown, more = {}) =>
  readEnvironment({ ...LEAST, AMBIT_INBOUND: JSON.stringify(inbound), ...more }).inbound;

test("what the agent serves is said in one variable", () => {
  expect(read(INBOUND)).toEqual({
    listen: { hostname: "0.0.0.0", port: 7465 },
    ready: { hostname: "0.0.0.0", port: 7466 },
    ways: new Map([
      ["http", { port: 8080 }],
      ["a2a", { port: 9000, a2a: "/a2a" }],
    ]),
    concurrency: "many-users",
    address: "10.0.64.7",
    gatewayId: undefined,
  });
});

test("by IPv6, for one user, and for another gateway, whose address it need not know", () => {
  const more = { AMBIT_GATEWAY_ID: "spiffe://prod.example/ns/edge/sa/gateway" };
  const inbound = { ...INBOUND, listen: "[::]:7465", concurrency: "one-user", address: "2001:db8::7" };
  expect(read(inbound, more)).toMatchObject({
    listen: { hostname: "::", port: 7465 },
    concurrency: "one-user",
    address: "2001:db8::7",
    gatewayId: "spiffe://prod.example/ns/edge/sa/gateway",
  });
});

test("nothing is asked whether the pod is ready where nothing says where", () => {
  expect(read({ ...INBOUND, ready: undefined })?.ready).toBeUndefined();
});

test("of A2A, where push notifications go", () => {
  const a2a = { port: 9000, a2a: "/", pushes: { url: URL, tool: "callbacks", path: "/v1/pushes" } };
  expect(read({ ...INBOUND, ways: { a2a } })?.ways).toEqual(new Map([["a2a", a2a]]));
});

const LISTEN = "AMBIT_INBOUND: listen must be <IP address>:<port>, such as 0.0.0.0:7465";
const READY = "AMBIT_INBOUND: ready must be <IP address>:<port>, such as 0.0.0.0:7466";
const OWN = "AMBIT_INBOUND: ready must have a port of its own, and at";
const PORT = "AMBIT_INBOUND: ways.http.port must be a port from 1024 to 65535";
const PUSHES = "AMBIT_INBOUND: ways.http.pushes";
const URL = "https://callbacks.acme.example/v1/pushes";
const way = (port: unknown, more = {}) => ({ ways: { http: { port, ...more } } });

test.each<[Record<string, unknown>, string]>([
  [{ listen: undefined }, `${LISTEN}, got nothing`],
  [{ listen: "7465" }, `${LISTEN}, got "7465"`],
  [{ listen: "localhost:7465" }, LISTEN],
  [{ listen: "0.0.0.0:0" }, LISTEN],
  [{ listen: "0.0.0.0:65536" }, LISTEN],
  [{ listen: "0.0.0.256:7465" }, LISTEN],
  [{ listen: "[10.0.0.1]:7465" }, LISTEN],
  [{ listen: "::7465" }, LISTEN],
  [{ listen: "https://0.0.0.0:7465" }, LISTEN],
  [{ ready: "7466" }, `${READY}, got "7466"`],
  [{ ready: "pod.example:7466" }, READY],
  [{ ready: "0.0.0.0:0" }, READY],
  [{ ready: "0.0.0.0:7465" }, `${OWN} 7465 the companion listens already`],
  [{ ready: "0.0.0.0:7464" }, `${OWN} 7464 the companion listens already`],
  [{ ways: undefined }, "AMBIT_INBOUND: ways must be an object of ways in, each with its port, got nothing"],
  [{ ways: [8080] }, "AMBIT_INBOUND: ways must be an object of ways in"],
  [{ ways: {} }, "AMBIT_INBOUND: ways must have a way in, got {}"],
  [{ ways: { Http: { port: 8080 } } }, "AMBIT_INBOUND: ways.Http must be the name of a way in"],
  [way(80), `${PORT}, got 80`],
  [way(65_536), PORT],
  [way("8080"), `${PORT}, got "8080"`],
  [way(8080.5), PORT],
  [way(8080, { path: "/" }), 'AMBIT_INBOUND: ways.http must not have "path": write port, a2a, pushes'],
  [way(8080, { a2a: "a2a" }), 'AMBIT_INBOUND: ways.http.a2a must be the path at which the agent takes A2A, got "a2a"'],
  [
    way(8080, { a2a: "/", pushes: { url: "http://c.example/", tool: "c", path: "/" } }),
    `${PUSHES}.url must be the https address that callers name, got`,
  ],
  [
    way(8080, { a2a: "/", pushes: { url: "c.example", tool: "c", path: "/" } }),
    `${PUSHES}.url must be the https address that callers name, got`,
  ],
  [
    way(8080, { a2a: "/", pushes: { url: URL, tool: "c/d", path: "/" } }),
    `${PUSHES}.tool must be the name of a tool, got "c/d"`,
  ],
  [
    way(8080, { a2a: "/", pushes: { url: URL, tool: "c", path: "p" } }),
    `${PUSHES}.path must be the path at the tool, got "p"`,
  ],
  [way(8080, { a2a: "/", pushes: { url: URL, tool: "c" } }), `${PUSHES}.path must be`],
  [
    way(8080, { a2a: "/", pushes: { url: URL, tool: "c", path: "/", token: "t" } }),
    `${PUSHES} must not have "token": write url, tool, path`,
  ],
  [way(8080, { pushes: { url: URL, tool: "c", path: "/" } }), "AMBIT_INBOUND: ways.http must have a2a beside pushes"],
  [way(7464), "AMBIT_INBOUND: ways.http.port must be the agent's, and 7464 is the companion's"],
  [way(7465), "AMBIT_INBOUND: ways.http.port must be the agent's, and 7465 is the companion's"],
  [way(7466), "AMBIT_INBOUND: ways.http.port must be the agent's, and 7466 is the companion's"],
  [{ concurrency: "all" }, 'AMBIT_INBOUND: concurrency must be many-users or one-user, got "all"'],
  [{ concurrency: undefined }, "AMBIT_INBOUND: concurrency must be many-users or one-user"],
  [{ address: "pod.example" }, 'AMBIT_INBOUND: address must be the IP address of the pod, got "pod.example"'],
  [{ address: undefined }, "AMBIT_INBOUND: address must be the IP address of the pod"],
  [
    { adress: "10.0.64.7" },
    'AMBIT_INBOUND: it must not have "adress": write listen, ready, ways, concurrency, address',
  ],
])("fails with %j", (wrong, message) => {
  expect(() => read({ ...INBOUND, ...wrong })).toThrow(ConfigError);
  expect(() => read({ ...INBOUND, ...wrong })).toThrow(message);
});

test.each(["serves", "[]", "null", '"http"'])("fails with %s", (text) => {
  expect(() => readEnvironment({ ...LEAST, AMBIT_INBOUND: text })).toThrow(/^AMBIT_INBOUND(: it)? must be /);
});

test("fails where a way in has the port at which the agent asks the companion", () => {
  expect(() => read(INBOUND, { AMBIT_LISTEN: "http://127.0.0.1:8080" })).toThrow(
    "AMBIT_INBOUND: ways.http.port must be the agent's, and 8080 is the companion's",
  );
});
