import { deepStrictEqual as equal, ok } from "node:assert";
import { Server as GrpcServer, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { envoyJson } from "../../../constructs/gateway/private/envoy-config";
import { headerList } from "../../../runtime/authorizer/envoy/header-list";
import { AUTHORIZATION, type CheckRequest, type CheckResponse } from "../../../runtime/authorizer/envoy/protocol";
import { AGENT, Authority, TRUST_DOMAIN } from "../../support/companion/trust";
import { ENVOY_PROPS } from "../../support/envoy-props";
import { Collector, type ReceivedSpan } from "../../support/telemetry/collector";
import { isListening, serve } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";

const COLLECTOR = `spiffe://${TRUST_DOMAIN}/ns/ambit-system/sa/ambit-collector`;
const OURS = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
/** An agent's, which asks not to be sampled */
const AGENTS = `00-${"c".repeat(32)}-${"d".repeat(16)}-00`;
/** Envoy sends spans every five seconds, or sooner. */
const SENT_SECONDS = 60;

interface Traced {
  readonly collector: Collector;
  /** Of requests as the authorizer was asked about them */
  readonly asked: readonly Readonly<Record<string, string>>[];
  readonly ask: (path: string, headers: Readonly<Record<string, string>>) => Promise<void>;
}

/** Envoy as it is rendered, which asks something in the authorizer's place and sends its spans by mutual TLS */
export function tracingChecks(suite: Suite, folder: Check<string>, envoy: Check<string>): void {
  const traced = suite.check("Envoy takes the tracing that is rendered", [folder, envoy], ([at, program]) =>
    start(suite, program, at),
  );

  suite.check("its span goes on with the companion's trace, and not with the agent's", [traced], async ([at]) => {
    await at.ask("/tools/crm/secret-path", { "ambit-trace": ourTrace(), traceparent: AGENTS, "user-agent": "agent" });
    await until(() => spansOf(at).length === 1, SENT_SECONDS, "no span came");
    const [{ traceId, parentSpanId, service, values }] = spansOf(at) as [ReceivedSpan];
    equal([traceId, parentSpanId, service], [OURS.traceId, OURS.spanId, "ambit-envoy"]);
    ok(!JSON.stringify(values).includes("secret-path"), "the span has the path");
  });

  suite.check("the authorizer is asked with the agent's own traceparent, and nothing of Envoy's", [traced], ([at]) => {
    const { traceparent, "ambit-trace": ours, ...others } = at.asked[0] ?? {};
    equal([traceparent, ours], [AGENTS, ourTrace()]);
    ok(!Object.keys(others).some((name) => name.startsWith("x-ambit") || name === "tracestate"));
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
  const asked: Readonly<Record<string, string>>[] = [];
  const socket = join(folder, "authorizer.sock");
  const authorizer = await refusing(socket, asked);
  suite.afterwards(() => authorizer.forceShutdown());
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

/** Refuses each request, and keeps what it was asked. */
function refusing(socket: string, asked: Readonly<Record<string, string>>[]): Promise<GrpcServer> {
  const server = new GrpcServer();
  server.addService(AUTHORIZATION, {
    Check: ({ request: { attributes } }: ServerUnaryCall<CheckRequest, CheckResponse>, done: sendUnaryData<object>) => {
      asked.push(Object.fromEntries(headerList(attributes?.request?.http?.header_map?.headers ?? [])));
      done(null, { status: { code: 7 }, denied_response: { status: { code: 403 } } });
    },
  });
  return new Promise((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve(server) : reject(error),
    ),
  );
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
