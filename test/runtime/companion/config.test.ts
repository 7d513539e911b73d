import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, readEnvironment } from "../../../runtime/companion/config";
import { COMPANION_URL } from "../../../constructs/agent/agent-workload";

const LEAST = { AMBIT_EXCHANGE_URL: "https://ambit-exchange.ambit-system.svc:8443", AMBIT_SVID_FOLDER: "/svid" };

const folder = mkdtempSync(join(tmpdir(), "ambit-token-"));
afterAll(() => rmSync(folder, { recursive: true }));

function tokenFile(text: string): string {
  const path = join(folder, "token");
  writeFileSync(path, text);
  return path;
}

test("what is left out has its default, and an empty variable is one that is left out", () => {
  const expected = {
    listen: { hostname: "127.0.0.1", port: 7464 },
    exchangeUrl: "https://ambit-exchange.ambit-system.svc:8443",
    exchangeId: undefined,
    gateway: undefined,
    inbound: undefined,
    live: undefined,
    identity: { folder: "/svid" },
    token: undefined,
    drainSeconds: 20,
  };
  expect(readEnvironment(LEAST)).toEqual(expected);
  const names = [
    "AMBIT_LISTEN",
    "AMBIT_EXCHANGE_ID",
    "AMBIT_GATEWAY_URL",
    "AMBIT_GATEWAY_ID",
    "AMBIT_INBOUND",
    "AMBIT_LIVE",
    "SPIFFE_ENDPOINT_SOCKET",
    "AMBIT_COMPANION_TOKEN_FILE",
    "AMBIT_COLLECTOR",
    "AMBIT_COLLECTOR_ID",
  ];
  const empty = Object.fromEntries([...names, "AMBIT_DRAIN_SECONDS"].map((name) => [name, ""]));
  expect(readEnvironment({ ...LEAST, ...empty })).toEqual(expected);
});

test("the default is where constructs tell agents to look", () => {
  const { hostname, port } = readEnvironment(LEAST).listen;
  expect(`http://${hostname}:${port}`).toBe(COMPANION_URL);
});

test("everything can be said", () => {
  expect(
    readEnvironment({
      AMBIT_LISTEN: "http://[::1]:80",
      AMBIT_EXCHANGE_URL: "https://exchange.example/",
      AMBIT_EXCHANGE_ID: "spiffe://prod.example/ns/a/sa/b",
      AMBIT_GATEWAY_URL: "https://gateway.example:8443/",
      AMBIT_GATEWAY_ID: "spiffe://prod.example/ns/a/sa/c",
      AMBIT_LIVE: "[::]:7466",
      SPIFFE_ENDPOINT_SOCKET: "unix:///spiffe-workload-api/spire-agent.sock",
      AMBIT_COMPANION_TOKEN_FILE: tokenFile("a-token-of-this-pod\n"),
      AMBIT_DRAIN_SECONDS: "0",
      AMBIT_COLLECTOR: "https://collector:4318",
      AMBIT_COLLECTOR_ID: "spiffe://prod.example/ns/a/sa/d",
    }),
  ).toEqual({
    listen: { hostname: "::1", port: 80 },
    exchangeUrl: "https://exchange.example",
    exchangeId: "spiffe://prod.example/ns/a/sa/b",
    gateway: { url: "https://gateway.example:8443", spiffeId: "spiffe://prod.example/ns/a/sa/c" },
    inbound: undefined,
    live: { hostname: "::", port: 7466 },
    identity: { socket: "unix:///spiffe-workload-api/spire-agent.sock" },
    token: "a-token-of-this-pod",
    telemetry: { collector: "https://collector:4318", spiffeId: "spiffe://prod.example/ns/a/sa/d" },
    drainSeconds: 0,
  });
});

const LISTEN = "AMBIT_LISTEN must be http://<loopback address>:<port>";
const EXCHANGE = "AMBIT_EXCHANGE_URL must be https://<host>:<port>";
const GATEWAY = "AMBIT_GATEWAY_URL must be https://<host>:<port>";
const SOCKET = "SPIFFE_ENDPOINT_SOCKET must be unix://<absolute path of at most 107 bytes>";

