import { deepStrictEqual as equal, ok } from "node:assert";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { envoyJson } from "../../../constructs/gateway/private/envoy-config";
import { Denial } from "../../../runtime/authorizer/denial";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "../../../runtime/authorizer/envoy/envoy-server";
import { CallTelemetry } from "../../../runtime/authorizer/telemetry/call-telemetry";
import { collectorAgent } from "../../../runtime/telemetry/collector-agent";
import { OtlpTelemetry } from "../../../runtime/telemetry/otlp-telemetry";
import type { HeldSvid } from "../../../runtime/workload-api/svid";
import { AGENT, Authority, TRUST_DOMAIN } from "../../support/companion/trust";
import { ENVOY_PROPS } from "../../support/envoy-props";
import { exampleFleet } from "../../support/exchange/example-fleet";
import { NOTHING_OPEN } from "../../support/nothing-open";
import { Collector, type ReceivedSpan } from "../../support/telemetry/collector";
import { isListening, serve } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";

const COLLECTOR = `spiffe://${TRUST_DOMAIN}/ns/ambit-system/sa/ambit-collector`;
const OURS = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
/** An agent's, which asks not to be sampled */
const AGENTS = `00-${"c".repeat(32)}-${"d".repeat(16)}-00`;
const STATE = "agent=says-this";
/** Envoy sends spans every five seconds, or sooner. */
const SENT_SECONDS = 60;

/** Headers of a request as the authorizer was asked about it */
type Asked = Readonly<Record<string, string>>;

interface Traced {
  readonly collector: Collector;
  readonly asked: readonly Asked[];
  readonly ask: (path: string, headers: Readonly<Record<string, string>>) => Promise<void>;
}

/** Envoy as it is rendered, which asks the authorizer's server; both send their spans by mutual TLS */
export function tracingChecks(suite: Suite, folder: Check<string>, envoy: Check<string>): void {
  const traced = suite.check("Envoy takes the tracing that is rendered", [folder, envoy], ([at, program]) =>
    start(suite, program, at),
  );

  suite.check("its span goes on with the companion's trace, and not with the agent's", [traced], async ([at]) => {
    const others = { traceparent: AGENTS, tracestate: STATE, "user-agent": "agent" };
    await at.ask("/tools/crm/secret-path", { "ambit-trace": ourTrace(), ...others });
    await until(() => spansOf(at).length === 1, SENT_SECONDS, "no span came");
    const [{ traceId, parentSpanId, service, values }] = spansOf(at) as [ReceivedSpan];
    equal([traceId, parentSpanId, service], [OURS.traceId, OURS.spanId, "ambit-envoy"]);
    ok(!JSON.stringify(values).includes("secret-path"), "the span has the path");
    ok(!Buffer.concat(at.collector.bytes).includes(STATE), "the span has the agent's tracestate");
  });

  suite.check("the authorizer gets the agent's trace context, and none of Envoy's", [traced], ([at]) => {
    const { traceparent, tracestate, "ambit-trace": ours, ...others } = at.asked[0] ?? {};
    equal([traceparent, tracestate, ours], [AGENTS, STATE, ourTrace()]);
    ok(!Object.keys(others).some((name) => name.startsWith("x-ambit")));
  });

  suite.check("the authorizer's span is below Envoy's, and links the agent's", [traced], async ([at]) => {
    const [envoys] = spansOf(at) as [ReceivedSpan];
    await until(() => authorizersOf(at).length > 0, SENT_SECONDS, "no span of the authorizer came");
    const [own] = authorizersOf(at) as [ReceivedSpan];
    const question = at.collector.spans.find(({ spanId }) => spanId === own.parentSpanId);
    equal([question?.service, question?.parentSpanId], ["ambit-envoy", envoys.spanId]);
    equal([own.traceId, own.links], [OURS.traceId, [AGENTS.slice(3, -3)]]);
  });

  suite.check("fails to be kept from recording, or to be made part of a trace, by an agent", [traced], async ([at]) => {
    await at.ask("/tools/crm/other", { traceparent: AGENTS, "x-ambit-kept-traceparent": ourTrace() });
    await until(() => spansOf(at).length === 2, SENT_SECONDS, "no second span came");
    const { traceId, parentSpanId } = spansOf(at)[1] as ReceivedSpan;
    ok(traceId !== OURS.traceId && !AGENTS.includes(traceId), `the span is of the trace ${traceId}`);
    equal(parentSpanId, undefined);
    equal(at.asked[1]?.["traceparent"], AGENTS);
    await at.ask("/tools/crm/none", {});
    equal(at.asked[2]?.["traceparent"], undefined);
  });
}

