import { type Decision, type DecisionInput, REASONS, type Verdict } from "../../../domain";
import { Decider, reasonOf } from "../../../runtime/decision/decider";
import { type DecisionEngine, EngineError, soundVerdict } from "../../../runtime/decision/engine";
import { request } from "../../support/decisions/request";

const ALLOWED: Verdict = { allow: true, reasons: [], observed: [], revision: 7 };

class FakeEngine implements DecisionEngine {
  public readonly name = "cedar";
  public asked: DecisionInput[] = [];

  constructor(private readonly answer: () => unknown) {}

  public async decide(input: DecisionInput): Promise<Verdict> {
    this.asked.push(input);
    return this.answer() as Verdict;
  }
}

const decide = (answer: () => unknown, onFailure?: (error: unknown) => void): Promise<Decision> =>
  new Decider(new FakeEngine(answer), onFailure).decide(request());
const fail = (error: unknown) => () => {
  throw error;
};
const codes = ({ decision, reasons, observed, revision }: Decision) => ({
  decision,
  reasons: reasons.map(({ code }) => code),
  observed: observed.map(({ code }) => code),
  revision,
});
const denied = (...reasons: readonly string[]) => ({ decision: "deny", reasons, observed: [], revision: 0 });

test("what the engine allows is allowed, with the revision of its policy", async () => {
  expect(await decide(() => ALLOWED)).toEqual({
    version: "ambit.decision/1",
    decision: "allow",
    reasons: [],
    observed: [],
    revision: 7,
  });
});

test("what was only observed is named beside an allowed decision, with its text", async () => {
  const { observed } = await decide(() => ({ ...ALLOWED, observed: ["order.broken", "budget.spent"] }));
  expect(observed).toEqual([
    {
      code: "budget.spent",
      what: "a budget of the task has no room for this call",
      fix: "wait for the next period, or raise the budget",
    },
    { code: "order.broken", what: "an action that must succeed first has not", fix: "do it first, and let it succeed" },
  ]);
});

test("every reason of a denial is explained, in one order", async () => {
  const verdict = {
    allow: false,
    reasons: ["run.over", "custom.night", "action.not-granted"],
    observed: [],
    revision: 7,
  };
  const { decision, reasons } = await decide(() => verdict);
  expect(decision).toBe("deny");
  expect(reasons).toEqual([
    {
      code: "action.not-granted",
      what: "the task does not grant this tool action",
      fix: "add it to the task's tools",
    },
    {
      code: "custom.night",
      what: "a rule of the platform's own refused",
      fix: "look at the rule of this code",
    },
    { code: "run.over", what: "the run is over", fix: "start a new run" },
  ]);
});

test.each([
  ["an engine's own error", new EngineError("engine.error", "cannot parse"), "engine.error"],
  ["a time-out", new EngineError("engine.timeout", "no answer within 50 ms"), "engine.timeout"],
  ["any other error", new TypeError("undefined is not a function"), "engine.error"],
  ["something that is no error", "broken", "engine.error"],
  ["nothing", undefined, "engine.error"],
])("fails when the engine throws %s, and reports it to the listener", async (_, error, code) => {
  const told: unknown[] = [];
  expect(codes(await decide(fail(error), (what) => told.push(what)))).toEqual(denied(code));
  expect(told).toEqual([error]);
});

test("fails with a denial when the listener throws", async () => {
  const decision = await decide(fail(new EngineError("engine.timeout", "late")), fail(new Error("the log is full")));
  expect(codes(decision)).toEqual(denied("engine.timeout"));
});

test("fails when an older policy than one already seen allows", async () => {
  const engine = new FakeEngine(() => ({ ...ALLOWED, revision: 6 }));
  expect(codes(await new Decider(engine).decide(request({ revisionSeen: 7 })))).toEqual(denied("engine.error"));
});

test("fails when the engine only observed what always refuses", async () => {
  expect(codes(await decide(() => ({ ...ALLOWED, observed: ["agent.suspended"] })))).toEqual(denied("engine.error"));
});

test("fails when the engine throws before it promises anything", async () => {
  const engine: DecisionEngine = { name: "opa", decide: fail(new Error("socket is gone")) };
  expect(codes(await new Decider(engine).decide(request()))).toEqual(denied("engine.error"));
});

