import { policyProblems } from "../../domain";
import { caseOf, type Written } from "../support/decisions/cases";
import { edited, NOON, read } from "../support/decisions/edit";
import { examplePolicy, policyWith } from "../support/decisions/policy";

const request = { task: "answer", chain: [{ task: "a" }, { task: "b" }], user: null };

describe("an edit", () => {
  test("changes a copy", () => {
    expect(edited(request, [[["chain", "1", "task"], "c"]], "case")).toEqual({
      ...request,
      chain: [{ task: "a" }, { task: "c" }],
    });
    expect(request.chain[1]).toEqual({ task: "b" });
  });

  test("takes away and adds fields and entries", () => {
    const edits = [
      [["chain", "0"], { $delete: true }],
      [["task"], { $delete: true }],
      [["chain", "1"], { $add: "new" }],
      [["allow"], { $add: { $time: -60 } }],
    ] as const;
    expect(edited(request, edits, "case")).toEqual({ chain: [{ task: "b" }, "new"], user: null, allow: NOON - 60 });
  });

  test("may name what every object has", () => {
    const copy = edited<object>({}, [[["__proto__"], { $add: 1 }]], "case");
    expect(Object.keys(copy)).toEqual(["__proto__"]);
  });

  test.each([
    ["a path that is not there", ["tasks"], 1, 'case: tasks is not there: correct the path, or write {"$add": value}'],
    [
      "a path below a value",
      ["task", "name"],
      1,
      'case: task/name is not there: correct the path, or write {"$add": value}',
    ],
    [
      "a path that every object has",
      ["toString"],
      1,
      'case: toString is not there: correct the path, or write {"$add": value}',
    ],
    [
      "an addition of what is there",
      ["task"],
      { $add: "x" },
      "case: task is there already: write the value without $add",
    ],
    ["an addition to nothing", ["user", "issuer"], { $add: "x" }, "case: user/issuer has nothing to be added to"],
    ["a value that is there already", ["task"], "answer", 'case: task is "answer" already: leave the edit out'],
  ])("fails for %s", (_, path, value, message) => {
    expect(() => edited(request, [[path, value]], "case")).toThrow(new Error(message));
  });
});

test("long values are written short", () => {
  expect(read({ $text: { times: 3, of: "ab" } })).toBe("ababab");
  expect(read({ data: { $list: { times: 2, of: "d-#:read" } } })).toEqual({ data: ["d-0:read", "d-1:read"] });
  expect(read({ $map: { times: 2, to: 0 } })).toEqual({ "entry-0": 0, "entry-1": 0 });
});

describe("an edit of the policy", () => {
  const PATH = "agents/researcher/suspended";

  test("names agents by their names", () => {
    const id = "spiffe://prod.acme.example/ns/research/sa/researcher";
    expect(policyWith({ [PATH]: true }, "case").agents[id]?.suspended).toBe(true);
    expect(examplePolicy.agents[id]?.suspended).toBe(false);
  });

  test("gives the same object for the same edits", () => {
    expect(policyWith({ [PATH]: true }, "case")).toBe(policyWith({ [PATH]: true }, "another"));
    expect(policyWith({}, "case")).toBe(examplePolicy);
  });

  test("fails for an agent that is not there", () => {
    expect(() => policyWith({ "agents/stranger/suspended": true }, "case")).toThrow(
      "case: no such agent: stranger, name one of build-watcher, ",
    );
  });

  test.each([
    ["tools/claude/clearance", 4, "policy.tools[claude].clearance must be a whole number from 0 to 3, got 4"],
    ["intentRequired", "yes", 'policy.intentRequired must be true or false, got "yes"'],
    ["tools/claude/actions/ask/touches", ["a:read"], "policy.tools[claude].actions[ask].touches must be an object"],
    ["tools/claude/actsAsUser", { $delete: true }, "policy.tools[claude].actsAsUser is missing"],
    ["tools/claude/url", { $add: "x" }, "policy.tools[claude].url is unknown"],
  ])("fails where %s becomes %j", (path, value, problem) => {
    expect(() => policyWith({ [path]: value }, "case")).toThrow(
      new Error(`case: the edits make no policy document: ${problem}`),
    );
  });

  test("fails where the tools of a task are not those of its actions, and for a start that there is not", () => {
    const task = "agents/build-watcher/tasks/prune";
    expect(() => policyWith({ [`${task}/actions/github.pull`]: { $add: true } }, "case")).toThrow(
      /tools of build-watcher\.prune must be those of its actions: github$/,
    );
    expect(() => policyWith({ [`${task}/startedBy/admin`]: { $add: true } }, "case")).toThrow(
      /startedBy has admin, which is no start$/,
    );
  });
});

test("what synth writes is a policy document", () => {
  expect(policyProblems(examplePolicy)).toEqual([]);
});

describe("a case", () => {
  const written: Written = { name: "x", base: "watcher prunes", decision: "deny", reasons: ["run.over"] };
  const twoBases = "file: x: write either base or input";

  test("is read with the example's policy and the revision that its base has seen", () => {
    expect(caseOf("file", written)).toMatchObject({ file: "file", name: "x", policy: examplePolicy, revision: 7 });
  });

  test.each<[string, object, string]>([
    [
      "a base that there is not",
      { base: "watcher" },
      "file: x: no such base: watcher, name one of triage reads a ticket, ",
    ],
    ["no base", { base: undefined }, twoBases],
    ["a base and an input", { input: null }, twoBases],
    ["a misspelt field", { reason: [] }, "file: x: reason is unknown: write one of name, base, "],
    ["a reason that there is not", { reasons: ["run.late"] }, "file: x: no such reason: run.late"],
    [
      "reasons out of order",
      { reasons: ["run.over", "agent.unknown"] },
      "file: x: codes must be sorted: write agent.unknown, run.over",
    ],
    ["a reason twice", { reasons: ["run.over", "run.over"] }, "file: x: codes must be sorted: write run.over"],
    ["a denial without reason", { reasons: [] }, "file: x: deny contradicts its reasons"],
    ["an allowance with a reason", { decision: "allow" }, "file: x: allow contradicts its reasons"],
    [
      "something observed in a denial",
      { observed: ["order.broken"] },
      "file: x: what is denied names nothing observed",
    ],
    [
      "something observed that never is",
      { decision: "allow", reasons: [], observed: ["run.over"] },
      "file: x: run.over is never only observed",
    ],
  ])("fails for %s", (_, change, message) => {
    expect(() => caseOf("file", { ...written, ...change })).toThrow(message);
  });
});
