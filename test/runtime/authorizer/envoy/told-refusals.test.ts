import { type ClientDuplexStream, credentials, makeClientConstructor } from "@grpc/grpc-js";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuthorizerClient } from "../../../../cli/dev/gateway/authorizer-client";
import type { Allowed } from "../../../../runtime/authorizer/call/spent-calls";
import { Denial } from "../../../../runtime/authorizer/denial";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "../../../../runtime/authorizer/envoy/envoy-server";
import { CALL_KEY, METADATA } from "../../../../runtime/authorizer/envoy/call-id";
import { type CheckRequest, PROCESSING } from "../../../../runtime/authorizer/envoy/protocol";
import { toldOf } from "../../../../runtime/authorizer/told-of";
import type { RefusalFacts } from "../../../../runtime/refusal/refusal-teller";
import { AuthorizerWorld, CLERK } from "../../../support/authorizer-world";
import { NOTHING_OPEN } from "../../../support/nothing-open";

const folder = mkdtempSync(join(tmpdir(), "ambit-told-"));
const socket = join(folder, "a.sock");
const told: RefusalFacts[] = [];
/** Calls that went out */
const underWay = new Map<string, Allowed>();
const logged: Readonly<Record<string, unknown>>[] = [];
let authorizing: () => Promise<Allowed>;
let admitting: () => Promise<never>;
let server: EnvoyServer;
let client: AuthorizerClient;

