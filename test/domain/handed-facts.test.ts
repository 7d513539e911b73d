import fc from "fast-check";
import type { Declarations, RegistryEdge, RegistryTask } from "../../domain/registry/document";
import { riskOf } from "../../domain/rules/risk";
import { handedFacts } from "../../domain/rules/handed-facts";
import { taskRiskFacts } from "../../domain/rules/risk-facts";
import { wayOut } from "../../domain/rules/way-out";
import type { SensitivityName } from "../../domain";
import { depth } from "../support/depth";

type Task = RegistryTask<SensitivityName>;
type Edge = RegistryEdge<SensitivityName>;
type Tasks = Readonly<Record<string, Partial<Task>>>;

const LEVELS = ["public", "internal", "confidential", "restricted"] as const;
const open: Edge = { depth: 3, actions: "any", data: "any", sensitivity: "restricted", ttlSeconds: 60 };

const action = { impact: "low", writes: false, outward: false, touches: {}, match: { method: "GET", path: "/" } };
const tool = (props: object, actions: object) => ({
  ...{ kind: "http", url: "https://a.example", clearance: "restricted", untrustedOutput: false, actsAs: "user" },
  ...props,
  actions,
});
const TOOLS = {
  web: tool({ untrustedOutput: true }, { query: action }),
  mail: tool({}, { send: { ...action, outward: true }, list: action }),
  bank: tool({}, { pay: { ...action, impact: "high" } }),
  hr: tool({}, { get: { ...action, touches: { salaries: ["read"] } } }),
  board: tool({ clearance: "public" }, { post: { ...action, outward: true } }),
} as unknown as Declarations["tools"];
const DATASETS = {
  salaries: { kind: "external", sensitivity: "restricted" },
  contracts: { kind: "bucket", sensitivity: "confidential" },
  mails: { kind: "bucket", sensitivity: "public", untrusted: true },
} as unknown as Declarations["datasets"];

/** A registry in which each agent has the task `go`, which other agents may start */
function registryOf(tasks: Tasks): Declarations {
  const agents = Object.entries(tasks).map(([name, task]) => {
    const plain = {
      startedBy: ["delegation"],
      ttlSeconds: 60,
      tools: {},
      data: {},
      delegates: {},
      budgets: [],
      orders: [],
    };
    return [name, { credentials: "brokered", tasks: { go: { ...plain, ...task } } }] as const;
  });
  return { agents: Object.fromEntries(agents) as never, tools: TOOLS, datasets: DATASETS };
}

const approval = { group: "leads", requestOpenSeconds: 60, decisionGoodForSeconds: 60 };
const reader: Partial<Task> = { tools: { hr: ["get"] }, data: { salaries: ["read"] } };
const mailer = (change: Partial<Edge> = {}, task: Partial<Task> = {}): Partial<Task> => ({
  tools: { web: ["query"], mail: ["send"] },
  delegates: { "reader.go": { ...open, ...change } },
  ...task,
});

function risk(tasks: Tasks, name = "a") {
  const registry = registryOf(tasks);
  return riskOf(registry, registry.agents[name]!);
}
const because = (tasks: Tasks): readonly string[] => risk(tasks).reasons.map((reason) => reason.because);

function outOf(tasks: Tasks, which?: "unapproved") {
  const registry = registryOf(tasks);
  const agent = registry.agents["a"]!;
  return wayOut(taskRiskFacts(registry, agent, "go"), handedFacts(registry, agent.tasks["go"]!), which);
}

test("what a delegate may do counts for the one that hands on, with its name", () => {
  expect(risk({ a: mailer(), reader })).toEqual({
    tier: "critical",
    score: 68,
    reasons: [
      { points: 25, because: "uses restricted data by reader.go" },
      {
        points: 20,
        because: "takes in untrusted content, reads confidential data, and is seen outside, with reader.go",
      },
      { points: 5, because: "hands work to other agents" },
      { points: 5, because: "is seen outside the organisation" },
      { points: 5, because: "is seen outside without approval" },
      { points: 5, because: "reads untrusted output" },
      { points: 3, because: "is started by delegation" },
    ],
  });
});

