import type { DecisionInput, ReasonCode } from "../../../../domain";
import type { GatewayRequest } from "../../../../runtime/authorizer/call/gateway-request";
import { Denial } from "../../../../runtime/authorizer/denial";
import { deniedResponse } from "../../../../runtime/authorizer/envoy/check-response";
import { Refusal } from "../../../../runtime/refusal/refusal";
import { AuthorizerWorld } from "../../../support/authorizer-world";

const PENDING = { id: "handle", status: "pending", expires_at: 1_800_003_600, group: "leads" };
const APPROVED = {
  group: "leads",
  requestDigest: `sha256:${"1".repeat(64)}`,
  decidedBy: { issuer: "https://login.example", subject: "leo" },
  expiresAt: 1_800_000_300,
  spent: false,
};
/** As the policy does: calls without approval are refused, some for further reasons too */
const refusing =
  (...others: readonly ReasonCode[]) =>
  ({ approval }: DecisionInput): readonly ReasonCode[] =>
    approval === null ? ["approval.required", ...others] : others.filter((code) => code !== "session.tainted");

function approving(...others: readonly ReasonCode[]): AuthorizerWorld {
  const world = new AuthorizerWorld();
  world.approvers = "leads";
  world.accessRequest = PENDING;
  world.refusing = refusing(...others);
  return world;
}

const note = { text: "a" };
const called = (world: AuthorizerWorld, body: object = note) => world.told(world.post("/notes", body));

test("people are asked about a call where only their approval is missing", async () => {
  const world = approving();
  expect(await called(world)).toBe("approval_required approval.required");
  expect(world.steps).toEqual([{ arguments: note }, { arguments: note, ask: { versions: [1], revision: 7 } }]);
});

/** What Envoy answers the agent with */
async function answered(world: AuthorizerWorld, headers: GatewayRequest["headers"] = []) {
  const denial: unknown = await world.authorizer
    .authorize({
      certificate: "-",
      tool: "crm",
      destination: "crm.acme.example",
      method: "GET",
      path: "/tools/crm/records/7",
      headers,
      body: Buffer.alloc(0),
    })
    .catch((error: unknown) => error);
  const { denied_response: answer } = deniedResponse(denial as Denial, "decision") as {
    readonly denied_response: { status: { code: number }; headers: readonly { header: object }[]; body: string };
  };
  return { ...answer, body: JSON.parse(answer.body) as Record<string, unknown> };
}

test("the agent is told who decides, until when, the handle of the request, and when to call again", async () => {
  const answer = await answered(approving());
  expect(answer.status.code).toBe(403);
  expect(answer.headers.map(({ header }) => header)).toContainEqual({ key: "retry-after", value: "5" });
  expect(answer.body).toEqual({
    error: "approval_required",
    error_description: expect.stringContaining("send exactly the same request again"),
    reasons: [expect.objectContaining({ code: "approval.required" })],
    decision_id: "decision",
    access_request: PENDING,
  });
});

test("the agent is told the same as AuthZEN has it, as the exchange says it", async () => {
  const world = approving();
  const denied = {
    decision: false,
    context: { evaluation_id: "e" },
    evaluation: { action: { name: "read" } },
  } as const;
  world.denied = denied;
  expect((await answered(world)).body).toMatchObject({
    ...denied,
    error: "approval_required",
    access_request: PENDING,
  });
});

test.each([
  ["for good", undefined, { reason: "policy_denied", next_action: "none" }],
  ["for a while", 9, { reason: "grant_pending", next_action: "retry", retry_after: 9 }],
])("what is approved and refused %s says what to do next", async (_, retryAfter, context) => {
  const world = approving("run.revoked");
  world.approval = APPROVED;
  world.retryAfter = retryAfter;
  expect((await answered(world)).body).toMatchObject({ error: "access_denied", decision: false, context });
});

