import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { METRICS } from "../../../domain/telemetry-names";
import { collectorAgent } from "../../../runtime/telemetry/collector-agent";
import { OtlpTelemetry } from "../../../runtime/telemetry/otlp-telemetry";
import { telemetryConfig } from "../../../runtime/telemetry/telemetry-config";
import type { HeldSvid } from "../../../runtime/workload-api/svid";
import { AGENT, Authority, EXCHANGE } from "../../support/companion/trust";

const authority = new Authority();
const svidOf = (): HeldSvid => ({ ...authority.svid(AGENT), ca: authority.own.cert }) as unknown as HeldSvid;
const TIMES = { spans: 600_000, metrics: 600_000, request: 400 };

let server: Server;
let current: HeldSvid | undefined;
/** Certificates that were shown, and what was asked for */
let shown: (string | undefined)[];
let paths: (string | undefined)[];
let dropped: unknown[];

beforeEach(async () => {
  [current, shown, paths, dropped] = [svidOf(), [], [], []];
  const { cert, key } = authority.svid(EXCHANGE);
  const ca = authority.own.cert;
  server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    shown.push((request.socket as TLSSocket).getPeerX509Certificate()?.toString());
    paths.push(request.url);
    request.resume().on("end", () => response.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

function telemetryTo(spiffeId: string | undefined, hasMetrics = true): OtlpTelemetry {
  const collector = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = { current: () => current, lastProblem: "none was given" };
  return new OtlpTelemetry({
    collector,
    service: "ambit-test",
    log: (event, facts) => void dropped.push([event, facts]),
    agent: collectorAgent({ collector, spiffeId }, source),
    hasMetrics,
    times: TIMES,
  });
}

async function sent(telemetry: OtlpTelemetry): Promise<void> {
  telemetry.begin({ name: "one", kind: "server" }).end();
  telemetry.count(METRICS.grants, {});
  await telemetry.close();
}

test("a collector that is known by its SPIFFE ID is asked with the SVID of now", async () => {
  const first = current;
  await sent(telemetryTo(EXCHANGE));
  current = svidOf();
  await sent(telemetryTo(EXCHANGE));
  expect(new Set(paths)).toEqual(new Set(["/v1/traces", "/v1/metrics"]));
  expect(new Set(shown)).toEqual(new Set([first, current].map((svid) => svid?.cert.replace(/\r/g, ""))));
  expect(dropped).toEqual([]);
});

test("where metrics are not asked for, spans alone are sent", async () => {
  await sent(telemetryTo(EXCHANGE, false));
  expect(paths).toEqual(["/v1/traces"]);
});

test("fails to send to a server that shows another SPIFFE ID, and says what was dropped", async () => {
  await sent(telemetryTo(`${EXCHANGE}-other`, false));
  expect(paths).toEqual([]);
  expect(dropped).toEqual([["telemetry.dropped", { signal: "traces", count: 1 }]]);
});

test("fails to send without an SVID", async () => {
  current = undefined;
  await sent(telemetryTo(EXCHANGE, false));
  expect([paths, dropped.length]).toEqual([[], 1]);
});

test("fails to send to a server that no public authority vouches for, where no SPIFFE ID is named", async () => {
  await sent(telemetryTo(undefined, false));
  expect([paths, dropped.length]).toEqual([[], 1]);
});

test.each([
  [{ collector: "http://collector:4318" }, true],
  [{ collector: "https://collector:4318", spiffeId: EXCHANGE }, true],
  [{ collector: "http://collector:4318", spiffeId: EXCHANGE }, false],
  [{ collector: "https://collector:4318", spiffeId: "collector" }, false],
])("%j is taken: %s", (config, isTaken) => expect(telemetryConfig.safeParse(config).success).toBe(isTaken));