/** Of requests; those of what Envoy asks meanwhile are below them */
function spansOf({ collector }: Traced): readonly ReceivedSpan[] {
  return collector.spans.filter(({ name }) => name === "envoy");
}

function authorizersOf({ collector }: Traced): readonly ReceivedSpan[] {
  return collector.spans.filter(({ service }) => service === "ambit-gateway");
}

function ourTrace(): string {
  return `00-${OURS.traceId}-${OURS.spanId}-01`;
}

async function start(suite: Suite, program: string, folder: string): Promise<Traced> {
  const authority = new Authority();
  const ca = authority.own.cert;
  const collector = new Collector();
  const { cert, key } = authority.svid(COLLECTOR);
  const address = await collector.listen({ cert, key, ca });
  suite.afterwards(() => collector.close());
  const asked: Asked[] = [];
  const socket = join(folder, "authorizer.sock");
  const authorizer = await refusing(socket, asked, authority, address);
  suite.afterwards(() => authorizer.close());
  const port = await freePort();
  const file = join(folder, "envoy.json");
  const config = {
    ...ENVOY_PROPS,
    listen: { address: "127.0.0.1", port },
    identity: { files: secretsIn(folder, authority) },
    sockets: { authorizer: socket, admin: join(folder, "admin.sock") },
    collector: { collector: address, spiffeId: COLLECTOR },
  };
  writeFileSync(file, envoyJson(config));
  const server = await serve({
    name: "Envoy",
    command: program,
    args: ["--config-path", file, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warning"],
    ready: () => isListening("127.0.0.1", port),
  });
  suite.afterwards(() => server.kill());
  const { cert: own, key: ownKey } = authority.svid(AGENT);
  const agent = new Agent({ ca, cert: own, key: ownKey, checkServerIdentity: () => undefined });
  const ask: Traced["ask"] = (path, headers) =>
    new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path, headers, agent });
      sent.on("response", (response) => response.resume().on("end", resolve));
      sent.on("error", reject);
      sent.end();
    });
  return { collector, asked, ask };
}

/** The authorizer's own server, which refuses each request, keeps what it was asked, and sends its spans as Envoy does. */
async function refusing(
  socket: string,
  asked: Asked[],
  authority: Authority,
  collector: string,
): Promise<{ readonly close: () => Promise<void> }> {
  const svid = { ...authority.svid(ENVOY_PROPS.spiffeId), ca: authority.own.cert } as unknown as HeldSvid;
  const telemetry = new OtlpTelemetry({
    collector,
    service: "ambit-gateway",
    log: () => undefined,
    agent: collectorAgent({ collector, spiffeId: COLLECTOR }, { current: () => svid, lastProblem: "" }),
  });
  const server = new EnvoyServer({
    ways: { admit: () => Promise.reject(new Error("no agent serves")), card: () => undefined },
    authorizer: {
      authorize: async ({ headers }) => {
        asked.push(Object.fromEntries(headers));
        throw Denial.of("call.unrecognised");
      },
    },
    outcomes: { begin: () => undefined, callOf: () => undefined, end: () => undefined },
    open: NOTHING_OPEN,
    refusals: { tell: () => undefined },
    log: () => undefined,
    telemetry: new CallTelemetry(telemetry, { current: () => exampleFleet }),
    mostBytes: MOST_MESSAGE_BYTES,
  });
  await server.listen(socket);
  const close = async (): Promise<void> => {
    await server.close();
    await telemetry.close();
  };
  return { close };
}

/** In the form of Envoy's secret discovery */
function secretsIn(folder: string, authority: Authority): { readonly svid: string; readonly bundle: string } {
  const { cert, key } = authority.svid(ENVOY_PROPS.spiffeId);
  const text = (inline_string: string) => ({ inline_string });
  const written = (name: string, secret: object): string => {
    const path = join(folder, `${name}.json`);
    const type = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
    writeFileSync(path, JSON.stringify({ resources: [{ "@type": type, ...secret }] }));
    return path;
  };
  return {
    svid: written("svid", {
      name: ENVOY_PROPS.spiffeId,
      tls_certificate: { certificate_chain: text(cert), private_key: text(key) },
    }),
    bundle: written("bundle", {
      name: `spiffe://${TRUST_DOMAIN}`,
      validation_context: { trusted_ca: text(authority.own.cert) },
    }),
  };
}
