import fc from "fast-check";
import { askedIn, checkedIn } from "../../cli/asked";
import { checkInput } from "../../domain";
import { request, requestLike } from "../support/decisions/request";
import "../support/depth";

const REDACTED = "**REDACTED**";
const call = request();
const refund = requestLike("triage refunds with an approval");
const event = (changes: object = {}): object => ({
  decision_id: "7a1f8b3e",
  path: "ambit/decision/result",
  input: call,
  result: { allow: true, reasons: [], observed: [], revision: 41 },
  ...changes,
});
const denied = (...reasons: readonly string[]) => ({ allow: false, reasons, observed: [], revision: 41 });

describe("what a request comes in", () => {
  test("a request of the contract is itself", () => {
    expect(askedIn(call)).toEqual({ input: call, masked: [] });
  });

  test("a named case has its name", () => {
    expect(askedIn({ name: "reads", input: call })).toEqual({ name: "reads", input: call, masked: [] });
  });

  test("an event of OPA's decision log has its id and its verdict", () => {
    expect(askedIn(event({ result: denied("run.over", "action.not-granted") }))).toEqual({
      name: "7a1f8b3e",
      input: call,
      logged: { decision: "deny", reasons: ["action.not-granted", "run.over"], revision: 41 },
      masked: [],
    });
  });

  test("a line of the authorizer's log has its decision", () => {
    const decision = {
      version: "ambit.decision/1",
      decision: "deny",
      reasons: [{ code: "run.over", what: "the run is over", fix: "start a new run" }],
      observed: [],
      revision: 7,
    };
    expect(askedIn({ level: 30, time: 1, decision, input: call })).toEqual({
      input: call,
      logged: { decision: "deny", reasons: ["run.over"], revision: 7 },
      masked: [],
    });
  });

  test.each<readonly [string, unknown]>([
    ["no verdict", undefined],
    ["an unknown verdict", "allow"],
    ["reasons that are no list", { allow: false, reasons: "run.over" }],
    ["a reason that is no code", { allow: false, reasons: [7] }],
    ["an object without allow", { reasons: [] }],
  ])("fails to say what was decided where the log has %s", (_, result) => {
    expect(askedIn(event({ result }))).toEqual({ name: "7a1f8b3e", input: call, masked: [] });
  });

  test("a verdict without a sound revision has none", () => {
    for (const revision of [undefined, -1, "41", 0.5]) {
      expect(askedIn(event({ result: { ...denied("run.over"), revision } })).logged?.revision).toBe(0);
    }
  });

  test("a line that holds no request has none", () => {
    const erased = { decision_id: "7a1f8b3e", result: denied("input.malformed"), erased: ["/input"] };
    expect(askedIn(erased)).toMatchObject({ input: undefined, logged: { decision: "deny" }, masked: [""] });
  });

  test.each([null, undefined, 7, "text", true, [], [call], {}, { requests: [] }])(
    "fails to find a request in %p, which is then refused as it is",
    (value) => {
      const { input, ...rest } = askedIn(value);
      expect([input, rest, checkInput(input).ok]).toEqual([value, { masked: [] }, false]);
    },
  );

  test("reading a line never throws, for any content", () => {
    const keys = fc.constantFrom("input", "result", "decision", "masked", "erased", "decision_id", "name", "version");
    const lines = fc.dictionary(keys, fc.anything());
    fc.assert(
      fc.property(fc.oneof(lines, fc.anything()), (value) => expect(askedIn(value).masked).toBeInstanceOf(Array)),
    );
  });
});