test.each<[string, Partial<Task>, readonly string[]]>([
  ["changed data", { data: { salaries: ["write"] } }, ["uses restricted data by b.go", "changes data by b.go"]],
  ["untrusted data", { data: { mails: ["read"] } }, ["reads untrusted output by b.go"]],
  ["untrusted output", { tools: { web: ["query"] } }, ["reads untrusted output by b.go"]],
  [
    "a high impact",
    { tools: { bank: ["pay"] } },
    ["calls high-impact actions by b.go", "calls high-impact actions without approval by b.go"],
  ],
  ["a high impact with approval", { tools: { bank: ["pay"] }, approval }, ["calls high-impact actions by b.go"]],
  [
    "an outward act",
    { tools: { mail: ["send"] } },
    ["is seen outside the organisation by b.go", "is seen outside without approval by b.go"],
  ],
  [
    "an outward act with approval",
    { tools: { mail: ["send"] }, approval },
    ["is seen outside the organisation by b.go"],
  ],
  ["nothing", {}, []],
])("%s of a delegate", (_, b, expected) => {
  const own = ["hands work to other agents", "is started by delegation"];
  const reasons = because({ a: { delegates: { "b.go": open } }, b });
  expect([...reasons].sort()).toEqual([...own, ...expected].sort());
});

test("the approval of the one that hands on counts too: a person sees the request", () => {
  const tasks = { a: { delegates: { "b.go": open }, approval }, b: { tools: { mail: ["send"] } } };
  expect(because(tasks)).not.toContain("is seen outside without approval by b.go");
  const far = {
    a: { delegates: { "b.go": open } },
    b: { delegates: { "c.go": open }, approval },
    c: { tools: { mail: ["send"] } },
  };
  expect(because(far)).toContain("is seen outside the organisation by c.go");
  expect(because({ ...far, b: { delegates: far.b.delegates } })).toContain("is seen outside without approval by c.go");
  expect(because(far)).not.toContain("is seen outside without approval by c.go");
});

describe("what a ceiling refuses does not count", () => {
  test.each<[string, Partial<Edge>]>([
    ["a sensitivity below the data", { sensitivity: "confidential" }],
    ["other data alone", { data: ["contracts:read"] }],
    ["another kind of access alone", { data: ["salaries:write"] }],
    ["no hop", { depth: 0 }],
  ])("%s", (_, change) => {
    expect(because({ a: mailer(change), reader })).not.toContain("uses restricted data by reader.go");
    expect(outOf({ a: mailer(change), reader })).toBeUndefined();
  });
  test.each<[string, Partial<Edge>, boolean]>([
    ["an action that it names", { actions: ["mail.send"] }, true],
    ["another action", { actions: ["mail.list"] }, false],
    ["no action", { actions: [] }, false],
  ])("%s: %s", (_, change, counts) => {
    const tasks = { a: { delegates: { "b.go": { ...open, ...change } } }, b: { tools: { mail: ["send"] } } };
    expect(because(tasks).includes("is seen outside the organisation by b.go")).toBe(counts);
  });
  test("an action whose data is refused", () => {
    const post = { ...TOOLS["hr"]!, actions: { get: { ...TOOLS["hr"]!.actions["get"]!, outward: true } } };
    const handed = (change: Partial<Edge>) => {
      const registry = registryOf({
        a: { delegates: { "b.go": { ...open, ...change } } },
        b: { tools: { hr: ["get"] } },
      });
      return handedFacts({ ...registry, tools: { hr: post } }, registry.agents["a"]!.tasks["go"]!);
    };
    expect(handed({})).toHaveLength(1);
    expect(handed({ data: ["salaries:read"] })).toHaveLength(1);
    expect(handed({ data: [] })).toEqual([]);
    expect(handed({ sensitivity: "confidential" })).toEqual([]);
  });
  test("a task that takes no work", () => {
    expect(because({ a: mailer(), reader: { ...reader, startedBy: ["user"] } })).not.toContain(
      "uses restricted data by reader.go",
    );
  });
  test.each([
    [1, 3, false],
    [2, 0, false],
    [2, 1, true],
  ])("a second hop, with edges of depth %d and %d: %s", (first, second, counts) => {
    const tasks = {
      a: { delegates: { "b.go": { ...open, depth: first } } },
      b: { delegates: { "reader.go": { ...open, depth: second } } },
      reader,
    };
    expect(because(tasks).includes("uses restricted data by reader.go")).toBe(counts);
  });
  test("a fourth hop, however deep the edges say", () => {
    const to = (name: string) => ({ delegates: { [`${name}.go`]: { ...open, depth: 9 } } });
    expect(because({ a: to("b"), b: to("c"), c: to("reader"), reader })).toContain("uses restricted data by reader.go");
    expect(because({ a: to("b"), b: to("c"), c: to("d"), d: to("reader"), reader })).not.toContain(
      "uses restricted data by reader.go",
    );
  });
});

