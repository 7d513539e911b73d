import fc from "fast-check";
import { fleetGraph } from "../../../review/report/fleet-graph";
import "../../support/depth";

const task = (of: object) => ({ tools: {}, data: {}, delegates: {}, ...of });

const HEAD = {
  agents: {
    writer: { tasks: { draft: task({ tools: { editor: ["save", "open"] }, data: { drafts: ["write"] } }) } },
    triage: {
      tasks: {
        answer: task({ tools: { zendesk: ["read"] }, delegates: { "writer.draft": { depth: 1 } } }),
        close: task({ tools: { zendesk: ["read", "close"] } }),
      },
    },
  },
  tools: { editor: {}, zendesk: {}, unused: {} },
  datasets: { drafts: {} },
};

const edges = (base: unknown, head: unknown): readonly string[] =>
  fleetGraph(base, head).edges.map(
    ({ from, to, through, gained }) =>
      `${from.kind} ${from.name} → ${to.kind} ${to.name}: ${through.join(", ")} | ${gained.join(", ")}`,
  );

test("an agent is drawn with all that its tasks use, and with its delegates", () => {
  expect(edges(HEAD, HEAD)).toEqual([
    "agent triage → agent writer: answer → writer.draft | ",
    "agent triage → tool zendesk: close, read | ",
    "agent writer → dataset drafts: write | ",
    "agent writer → tool editor: open, save | ",
  ]);
});

test("unused tools and datasets are drawn too, in one order", () => {
  expect(fleetGraph(undefined, HEAD).nodes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "agent triage",
    "agent writer",
    "dataset drafts",
    "tool editor",
    "tool unused",
    "tool zendesk",
  ]);
});

test("an action that base does not have is gained, and only that", () => {
  const base = structuredClone(HEAD);
  base.agents.triage.tasks.close.tools = { zendesk: ["read"] };
  base.agents.triage.tasks.answer.delegates = {};
  expect(edges(base, HEAD).slice(0, 2)).toEqual([
    "agent triage → agent writer: answer → writer.draft | answer → writer.draft",
    "agent triage → tool zendesk: close, read | close",
  ]);
});

describe("callers from outside", () => {
  const served = (startedBy: readonly string[], serves: unknown) => ({
    agents: { desk: { tasks: { answer: task({ startedBy }) }, serves } },
  });
  const way = { http: { tasks: ["answer"] } };

  test("are drawn with the task and the way in by which they start it", () => {
    expect(edges(undefined, served(["user", "event"], way))).toEqual([
      "caller events → agent desk: http: answer | http: answer",
      "caller users → agent desk: http: answer | http: answer",
    ]);
  });
  test("gain what a way in opens", () => {
    const two = { ...way, chat: { tasks: ["answer"] } };
    expect(edges(served(["user"], way), served(["user"], two))).toEqual([
      "caller users → agent desk: chat: answer, http: answer | chat: answer",
    ]);
  });
  test.each([
    ["another agent, which is drawn itself", ["delegation"], way],
    ["what the agent starts by itself", ["agent"], way],
    ["a task that no way in serves", ["user"], { http: { tasks: ["other"] } }],
    ["a start that is not known", ["constructor"], way],
    ["what cannot be read", ["user"], { http: "answer", a2a: null, other: { tasks: "answer" } }],
  ])("are not: %s", (_what, startedBy, serves) => {
    expect(edges(undefined, served(startedBy, serves))).toEqual([]);
  });
});

test("without a base, everything is gained", () => {
  expect(fleetGraph(undefined, HEAD).edges.filter(({ gained, through }) => gained.length !== through.length)).toEqual(
    [],
  );
});

test.each([
  undefined,
  null,
  1,
  "text",
  [],
  {},
  { agents: [] },
  { agents: { a: null } },
  { agents: { a: { tasks: "x" } } },
])("%j has no edges, and fails nowhere", (registry) => {
  expect(fleetGraph(registry, registry).edges).toEqual([]);
});

test("names that objects have by nature are names like others", () => {
  const head = JSON.parse('{"agents":{"__proto__":{"tasks":{"t":{"tools":{"constructor":["toString"]}}}}}}') as object;
  expect(edges({}, head)).toEqual(["agent __proto__ → tool constructor: toString | toString"]);
});

test("for any registry, comparing it with itself shows no gain", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const registry = { agents: { a: { tasks: { t: value } }, b: value }, tools: value };
      expect(fleetGraph(registry, registry).edges.filter(({ gained }) => gained.length > 0)).toEqual([]);
    }),
  );
});