describe("what the log masks", () => {
  const masked = (input: object, ...paths: readonly string[]) => askedIn(event({ input, masked: paths }));
  const valid = (input: unknown): boolean => checkInput(input).ok;

  test("is named once, whether the event says so or it can be seen", () => {
    const user = { ...call.user, subject: "masked" };
    expect(masked({ ...call, user }, "/input/user/subject").masked).toEqual(["user.subject"]);
    expect(masked({ ...call, user }).masked).toEqual(["user.subject"]);
    expect(askedIn({ decision: {}, input: { ...call, user: { ...call.user, subject: REDACTED } } }).masked).toEqual([
      "user.subject",
    ]);
  });

  test("of OPA's own masks, who decided is still the user served, or is not", () => {
    for (const subject of ["masked", "masked-other"]) {
      const decidedBy = { ...refund.approval?.decidedBy, subject };
      const input = {
        ...refund,
        user: { ...refund.user, subject: "masked" },
        approval: { ...refund.approval, decidedBy },
      };
      expect(masked(input, "/input/user/subject", "/input/approval/decidedBy/subject").input).toEqual(input);
    }
  });

  test.each([
    ["masked-other", denied("approval.over")],
    ["masked", denied("approval.by-requester")],
  ])("a person that is redacted is %s, as the logged decision says", (subject, result) => {
    const input = {
      ...refund,
      user: { ...refund.user, subject: REDACTED },
      approval: { ...refund.approval, decidedBy: { ...refund.user, subject: REDACTED } },
    };
    const { input: restored } = askedIn(event({ input, result }));
    expect(restored).toEqual({
      ...refund,
      user: { ...refund.user, subject: "masked" },
      approval: { ...refund.approval, decidedBy: { ...refund.user, subject } },
    });
    expect(valid(restored)).toBe(true);
  });

  test("a whole person that is redacted or erased counts as a user", () => {
    const { user: _, ...erased } = call;
    for (const input of [{ ...call, user: REDACTED }, erased]) {
      const { input: restored } = masked(input, "/input/user");
      expect(restored).toEqual({ ...call, user: { issuer: "masked", subject: "masked" } });
    }
  });

  test("a part of a person that is erased is there again", () => {
    const { input: restored } = masked(
      { ...call, user: { issuer: "https://login.acme.example" } },
      "/input/user/subject",
    );
    expect(restored).toEqual({ ...call, user: { issuer: "https://login.acme.example", subject: "masked" } });
  });

  test("a digest that is redacted is that of the approval, unless the log says otherwise", () => {
    const input = { ...refund, requestDigest: REDACTED };
    expect(masked(input).input).toEqual({ ...refund, requestDigest: refund.approval?.requestDigest });
    const approval = { ...refund.approval, requestDigest: REDACTED };
    expect(masked({ ...refund, approval }).input).toEqual(refund);
    const { input: other } = askedIn(
      event({ input: { ...refund, approval }, result: denied("approval.other-request") }),
    );
    expect(other).toEqual({ ...refund, approval: { ...approval, requestDigest: `sha256:${"f".repeat(64)}` } });
    const both = masked({ ...refund, requestDigest: REDACTED, approval }).input;
    expect(valid(both)).toBe(true);
  });

  test.each<readonly [string, object, object]>([
    ["run", { ...call, run: REDACTED }, {}],
    ["run", { ...call, run: REDACTED }, { masked: ["/input/run"] }],
    ["call.tool", { ...call, call: { ...call.call, tool: "masked" } }, { masked: ["/input/call/tool"] }],
    ["call.data.0", { ...call, call: { ...call.call, data: [REDACTED] } }, {}],
    ["call", { ...call, call: undefined }, { erased: ["/input/call"] }],
    ["approval", { ...refund, approval: null }, { masked: ["/input/approval"] }],
    ["the request", {}, { erased: ["/input"] }],
  ])("fails to be decided again where the log hides %s, and says so", (path, input, said) => {
    const found = askedIn(event({ input, ...said }));
    const what = `the log does not show ${path}, so the request cannot be decided again`;
    expect(found).toMatchObject({ input: undefined, logged: { decision: "allow" } });
    expect(checkedIn(found)).toEqual({ ok: false, problem: { code: "input.malformed", what } });
  });

  test("a path that only begins like the input hides nothing of it", () => {
    expect(askedIn(event({ erased: ["/inputs/call"] }))).toMatchObject({ input: call, masked: [] });
  });

  test("a request that was not logged may say masked", () => {
    const input = request({ user: { issuer: "https://login.acme.example", subject: "masked" } });
    expect(askedIn(input)).toEqual({ input, masked: [] });
  });
});