const UNSOUND: readonly (readonly [string, unknown])[] = [
  ["no verdict", undefined],
  ["null", null],
  ["a text", "allow"],
  ["true", true],
  ["a list", [ALLOWED]],
  ["an empty object", {}],
  ["a text for allow", { ...ALLOWED, allow: "true" }],
  ["a number for allow", { ...ALLOWED, allow: 1 }],
  ["allowed, with a reason", { ...ALLOWED, reasons: ["run.over"] }],
  ["denied, without a reason", { ...ALLOWED, allow: false }],
  ["denied, and something observed", { ...ALLOWED, allow: false, reasons: ["run.over"], observed: ["order.broken"] }],
  ["no reasons", { allow: true, observed: [], revision: 7 }],
  ["reasons that are no list", { ...ALLOWED, reasons: "" }],
  ["reasons that are a set", { ...ALLOWED, reasons: new Set() }],
  ["a reason that is no text", { ...ALLOWED, allow: false, reasons: [7] }],
  ["an empty reason", { ...ALLOWED, allow: false, reasons: [""] }],
  ["nothing observed", { allow: true, reasons: [], revision: 7 }],
  ["no revision", { allow: true, reasons: [], observed: [] }],
  ["a revision as text", { ...ALLOWED, revision: "7" }],
  ["a revision below zero", { ...ALLOWED, revision: -1 }],
  ["half a revision", { ...ALLOWED, revision: 0.5 }],
  ["a revision beyond exact numbers", { ...ALLOWED, revision: 2 ** 53 }],
];

test.each(UNSOUND)("fails when the verdict is %s", async (_, verdict) => {
  expect(codes(await decide(() => verdict))).toEqual(denied("engine.error"));
  expect(() => soundVerdict(verdict, "opa")).toThrow(/^opa gave no sound verdict: /);
});

test("a verdict's error says what was sent", () => {
  const { code, message } = (() => {
    try {
      return soundVerdict({ allow: true }, "opa") as never;
    } catch (error) {
      return error as EngineError;
    }
  })();
  expect({ code, message }).toEqual({ code: "engine.error", message: 'opa gave no sound verdict: {"allow":true}' });
});

test.each(["budget.exceeded", "custom", "toString", "__proto__", "CUSTOM.night", " run.over"])(
  "fails when the engine refuses with the unknown %p",
  async (code) => {
    const verdict = { allow: false, reasons: ["run.over", code], observed: [], revision: 7 };
    expect(codes(await decide(() => verdict))).toEqual(denied("engine.error"));
  },
);

test("fails when the engine observed an unknown code: it might have been a refusal", async () => {
  expect(codes(await decide(() => ({ ...ALLOWED, observed: ["budget.exceeded"] })))).toEqual(denied("engine.error"));
});

test("every code has its texts, and each says something else", () => {
  const reasons = Object.keys(REASONS).map(reasonOf);
  expect(reasons.filter(({ what, fix }) => what.trim() === "" || fix.trim() === "")).toEqual([]);
  const whats = reasons.map(({ what }) => what);
  expect(whats.filter((what, index) => whats.indexOf(what) !== index)).toEqual([]);
});

describe("a request that is not of the contract", () => {
  const engine = () => new FakeEngine(() => ALLOWED);

  test.each([
    ["input.malformed", { ...request(), scope: "all" }, "request must be an object of "],
    ["input.malformed", null, "request must be an object, got null"],
    ["input.version", { ...request(), version: "ambit.decision/2" }, "version must be ambit.decision/1, got "],
    [
      "input.too-large",
      request({ call: { data: Array.from({ length: 65 }, (_, index) => `d${index}:read`) } }),
      "call.data must have at most 64 entries, got 65",
    ],
  ])("fails with %s, its own words and without asking the engine", async (code, input, what) => {
    const asked = engine();
    const decision = await new Decider(asked).decide(input);
    expect(codes(decision)).toEqual(denied(code));
    expect(decision.reasons[0]?.what.startsWith(what)).toBe(true);
    expect(asked.asked).toEqual([]);
  });

  test("fails when bytes are no request, and decides on bytes that are one", async () => {
    const asked = engine();
    const decider = new Decider(asked);
    const bytes = Buffer.from(JSON.stringify(request()));
    expect(codes(await decider.decideBytes(bytes.subarray(1)))).toEqual(denied("input.malformed"));
    expect(codes(await decider.decideBytes(Buffer.alloc(65_537, 0x20)))).toEqual(denied("input.too-large"));
    expect(asked.asked).toEqual([]);
    expect((await decider.decideBytes(bytes)).decision).toBe("allow");
    expect(asked.asked).toEqual([request()]);
  });
});