describe("a way out", () => {
  const alone: Partial<Task> = { tools: { web: ["query"], mail: ["send"] }, data: { contracts: ["read"] } };
  const to = (edge: Partial<Edge> = {}): Pick<Task, "delegates"> => ({ delegates: { "b.go": { ...open, ...edge } } });
  test.each<[string, Tasks, readonly string[] | undefined]>([
    ["of a task alone names no delegate", { a: { ...alone, ...to() }, b: reader }, []],
    ["by a delegate that reads", { a: { ...to(), tools: alone.tools! }, b: reader }, ["b.go"]],
    [
      "by a delegate that sends",
      { a: { ...alone, ...to(), tools: { web: ["query"] } }, b: { tools: { mail: ["send"] } } },
      ["b.go"],
    ],
    [
      "by a delegate that takes words in",
      { a: { ...alone, ...to(), tools: { mail: ["send"] } }, b: { data: { mails: ["read"] } } },
      ["b.go"],
    ],
    ["by a delegate that does it all", { a: to(), b: alone }, ["b.go"]],
    [
      "by two delegates",
      {
        a: { delegates: { "b.go": open, "c.go": open }, tools: { web: ["query"] } },
        b: { data: { contracts: ["read"] } },
        c: { tools: { mail: ["send"] } },
      },
      ["b.go", "c.go"],
    ],
    ["without a stranger's words: none", { a: { ...to(), tools: { mail: ["send"] } }, b: reader }, undefined],
    [
      "where a delegate only writes: none",
      { a: { ...to(), tools: alone.tools! }, b: { data: { contracts: ["write"] } } },
      undefined,
    ],
    [
      "to a sender that is not cleared: none",
      { a: { ...to(), tools: { web: ["query"], board: ["post"] } }, b: reader },
      undefined,
    ],
    [
      "over an edge below what was read: none",
      {
        a: { ...alone, ...to({ sensitivity: "internal" }), tools: { web: ["query"] } },
        b: { tools: { mail: ["send"] } },
      },
      undefined,
    ],
    [
      "to a delegate's tool that is not cleared: none",
      { a: { ...alone, ...to(), tools: { web: ["query"] } }, b: { tools: { board: ["post"] } } },
      undefined,
    ],
  ])("%s", (_, tasks, expected) => expect(outOf(tasks)).toEqual(expected));

  test("is approved where the one that sends is, and not where another task is", () => {
    const sends = { a: { ...alone, ...to(), tools: { web: ["query"] } }, b: { tools: { mail: ["send"] } } };
    expect(outOf(sends, "unapproved")).toEqual(["b.go"]);
    expect(outOf({ ...sends, b: { ...sends.b, approval } }, "unapproved")).toBeUndefined();
    expect(outOf({ ...sends, b: { ...sends.b, approval } })).toEqual(["b.go"]);
    expect(outOf({ a: mailer({}, { approval }), reader }, "unapproved")).toBeUndefined();
    expect(outOf({ a: mailer(), reader: { ...reader, approval } }, "unapproved")).toEqual(["reader.go"]);
  });
});

test("what is known of agents with other tools or datasets is worked out anew", () => {
  const registry = registryOf({ a: mailer(), reader });
  const handed = (change: object) => handedFacts({ ...registry, ...change }, registry.agents["a"]!.tasks["go"]!);
  for (const change of [{ tools: {} }, { datasets: {} }]) {
    expect(handed({})).toHaveLength(2);
    expect(handed({})).toBe(handed({}));
    expect(handed(change)).toHaveLength(1);
  }
});

test("more facts than are followed count as the worst", () => {
  const kinds = Array.from({ length: 5_001 }, (_, at) => `read${at}`) as never;
  const tasks = (count: number) => ({
    a: { delegates: { "b.go": open } },
    b: { data: { mails: (kinds as string[]).slice(0, count) } },
  });
  const by = "more delegates than are followed";
  expect(because(tasks(5_001) as never)).toContain(`uses restricted data by ${by}`);
  expect(because(tasks(5_000) as never).filter((text) => text.includes(by))).toEqual([]);
});

