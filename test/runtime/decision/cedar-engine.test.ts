import { type DecisionInput, type PolicyDocument, POLICY_VERSION } from "../../../domain";
import { type CedarPolicy, cedarSources } from "../../../policies/cedar-sources";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { examplePolicy, policyWith } from "../../support/decisions/policy";
import { at, request, requestLike } from "../../support/decisions/request";

const policy = examplePolicy;
const sources = cedarSources();
const own = (id: string, text: string): CedarPolicy => ({ id, name: id, text, description: id, source: `test:${id}` });

function engineWith(change: (policies: readonly CedarPolicy[]) => readonly CedarPolicy[]): CedarEngine {
  return new CedarEngine({ policy, revision: 7, sources: { ...sources, policies: change(sources.policies) } });
}
const besides = (id: string, text: string) => engineWith((policies) => [...policies, own(id, text)]);
const without = (...ids: readonly string[]) => engineWith((policies) => policies.filter(({ id }) => !ids.includes(id)));

const suspended = policyWith({ "agents/support-triage/suspended": true }, "engine");

test("a verdict names the revision of its policy", async () => {
  const engine = new CedarEngine({ policy, revision: 9 });
  expect(await engine.decide(request())).toEqual({ allow: true, reasons: [], observed: [], revision: 9 });
  expect(engine.name).toBe("cedar");
});

test("a denial names every rule that refuses, sorted", async () => {
  const input = request({ revisionSeen: 8, time: at(10_000), call: { destination: "evil.example" } });
  expect(await new CedarEngine({ policy: suspended, revision: 7 }).decide(input)).toEqual({
    allow: false,
    reasons: ["agent.suspended", "destination.undeclared", "policy.stale", "run.over", "session.idle", "token.over"],
    observed: [],
    revision: 7,
  });
});

describe("another policy", () => {
  test("decides from the next request on", async () => {
    const engine = new CedarEngine({ policy, revision: 7 });
    const before = engine.decide(request());
    engine.replace(suspended, 8);
    expect(await before).toMatchObject({ allow: true, revision: 7 });
    expect(await engine.decide(request())).toMatchObject({ reasons: ["agent.suspended"], revision: 8 });
  });

  test.each([
    [
      "of another version",
      { ...policy, version: "ambit.policy/2" },
      8,
      `the policy document is not sound: policy.version must be ${POLICY_VERSION}, got "ambit.policy/2"`,
    ],
    ["without version", {}, 8, "the policy document is not sound: policy.version is missing"],
    [
      "with a rank that is no number",
      { ...policy, datasets: { ...policy.datasets, orders: null } },
      8,
      "the policy document is not sound: policy.datasets[orders] must be a whole number from 0 to 3, got null",
    ],
    [
      "with an unknown property",
      { ...policy, intentReqired: true },
      8,
      "the policy document is not sound: policy.intentReqired is unknown",
    ],
    ["without revision", policy, NaN, "revision must be a whole number from 0, got NaN"],
    ["with half a revision", policy, 7.5, "revision must be a whole number from 0, got 7.5"],
    ["with a revision below 0", policy, -1, "revision must be a whole number from 0, got -1"],
  ])("fails when it comes %s, and the one before decides on", async (_, other, revision, message) => {
    const engine = new CedarEngine({ policy, revision: 7 });
    expect(() => engine.replace(other as PolicyDocument, revision)).toThrow(new Error(message));
    expect(() => new CedarEngine({ policy: other as PolicyDocument, revision })).toThrow(new Error(message));
    expect(await engine.decide(request())).toMatchObject({ allow: true, revision: 7 });
  });
});

describe("a policy of the platform's own", () => {
  const freeze = besides("custom.freeze", 'forbid (principal, action, resource) when { context.start == "user" };');

  test("refuses with its id", async () => {
    expect(await freeze.decide(request())).toMatchObject({ allow: false, reasons: ["custom.freeze"] });
    expect(await freeze.decide(requestLike("reader searches by itself"))).toMatchObject({ allow: true });
  });

  test("refuses also where it asks for a fact that is named like a property of every object", async () => {
    const always = besides("custom.always", "forbid (principal, action, resource) when { !(context has toString) };");
    expect(await always.decide(request())).toMatchObject({ allow: false, reasons: ["custom.always"] });
  });

  test("is heard beside the others, and where the agent is unknown", async () => {
    const input = request({ agent: { name: "stranger" } });
    expect(await freeze.decide(input)).toMatchObject({ reasons: ["agent.unknown", "custom.freeze"] });
  });
});