describe("an approval that the agent shows", () => {
  const SHOWN = [["authzen-approval", '{"id":"apr_1","approved_until":"2027-01-01T00:00:00Z"}']] as const;

  test("goes to the exchange with each step, and not to the tool", async () => {
    const world = approving();
    world.approval = APPROVED;
    const headers = [...SHOWN, ["content-type", "application/json"]] as const;
    const allowed = await world.allowed({ ...world.post("/notes", note), headers });
    expect(allowed.remove).toEqual(["authzen-approval"]);
    expect(world.steps.map(({ approval }) => approval)).toEqual(["apr_1", "apr_1"]);
  });

  test("is passed over where the task asks no person", async () => {
    const world = new AuthorizerWorld();
    expect(await world.told({ headers: SHOWN })).toContain("allowed");
    expect(world.steps.some((steps) => "approval" in steps)).toBe(false);
  });

  test.each([
    ["none of its run", "approval.unverifiable", "approval_unverifiable"],
    ["of a call that people refused", "approval.refused", "policy_denied"],
  ] as const)("is %s: the agent is told that nothing helps", async (_, code, reason) => {
    const world = approving();
    world.before = () => {
      throw new Denial("access_denied", Refusal.of(code).reasons);
    };
    expect((await answered(world, SHOWN)).body).toMatchObject({
      error: "access_denied",
      reasons: [{ code }],
      decision: false,
      context: { reason, next_action: "none" },
    });
  });

  test("does not hide that people are asked anew, and why", async () => {
    const world = approving();
    const context = { reason: "approval_expired", next_action: "request" };
    world.denied = { decision: false, context, evaluation: {} };
    expect((await answered(world, SHOWN)).body).toMatchObject({ error: "approval_required", context });
  });

  test.each([
    ["no JSON", [["authzen-approval", "apr_1"]]],
    ["without an id", [["authzen-approval", "{}"]]],
    ["a list", [["authzen-approval", '["apr_1"]']]],
    ["sent twice", [SHOWN[0], SHOWN[0]]],
  ] as const)("fails where it is %s, and the exchange is not asked", async (_, headers) => {
    const world = approving();
    expect(await world.told({ headers })).toBe("invalid_request call.header");
    expect(world.steps).toEqual([]);
  });
});

test("what no person has approved and the policy refuses says nothing of that", async () => {
  expect((await answered(approving("run.revoked"))).body).not.toHaveProperty("context");
});

test("an approved call is spent with its arguments, on the state that the exchange knows now", async () => {
  const world = approving();
  await called(world);
  world.approval = APPROVED;
  world.steps.length = 0;
  expect(await called(world)).toContain("allowed note");
  expect(world.steps).toMatchObject([{ arguments: note }, { arguments: note, spend: { versions: [1] } }]);
  expect(world.steps[0]).toEqual({ arguments: note });
});

test("a call with approval is decided anew, and not on the state of the call before it", async () => {
  const world = approving();
  world.approval = APPROVED;
  expect(await called(world)).toContain("allowed note");
  world.approval = null;
  expect(await called(world, { text: "b" })).toBe("approval_required approval.required");
});

test("a tainted session asks a person, as an approved call may go out", async () => {
  const world = approving("session.tainted");
  expect(await called(world)).toBe("approval_required approval.required");
});

test.each([["mark.above-clearance"], ["run.revoked"], ["action.not-granted"], ["intent.refused"]] as const)(
  "fails for %s beside the missing approval, without requesting one",
  async (code) => {
    const world = approving(code);
    expect(await called(world)).toBe(`access_denied approval.required,${code}`);
    expect(world.steps).toEqual([{ arguments: note }]);
  },
);

test("fails where a person has approved a call that the policy refuses", async () => {
  const world = approving("run.revoked");
  world.approval = APPROVED;
  expect(await called(world)).toBe("access_denied run.revoked");
});

test("fails for a tainted session of a task without approvers, without requesting approval", async () => {
  const world = new AuthorizerWorld();
  world.refusing = () => ["session.tainted"];
  expect(await called(world)).toBe("access_denied session.tainted");
  expect(world.steps).toEqual([{ arguments: undefined }]);
});

test("a call is decided anew where its session changes before people are asked", async () => {
  const world = approving();
  let first = true;
  world.before = () => {
    if (world.steps.length === 2 && first) {
      first = false;
      world.version = 2;
      world.approval = APPROVED;
    }
  };
  expect(await called(world)).toContain("allowed note");
  expect(world.steps.map((step) => Object.keys(step).sort().join())).toEqual([
    "arguments",
    "arguments,ask",
    "arguments,spend",
  ]);
});

test("fails where Envoy has given the call up, without requesting approval", async () => {
  const world = approving();
  let left = 1;
  expect(await world.told(world.post("/notes", note), () => (left -= 1) >= 0)).toBe(
    "temporarily_unavailable gateway.authorizer",
  );
  expect(world.steps).toEqual([{ arguments: note }]);
});

test.each([
  ["as much as people read", 32_757, "approval_required approval.required"],
  ["a byte more than people read", 32_758, "invalid_request call.too-large"],
])("arguments have %s", async (_, length, said) => {
  const world = approving();
  expect(await called(world, { text: "a".repeat(length) })).toBe(said);
});

test("the exchange gets no arguments of a call that needs no approval", async () => {
  const world = new AuthorizerWorld();
  expect(await called(world)).toContain("allowed note");
  expect(world.steps.map(({ arguments: told }) => told)).toEqual([undefined, undefined]);
});