describe("for any fleet, also with cycles", () => {
  const NAMES = ["a", "b", "c", "d"] as const;
  const ACTIONS = ["web.query", "mail.send", "bank.pay", "hr.get", "board.post"];
  const ACCESSES = ["salaries:read", "contracts:read", "contracts:write", "mails:read"];
  const some = (all: readonly string[]) => fc.oneof(fc.constant("any" as const), fc.subarray([...all]));
  const edge: fc.Arbitrary<Edge> = fc.record({
    depth: fc.nat({ max: 4 }),
    actions: some(ACTIONS),
    data: some(ACCESSES),
    sensitivity: fc.constantFrom(...LEVELS),
    ttlSeconds: fc.constant(60),
  });
  const grouped = (names: readonly string[], separator: string) => {
    const found: Record<string, string[]> = {};
    for (const name of names) {
      const [of = "", what = ""] = name.split(separator);
      (found[of] ??= []).push(what);
    }
    return found;
  };
  const task: fc.Arbitrary<Partial<Task>> = fc.record({
    tools: fc.subarray(ACTIONS).map((names) => grouped(names, ".")),
    data: fc.subarray(ACCESSES).map((names) => grouped(names, ":") as never),
    delegates: fc.dictionary(fc.constantFrom(...NAMES.map((name) => `${name}.go`)), edge, { maxKeys: 3 }),
    approval: fc.option(fc.constant(approval), { nil: undefined }),
  });
  const fleet = fc.record({ a: task, b: task, c: task, d: task });
  const place = fc.record({
    from: fc.constantFrom(...NAMES),
    to: fc.constantFrom(...NAMES.map((name) => `${name}.go`)),
  });
  const scores = (tasks: Tasks): readonly number[] => NAMES.map((name) => risk(tasks, name).score);
  const withEdge = (tasks: Tasks, { from, to }: { from: string; to: string }, edge: Edge): Tasks => ({
    ...tasks,
    [from]: { ...tasks[from], delegates: { ...tasks[from]?.delegates, [to]: edge } },
  });
  const noneHigher = (lower: readonly number[], higher: readonly number[]): void =>
    lower.forEach((score, at) => expect(score).toBeLessThanOrEqual(higher[at]!));
  const RUNS = { numRuns: depth(300) };

  test("an edge more never lowers a risk", () => {
    fc.assert(
      fc.property(fleet, place, edge, (tasks, where, more) => {
        fc.pre(tasks[where.from].delegates?.[where.to] === undefined);
        noneHigher(scores(tasks), scores(withEdge(tasks, where, more)));
      }),
      RUNS,
    );
  });
  test("a lower ceiling never raises a risk", () => {
    const meet = (one: readonly string[] | "any", other: readonly string[] | "any") =>
      one === "any" ? other : other === "any" ? one : one.filter((name) => other.includes(name));
    fc.assert(
      fc.property(fleet, place, edge, edge, (tasks, where, one, other) => {
        const lower: Edge = {
          depth: Math.min(one.depth, other.depth),
          actions: meet(one.actions, other.actions),
          data: meet(one.data, other.data),
          sensitivity: LEVELS[Math.min(LEVELS.indexOf(one.sensitivity), LEVELS.indexOf(other.sensitivity))]!,
          ttlSeconds: 60,
        };
        noneHigher(scores(withEdge(tasks, where, lower)), scores(withEdge(tasks, where, one)));
      }),
      RUNS,
    );
  });
  test("an approval less never lowers a risk", () => {
    fc.assert(
      fc.property(fleet, fc.constantFrom(...NAMES), (tasks, name) => {
        noneHigher(scores(tasks), scores({ ...tasks, [name]: { ...tasks[name], approval: undefined } }));
      }),
      RUNS,
    );
  });
  test("what is known of a registry is what is worked out anew", () => {
    fc.assert(
      fc.property(fleet, (tasks) => {
        const registry = registryOf(tasks);
        const again = structuredClone(registry);
        const backwards = [...NAMES].reverse().map((name) => riskOf(registry, registry.agents[name]!));
        expect(backwards.reverse()).toEqual(NAMES.map((name) => riskOf(again, again.agents[name]!)));
      }),
      RUNS,
    );
  });
});