beforeAll(async () => {
  server = new EnvoyServer({
    ways: { card: () => undefined, admit: () => admitting() },
    authorizer: { authorize: () => authorizing() },
    outcomes: { callOf: (id) => underWay.get(id), begin: () => undefined, end: () => undefined },
    open: NOTHING_OPEN,
    refusals: { tell: (facts) => void told.push(facts) },
    log: (event, facts) => void logged.push({ event, ...facts }),
    mostBytes: MOST_MESSAGE_BYTES,
  });
  await server.listen(socket);
  client = new AuthorizerClient(socket);
});
beforeEach(() => {
  told.length = 0;
  logged.length = 0;
});
afterAll(async () => {
  client.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A request as Envoy asks about it, with a token and an argument that are not to be told */
const asked = (extensions: Readonly<Record<string, string>>): CheckRequest => {
  const header = (key: string, value: string) => ({ key, raw_value: Buffer.from(value) });
  const headers = [header("authorization", "Bearer the-secret"), header("x-odd", "the-secret")];
  return {
    attributes: {
      source: { certificate: "" },
      request: {
        http: {
          method: "POST",
          path: "/tools/crm/records/the-secret?name=the-secret",
          raw_body: Buffer.from('{"password":"the-secret"}'),
          header_map: { headers },
        },
      },
      context_extensions: extensions,
    },
  };
};
const CALL = asked({ tool: "crm", destination: "crm.acme.example" });
const WAY = asked({ agents: "workloads" });
const WHOSE = { by: CLERK, task: "work", run: "run-1", txn: "txn-1" };

test("a call that the policy refuses is told with whose it was, and which action of which tool", async () => {
  const world = new AuthorizerWorld();
  world.refusing = () => ["mark.above-clearance"];
  authorizing = () => world.allowed({ path: "/tools/crm/records/the-secret" });
  await client.check(CALL);
  const decision = logged[0]?.["decision"];
  expect(told).toEqual([
    { of: "call", codes: ["mark.above-clearance"], ...WHOSE, tool: "crm", action: "read", decision },
  ]);
  expect(JSON.stringify(told)).not.toContain("the-secret");
});

test("a call that is none of the actions is told without one: what was asked for is the caller's own words", async () => {
  const world = new AuthorizerWorld();
  authorizing = () => world.allowed({ path: "/tools/crm/the-secret" });
  await client.check(CALL);
  expect(told).toMatchObject([{ of: "call", codes: ["call.unrecognised"], ...WHOSE, tool: "crm" }]);
  expect(told[0]?.["action"]).toBeUndefined();
});

test("of a call whose token is not sound there is told whose connection it was, and nothing of the token", async () => {
  const world = new AuthorizerWorld();
  const unsound = new Denial("invalid_token", [{ code: "token.invalid", what: "a", fix: "b" }]);
  world.tokens = () => Promise.reject(unsound);
  authorizing = () => world.allowed();
  await client.check(CALL);
  expect(told).toEqual([
    { of: "call", codes: ["token.invalid"], by: CLERK, tool: "crm", decision: logged[0]?.["decision"] },
  ]);
});

test("a request for an agent is told with what is known of it", async () => {
  admitting = () => {
    const denial = Denial.of("way.task");
    denial.about = { agent: CLERK, asked: "desk" };
    throw denial;
  };
  await client.check(WAY);
  expect(told).toMatchObject([{ of: "way", codes: ["way.task"], by: CLERK, asked: "desk" }]);
  expect(told[0]?.["tool"]).toBeUndefined();
});

test("a failure that no step foresaw is told by its code", async () => {
  authorizing = () => Promise.reject(new TypeError("the-secret"));
  admitting = () => Promise.reject(new TypeError("the-secret"));
  await client.check(CALL);
  await client.check(WAY);
  expect(told.map(({ codes }) => codes)).toEqual([["gateway.error"], ["gateway.error"]]);
  expect(JSON.stringify(told)).not.toContain("the-secret");
});

test("a tool's answer that is withheld is told with the call that it is of", async () => {
  const world = new AuthorizerWorld();
  const allowed = await world.allowed();
  const head = () => {
    throw Denial.of("gateway.answer");
  };
  const answer = { head, whole: () => undefined, part: () => undefined, outcome: () => "unknown" as const };
  underWay.set("d-1", { ...allowed, answer });
  const Client = makeClientConstructor(PROCESSING, "processor");
  const processor = new Client(`unix:${socket}`, credentials.createInsecure());
  const stream = (processor["Process"] as () => ClientDuplexStream<object, object>).call(processor);
  const fields = { [CALL_KEY]: { stringValue: "d-1" } };
  stream.write({
    response_headers: { headers: { headers: [] }, end_of_stream: true },
    metadata_context: { filter_metadata: { [METADATA]: { fields } } },
  });
  await once(stream, "data");
  stream.end();
  processor.close();
  expect(told).toEqual([
    { of: "answer", codes: ["gateway.answer"], ...WHOSE, tool: "crm", action: "read", decision: "d-1" },
  ]);
});

test("what is allowed is not told", async () => {
  const world = new AuthorizerWorld();
  authorizing = () => world.allowed();
  await client.check(CALL);
  expect(told).toEqual([]);
});

describe("what the exchange has a record of is not told again:", () => {
  test("that people are asked", async () => {
    const world = new AuthorizerWorld();
    world.approvers = "owners";
    world.refusing = () => ["approval.required"];
    world.accessRequest = { id: "h", status: "pending", expires_at: 1, group: "owners" };
    authorizing = () => world.allowed();
    await client.check(CALL);
    expect([logged.map(({ codes }) => codes), told]).toEqual([[["approval.required"]], []]);
  });

  test.each<readonly [what: string, changed: (denial: Denial) => Denial]>([
    ["what it says that it has written", (denial) => denial],
    [
      "the same, as MCP has it",
      (denial) => denial.answeredAs({ id: 1, code: 1, message: "", status: 200, isSilent: false }),
    ],
    ["the same, with something besides", (denial) => denial.with({ id: 1 })],
  ])("%s", async (_, changed) => {
    const written = new Denial("access_denied", [{ code: "run.revoked", what: "a", fix: "b" }], { isOnRecord: true });
    authorizing = () => Promise.reject(changed(written));
    await client.check(CALL);
    expect([logged.map(({ codes }) => codes), told]).toEqual([[["run.revoked"]], []]);
  });
});

test("work that may not be handed on is told as a call of what stands for the delegate", () => {
  const denial = Denial.of("way.agent");
  denial.about = { agent: CLERK, task: "work", run: "run-1", txn: "txn-1", asked: "reader", action: "lookup" };
  expect(toldOf("way", denial, { decision: "d", tool: undefined })).toEqual({
    of: "way",
    codes: ["way.agent"],
    ...WHOSE,
    tool: "agent:reader",
    action: "lookup",
    asked: "reader",
    decision: "d",
  });
});

test("an answer of a call that is not known is told without a decision", () => {
  const facts = toldOf("answer", Denial.of("gateway.answer"), { decision: "", tool: undefined });
  expect(JSON.parse(JSON.stringify(facts))).toEqual({ of: "answer", codes: ["gateway.answer"] });
});
