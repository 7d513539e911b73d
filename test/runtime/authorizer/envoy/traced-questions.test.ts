import { type Client, credentials, makeClientConstructor, Metadata } from "@grpc/grpc-js";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Denial } from "../../../../runtime/authorizer/denial";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "../../../../runtime/authorizer/envoy/envoy-server";
import { AUTHORIZATION, type CheckRequest } from "../../../../runtime/authorizer/envoy/protocol";
import { CallTelemetry } from "../../../../runtime/authorizer/telemetry/call-telemetry";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { NOTHING_OPEN } from "../../../support/nothing-open";
import { Recorded } from "../../../support/telemetry/recorded";

type Asking = Client & {
  Check(request: CheckRequest, metadata: Metadata, done: (error: Error | null) => void): void;
};

const context = (trace: string, span: string) => ({ traceId: trace.repeat(32), spanId: span.repeat(16) });
const textOf = ({ traceId, spanId }: ReturnType<typeof context>): string => `00-${traceId}-${spanId}-01`;
const OURS = context("a", "1");
/** Of the question that Envoy asks, below its span in our trace */
const ENVOYS = context("a", "2");
const AGENTS = context("c", "3");

const folder = mkdtempSync(join(tmpdir(), "ambit-traced-"));
const socket = join(folder, "a.sock");
const refused = (): Promise<never> => Promise.reject(Denial.of("call.unrecognised"));
let recorded: Recorded;
let server: EnvoyServer;
let client: Asking;

beforeEach(async () => {
  recorded = new Recorded();
  server = new EnvoyServer({
    ways: { card: () => undefined, admit: refused },
    authorizer: { authorize: refused },
    outcomes: { callOf: () => undefined, begin: () => undefined, end: () => undefined },
    open: NOTHING_OPEN,
    refusals: { tell: () => undefined },
    log: () => undefined,
    telemetry: new CallTelemetry(recorded, { current: () => exampleFleet }),
    mostBytes: MOST_MESSAGE_BYTES,
  });
  await server.listen(socket);
  const made = makeClientConstructor(AUTHORIZATION, "authorizer");
  client = new made(`unix:${socket}`, credentials.createInsecure()) as unknown as Asking;
});
afterEach(async () => {
  client.close();
  await server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Ask about a request with our trace and the agent's, as Envoy does. @returns what its span is a child of, and what it links */
async function traced(extensions: Readonly<Record<string, string>>, question: string | undefined) {
  const header = (key: string, value: string) => ({ key, raw_value: Buffer.from(value) });
  const headers = [header("ambit-trace", textOf(OURS)), header("traceparent", textOf(AGENTS))];
  const http = { method: "GET", path: "/", raw_body: Buffer.alloc(0), header_map: { headers } };
  const request = { attributes: { source: { certificate: "" }, request: { http }, context_extensions: extensions } };
  const metadata = new Metadata();
  if (question !== undefined) metadata.set("traceparent", question);
  await new Promise<void>((resolve, reject) =>
    client.Check(request, metadata, (error) => (error === null ? resolve() : reject(error))),
  );
  const [span] = recorded.spans;
  return [span?.start.from, span?.links];
}

const CALL = { tool: "crm", destination: "crm.acme.example" };

test("the authorizer's span is a child of the question that Envoy asks, and links the agent's", async () => {
  expect(await traced(CALL, textOf(ENVOYS))).toEqual([[ENVOYS], [AGENTS]]);
});

test("it goes on with the companion's trace where Envoy has no span", async () => {
  expect(await traced(CALL, undefined)).toEqual([[OURS], [AGENTS]]);
});

test("the request of a user is a child of Envoy's span too", async () => {
  expect(await traced({ agents: "users" }, textOf(ENVOYS))).toEqual([[ENVOYS], [AGENTS]]);
});

test("fails to go on with a trace that a user sends", async () => {
  expect(await traced({ agents: "users" }, undefined)).toEqual([[], [AGENTS]]);
});

test("fails to be a child of a question that has no traceparent of version 00", async () => {
  expect(await traced({ agents: "users" }, `01${textOf(ENVOYS).slice(2)}`)).toEqual([[], [AGENTS]]);
});