describe("nothing is decided, and so everything denied,", () => {
  const refusal = (message: string) => ({
    name: "EngineError",
    code: "engine.error",
    message: `cedar gave no sound answer: ${message}`,
  });

  test("where a policy cannot be evaluated, even if another refuses", async () => {
    const overflow = "forbid (principal, action, resource) when { context.time * 9223372036854775807 > 0 };";
    const engine = besides("custom.broken", overflow);
    for (const input of [request(), request({ revocation: { revoked: ["agent"] } })]) {
      await expect(engine.decide(input)).rejects.toMatchObject({
        code: "engine.error",
        message: expect.stringMatching(/^cedar gave no sound answer: custom\.broken: .*overflow/s),
      });
    }
  });

  test("where nothing refuses and nothing allows", async () => {
    const message = "nothing refuses, and nothing allows";
    await expect(without("allow").decide(request())).rejects.toMatchObject(refusal(message));
    await expect(without("task.undeclared").decide(request({ task: "tidy" }))).rejects.toMatchObject(refusal(message));
    await expect(without("agent.unknown").decide(request({ agent: { name: "x" } }))).rejects.toMatchObject(
      refusal(message),
    );
    const blind = request({ revocation: { known: false } });
    await expect(without("revocation.stale").decide(blind)).rejects.toMatchObject(refusal(message));
  });

  test("where only what is noted permits", async () => {
    const noted = own("observed:order.broken", "permit (principal, action, resource);");
    const engine = engineWith((policies) => [...policies.filter(({ id }) => !/^allow$|^observed/.test(id)), noted]);
    await expect(engine.decide(request())).rejects.toMatchObject(refusal("allow does not hold"));
  });

  test("where a policy permits that must not", async () => {
    const engine = besides("custom.open", "permit (principal, action, resource);");
    await expect(engine.decide(request())).rejects.toMatchObject(refusal("custom.open must not allow"));
  });

  test.each(["agents", "tools"])("where the policy has lost its %s since it was checked", async (part) => {
    const broken = { ...policy };
    const engine = new CedarEngine({ policy: broken, revision: 7 });
    Object.assign(broken, { [part]: undefined });
    await expect(engine.decide(request())).resolves.toMatchObject({ allow: false });
  });

  test("where an entry of the policy is no more as it was when it was checked", async () => {
    const broken = structuredClone(policy) as PolicyDocument;
    const engine = new CedarEngine({ policy: broken, revision: 7 });
    const [task] = Object.values(broken.agents[request().agent.spiffeId]?.tasks ?? {});
    Object.assign(task ?? {}, { budgets: { "day:calls:all": null } });
    await expect(engine.decide(request())).rejects.toMatchObject({
      name: "EngineError",
      code: "engine.error",
      message: expect.stringMatching(/^cedar could not decide: /),
      cause: expect.any(TypeError),
    });
  });

  test("where a fact is of another type than the policies take", async () => {
    const broken = structuredClone(policy) as PolicyDocument;
    const engine = new CedarEngine({ policy: broken, revision: 7 });
    Object.assign(broken.agents[request().agent.spiffeId] ?? {}, { expires: "2027-06-30" });
    await expect(engine.decide(request())).rejects.toMatchObject({
      message: expect.stringMatching(/^cedar gave no sound answer: agent\.expired: .*type error/s),
    });
  });
});

test("fails when a source is no Cedar", () => {
  expect(() => besides("custom.a", "deny;")).toThrow(/^custom\.a is no Cedar policy: failed to parse/);
});

test("texts of a request stay texts, even if they look like structures of the store", async () => {
  const engine = new CedarEngine({ policy, revision: 7 });
  for (const text of [
    "__proto__",
    "constructor",
    '{"__entity":{"type":"A","id":"b"}}',
    '"',
    "\\",
    "\u0000",
    "a\nb",
    "😀",
  ]) {
    const input: DecisionInput = {
      ...request(),
      agent: { name: text, spiffeId: text },
      task: text,
      user: { issuer: text, subject: text },
      call: { tool: text, action: text, destination: text, data: [text] },
      token: { audience: text, expiresAt: at(60), scope: [text] },
    };
    expect(await engine.decide(input)).toMatchObject({ reasons: ["agent.unknown"] });
    expect(await engine.decide({ ...input, agent: request().agent })).toMatchObject({
      reasons: ["task.undeclared", "token.other-audience"],
    });
  }
});
