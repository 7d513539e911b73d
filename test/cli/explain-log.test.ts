import { request } from "../support/decisions/request";
import { Explaining } from "../support/explaining";

const explaining = new Explaining("explain-log");
const DELETE = request({ call: { action: "delete" }, token: { scope: ["delete"] } });

describe("from a log", () => {
  const verdict = (allow: boolean, ...reasons: readonly string[]) => ({ allow, reasons, observed: [], revision: 41 });
  const masked = { ...DELETE, user: { ...DELETE.user, subject: "masked" } };
  const event = { decision_id: "7a1f8b3e", path: "ambit/decision/result", masked: ["/input/user/subject"] };

  test("an event of OPA is explained by its revision, and says what it masks", async () => {
    const found = await explaining.json({ ...event, input: masked, result: verdict(false, "action.not-granted") });
    expect(found).toMatchObject({
      name: "7a1f8b3e",
      policy: { revision: 41 },
      masked: ["user.subject"],
      logged: { decision: "deny", reasons: ["action.not-granted"], revision: 41, same: true },
    });
    expect(await explaining.text({ ...event, input: masked, result: verdict(false, "action.not-granted") })).toContain(`
  named 7a1f8b3e
  masked in the log: user.subject. They are compared as the log says, and otherwise opaque
`);
  });

  test("a decision that is another one by this policy is said to be", async () => {
    const shown = await explaining.text({ decision: { decision: "allow", reasons: [], revision: 40 }, input: DELETE });
    expect(shown).toContain("\n  the log says otherwise: allowed, by revision 40\n");
  });

  test("an older policy that was put back is explained by the revision that it had", async () => {
    const { reasons, remedy } = await explaining.json({
      ...event,
      input: { ...masked, call: request().call, token: request().token },
      result: { ...verdict(false, "policy.stale"), revision: 0 },
    });
    expect(reasons).toMatchObject([
      { code: "policy.stale", what: "the policy has revision 0, and revision 7 was seen already" },
    ]);
    expect(remedy).toMatchObject({ possible: true, changes: [{ kind: "platform" }] });
  });

  test("where the engine failed, the request is decided by this policy", async () => {
    const logged = { decision: "deny", reasons: [{ code: "engine.timeout" }], revision: 0 };
    expect(await explaining.json({ decision: logged, input: request() })).toMatchObject({
      decision: "allow",
      policy: { revision: 7 },
      logged: { reasons: ["engine.timeout"], same: false },
      remedy: null,
    });
  });

  test.each([
    { erased: ["/input/call"], input: { ...masked, call: undefined } },
    { masked: ["/input/call/tool"], input: { ...masked, call: { ...masked.call, tool: "masked" } } },
  ])("a request of which the log hides more than is compared is not decided again: %j", async (changes) => {
    const found = await explaining.json({ ...event, ...changes, result: verdict(false, "run.over") });
    expect(found).toMatchObject({
      request: "a request that the log line does not show",
      logged: { same: true },
      reasons: [{ code: "run.over" }],
      remedy: { possible: false },
    });
    const shown = await explaining.text({ ...event, ...changes, result: verdict(false, "run.over") });
    expect(shown).toContain("masked in the log: call");
    expect(shown).not.toContain("compared as the log says");
  });

  test("a request that the log does not show is not decided again", async () => {
    const erased = { decision_id: "7a1f8b3e", result: verdict(false, "input.malformed"), erased: ["/input"] };
    expect(await explaining.json(erased)).toMatchObject({
      request: "a request that the log line does not show",
      decision: "deny",
      reasons: [{ code: "input.malformed", what: "the request to decide is not of the contract", declared: null }],
      remedy: {
        possible: false,
        because: [
          { code: "input.malformed", why: "the log line does not show the request, so it cannot be decided again" },
        ],
      },
    });
  });
});

describe("a request that is none", () => {
  test.each<readonly [string, unknown, string, string]>([
    ["has a field too many", { ...request(), scope: "all" }, "input.malformed", "request must be an object of "],
    ["has a field too few", { ...request(), run: undefined }, "input.malformed", "run must be there, got nothing"],
    ["is of another version", { ...request(), version: "ambit.decision/2" }, "input.version", "version must be "],
    [
      "is too large",
      request({ call: { data: Array.from({ length: 99 }, (_, index) => `${index}:read`) } }),
      "input.too-large",
      "call.data must have ",
    ],
    ["is a text", '"request"', "input.malformed", "request must be an object, got "],
    ["is null", "null", "input.malformed", "request must be an object, got null"],
    ["is a list", [request()], "input.malformed", "request must be an object, got "],
  ])("is explained where it %s", async (_, value, code, what) => {
    const { decision, reasons, remedy } = await explaining.json(value);
    expect([decision, reasons.map((reason) => reason.code), remedy?.possible]).toEqual(["deny", [code], false]);
    expect(reasons[0]?.what.startsWith(what)).toBe(true);
    expect(await explaining.text(value)).toContain("\nnothing allows it as it is\n");
  });
});
