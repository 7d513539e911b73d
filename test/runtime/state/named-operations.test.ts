import { refusedRequest } from "../../../runtime/exchange/http/refused-request";
import { jsonLog } from "../../../runtime/log";
import { RegistryUnavailable, type Registry } from "../../../runtime/registry/registry";
import { namedOperations } from "../../../runtime/state/named-operations";
import { StoreUnavailable } from "../../../runtime/store/store";
import { callOf, DIGEST, SERVICE, StateWorld } from "../../support/exchange/state-world";
import { Explaining } from "../../support/explaining";

const explaining = new Explaining("state-lines");

async function worldOf() {
  const world = new StateWorld();
  const run = await world.begin("refund-clerk", "payout");
  const claims = world.claims(run, "payments");
  const registry = { current: () => world.fleet } as Registry;
  const operations = namedOperations(world.state, registry);
  const { versions } = await world.state.read({ claims });
  const spend = (call: object, more: object = {}) =>
    operations.spend(
      {
        claims,
        call: { ...callOf(claims), action: "refund", ...call },
        requestDigest: DIGEST,
        costs: {},
        untrusted: false,
        versions,
        ...more,
      },
      SERVICE,
    );
  return { world, claims, operations, registry, spend };
}

async function refusedWith(act: Promise<unknown>) {
  const error: unknown = await act.catch((reason: unknown) => reason);
  let line = "";
  const answer = refusedRequest(
    error,
    { path: "/state/spend" },
    jsonLog((text) => (line += text)),
  );
  return { line, body: (await answer.json()) as { reasons: readonly { code: string; what: string; fix: string }[] } };
}

test("the line of a refused call says whose it was, and ambit explain reads it", async () => {
  const { claims, spend } = await worldOf();
  const { line } = await refusedWith(spend({ action: "refnd" }));
  expect(JSON.parse(line)).toMatchObject({
    event: "request.refused",
    path: "/state/spend",
    agent: "refund-clerk",
    task: "payout",
    txn: claims.txn,
    audience: "tool:payments",
    codes: ["token.out-of-scope"],
  });
  expect(await explaining.json(line)).toMatchObject({
    request: "the exchange is asked at /state/spend with the token of refund-clerk.payout for tool:payments",
    reasons: [{ code: "token.out-of-scope" }],
  });
});

test("a line is written where no registry is in force, the store fails, or no claims are sound", async () => {
  const { claims, world } = await worldOf();
  const none = {
    current: () => {
      throw new RegistryUnavailable("none");
    },
  } as unknown as Registry;
  const failing = { ...world.state, read: () => Promise.reject(new StoreUnavailable("gone")) } as never;
  const { line } = await refusedWith(namedOperations(failing, none).read({ claims }, SERVICE));
  expect(JSON.parse(line)).toMatchObject({ agent: claims.client_id, task: "payout", codes: ["store.unavailable"] });
  for (const body of [undefined, null, "claims", { claims: {} }]) {
    const { line: unnamed } = await refusedWith(namedOperations(world.state, none).read(body, SERVICE));
    expect(JSON.parse(unnamed)).not.toHaveProperty("agent");
  }
});

describe("a misspelt name is answered with the nearest name within the token", () => {
  test.each([
    [
      "an action",
      { action: "refnd" },
      "token.out-of-scope",
      "name refund, the action of this token whose name is nearest, or grant the other one",
    ],
    [
      "a tool",
      { tool: "paymnets" },
      "token.other-audience",
      "name payments, the tool of this token whose name is nearest, or grant the other one",
    ],
  ])("%s", async (_, call, code, fix) => {
    const { spend } = await worldOf();
    expect((await refusedWith(spend(call))).body.reasons).toMatchObject([{ code, fix }]);
  });

  test.each([
    ["an action of the tool that the token is not for", { action: "find" }],
    ["a tool that is declared and not the token's", { tool: "zendesk" }],
    ["a name like another agent's tool", { tool: "zendsk" }],
    ["any name", { action: "transfer-everything" }],
  ])("and %s is not answered so", async (_, call) => {
    const { spend } = await worldOf();
    const { reasons } = (await refusedWith(spend(call))).body;
    expect(reasons).toHaveLength(1);
    expect(reasons[0]?.fix).not.toMatch(/nearest/);
  });

  test.each([
    ["of the body", { untrustd: true }, 'the body has the unknown member untrustd, did you mean "untrusted"'],
    ["of no likely name", { "<b>": 1 }, "the body has a member that is unknown"],
  ])("a member %s", async (_, more, what) => {
    const { spend } = await worldOf();
    expect((await refusedWith(spend({}, more))).body.reasons).toMatchObject([{ code: "request.malformed", what }]);
  });

  test("a member in the place of one that must be there", async () => {
    const { operations, claims } = await worldOf();
    const { reasons } = (await refusedWith(operations.outcome({ claims, cal: {} }, SERVICE))).body;
    const what = 'the body has the unknown member cal, did you mean "call"';
    expect(reasons).toMatchObject([{ code: "request.malformed", what }]);
  });

  test("a member of the call", async () => {
    const { spend } = await worldOf();
    const what = 'call has the unknown member destinaton, did you mean "destination"';
    expect((await refusedWith(spend({ destinaton: "x" }))).body.reasons).toMatchObject([
      { code: "request.malformed", what },
    ]);
  });
});