test.each([
  [{ AMBIT_LISTEN: "http://0.0.0.0:7464" }, `${LISTEN}, got "http://0.0.0.0:7464": write http://127.0.0.1:7464`],
  [{ AMBIT_LISTEN: "http://10.0.0.1:7464" }, LISTEN],
  [{ AMBIT_LISTEN: "http://[::]:7464" }, LISTEN],
  [{ AMBIT_LISTEN: "http://[::ffff:127.0.0.1]:7464" }, LISTEN],
  [{ AMBIT_LISTEN: "http://localhost:7464" }, LISTEN],
  [{ AMBIT_LISTEN: "http://127.attacker.example:7464" }, LISTEN],
  [{ AMBIT_LISTEN: "https://127.0.0.1:7464" }, LISTEN],
  [{ AMBIT_LISTEN: "http://127.0.0.1:7464/path" }, LISTEN],
  [{ AMBIT_LISTEN: "7464" }, LISTEN],
  [{ AMBIT_EXCHANGE_URL: undefined }, `${EXCHANGE} of the exchange, and is not set`],
  [{ AMBIT_EXCHANGE_URL: "http://exchange.example" }, `${EXCHANGE}, got "http://exchange.example"`],
  [{ AMBIT_EXCHANGE_URL: "https://exchange.example/token" }, EXCHANGE],
  [{ AMBIT_EXCHANGE_URL: "https://user@exchange.example" }, EXCHANGE],
  [{ AMBIT_EXCHANGE_ID: "ambit-exchange" }, "AMBIT_EXCHANGE_ID must be spiffe://<trust domain>/<path>"],
  [{ AMBIT_GATEWAY_URL: "http://gateway.example" }, `${GATEWAY}, got "http://gateway.example"`],
  [{ AMBIT_GATEWAY_URL: "https://gateway.example/tools" }, GATEWAY],
  [{ AMBIT_GATEWAY_URL: "https://gateway.example", AMBIT_GATEWAY_ID: "gateway" }, "AMBIT_GATEWAY_ID must be spiffe://"],
  [{ AMBIT_GATEWAY_ID: "spiffe://prod.example/ns/a/sa/c" }, "AMBIT_GATEWAY_ID is set, and AMBIT_GATEWAY_URL is not"],
  [{ AMBIT_SVID_FOLDER: "svid" }, 'AMBIT_SVID_FOLDER must be an absolute path, got "svid"'],
  [{ AMBIT_SVID_FOLDER: undefined }, "exactly one of SPIFFE_ENDPOINT_SOCKET and AMBIT_SVID_FOLDER must be set"],
  [{ SPIFFE_ENDPOINT_SOCKET: "unix:///a.sock" }, "exactly one of SPIFFE_ENDPOINT_SOCKET and AMBIT_SVID_FOLDER"],
  [{ SPIFFE_ENDPOINT_SOCKET: "tcp://127.0.0.1:1", AMBIT_SVID_FOLDER: undefined }, SOCKET],
  [
    { AMBIT_COLLECTOR: "collector:4318" },
    'AMBIT_COLLECTOR must be http://<host>:<port> of an OpenTelemetry collector, got "collector:4318"',
  ],
  [{ AMBIT_COLLECTOR: "http://collector:4318/v1/traces" }, "AMBIT_COLLECTOR must be"],
  [{ AMBIT_COLLECTOR: "unix:///collector.sock" }, "AMBIT_COLLECTOR must be"],
  [
    { AMBIT_COLLECTOR: "http://collector:4318", AMBIT_COLLECTOR_ID: "spiffe://prod.example/ns/a/sa/d" },
    "AMBIT_COLLECTOR_ID is set, and AMBIT_COLLECTOR has no https address: set it to https://<host>:<port> of the collector",
  ],
  [{ AMBIT_COLLECTOR_ID: "spiffe://prod.example/ns/a/sa/d" }, "AMBIT_COLLECTOR_ID is set"],
  [{ AMBIT_COLLECTOR: "https://collector:4318", AMBIT_COLLECTOR_ID: "d" }, "AMBIT_COLLECTOR_ID must be spiffe://"],
  [{ AMBIT_LIVE: "7466" }, 'AMBIT_LIVE must be <IP address>:<port>, such as 0.0.0.0:7466, got "7466"'],
  [{ AMBIT_LIVE: "pod.example:7466" }, "AMBIT_LIVE must be <IP address>:<port>"],
  [{ AMBIT_LIVE: "0.0.0.0:0" }, "AMBIT_LIVE must be <IP address>:<port>"],
  [{ AMBIT_LIVE: "0.0.0.0:7464" }, "AMBIT_LIVE must have a port of its own, and at 7464 the companion listens already"],
  [{ AMBIT_DRAIN_SECONDS: "20s" }, 'AMBIT_DRAIN_SECONDS must be whole seconds up to 3600, got "20s"'],
  [{ AMBIT_DRAIN_SECONDS: "-1" }, "AMBIT_DRAIN_SECONDS must be whole seconds"],
  [{ AMBIT_DRAIN_SECONDS: "3601" }, "AMBIT_DRAIN_SECONDS must be whole seconds"],
  [
    { AMBIT_COMPANION_TOKEN_FILE: "/nowhere/token" },
    "AMBIT_COMPANION_TOKEN_FILE must be a file that can be read: ENOENT",
  ],
])("fails with %j", (wrong, message) => {
  expect(() => readEnvironment({ ...LEAST, ...wrong })).toThrow(ConfigError);
  expect(() => readEnvironment({ ...LEAST, ...wrong })).toThrow(message);
});

test.each(["", "short", "a token of this pod", "a-tokén-of-this-pod", "a".repeat(4_097)])(
  "fails when the token file has %j",
  (text) => {
    expect(() => readEnvironment({ ...LEAST, AMBIT_COMPANION_TOKEN_FILE: tokenFile(text) })).toThrow(
      "AMBIT_COMPANION_TOKEN_FILE must have one word of 16 to 4096 visible ASCII characters",
    );
  },
);

test("fails with every problem, a line each", () => {
  const wrong = { AMBIT_LISTEN: "7464", AMBIT_EXCHANGE_ID: "x", AMBIT_SVID_FOLDER: "svid" };
  expect(() => readEnvironment(wrong)).toThrow(/^AMBIT_LISTEN .*\nAMBIT_EXCHANGE_ID .*\nAMBIT_SVID_FOLDER .*$/);
});
