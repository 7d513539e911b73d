import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { linesOf, unknownLines } from "../../support/review/change-lines";
import { edited, smallRegistry } from "../../support/review/declared-fleet";

/** As it comes from a file: there `__proto__` is a key like any other. */
function parsed(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document).replaceAll("PROTO", "__proto__"));
}

const LONG = "x".repeat(2_000_000);
const EDGE = { depth: 9, actions: "any", data: "any", sensitivity: "public", ttlSeconds: 60 };

test.each([
  ["of an agent", { "agents/PROTO": { polluted: true } }],
  ["of a tool", { "tools/PROTO": { url: "https://evil.example" } }],
  ["of a task", { "agents/clerk/tasks/PROTO": { polluted: true } }],
  ["of a dataset that a task uses", { "agents/clerk/tasks/answer/data/PROTO": ["read"] }],
  ["within the schema of a body", { "tools/crm/actions/refund/match/body/PROTO": { polluted: true } }],
  ["of anything", { PROTO: { polluted: true } }],
])("fails when the name %s is __proto__: nothing is polluted and nothing is passed over", (_, edit) => {
  const changes = declaredChanges(smallRegistry(), parsed(edited(smallRegistry(), edit)));
  const [told] = Object.values(unknownLines(changes));
  expect(told?.[0]).toMatch(/__proto__ in the registry of head: no such key is known: leave it out$/);
  expect(Object.keys(unknownLines(changes))).toContain("stocker");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("names that every object has are names like others", () => {
  const { stocker } = smallRegistry().agents;
  const head = edited(smallRegistry(), { "agents/constructor": stocker, "agents/tostring": stocker });
  expect(Object.keys(linesOf(declaredChanges(smallRegistry(), head), "gains"))).toEqual(["constructor", "tostring"]);
});

test("fails when a name that every object has is used and not declared", () => {
  const head = edited(smallRegistry(), { "agents/clerk/tasks/answer/tools/constructor": ["name"] });
  expect(Object.keys(unknownLines(declaredChanges(smallRegistry(), head)))).toEqual(["clerk"]);
});

test("a text of millions of characters is cut where it is shown", () => {
  const head = edited(smallRegistry(), {
    "agents/clerk/owner": LONG,
    "agents/clerk/clients": [LONG],
    "tools/crm/url": `https://${LONG}.example`,
    "tools/crm/actsAs/service": LONG,
    "tools/crm/actions/refund/match/body": { title: LONG },
    "agents/clerk/tasks/refund/approval/group": LONG,
  });
  const gains = linesOf(declaredChanges(smallRegistry(), head), "gains")["clerk"] ?? [];
  expect(gains.length).toBeGreaterThanOrEqual(6);
  expect(Math.max(...gains.map((line) => line.length))).toBeLessThan(1_500);
});

test("texts that differ only after what is shown are told apart", () => {
  const [one, other] = ["a", "b"].map((end) => edited(smallRegistry(), { "agents/clerk/owner": LONG + end }));
  expect(Object.keys(linesOf(declaredChanges(one, other), "gains"))).toEqual(["clerk"]);
});

test("fails when a malformed text is of millions of characters: it is cut", () => {
  const head = edited(smallRegistry(), { "agents/clerk/expires": LONG });
  const [line] = unknownLines(declaredChanges(smallRegistry(), head))["clerk"] ?? [];
  expect(line?.length).toBeLessThan(500);
});

test("fails when a document is nested a hundred thousand times", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
  const head = edited(smallRegistry(), { "tools/crm/actions/refund/match/body/allOf": deep });
  for (const [base, other] of [
    [smallRegistry(), head],
    [head, head],
  ]) {
    const [line] = unknownLines(declaredChanges(base, other))["clerk"] ?? [];
    expect(line).toMatch(/nested deeper than 100: nothing reads that far$/);
  }
});

test("a circle of delegation comes to an end", () => {
  const head = edited(smallRegistry(), {
    "agents/courier/tasks/fetch/delegates/librarian.lookup": EDGE,
    "agents/librarian/tasks/lookup/delegates/librarian.lookup": EDGE,
    "agents/librarian/tasks/lookup/delegates/clerk.answer": EDGE,
    "agents/clerk/tasks/answer/delegates/librarian.lookup/depth": 1_000_000,
  });
  const gains = linesOf(declaredChanges(smallRegistry(), head), "gains");
  expect(gains["courier"]).toContain(
    "action: task fetch through librarian.lookup may read wiki (internal) [read of wiki in task fetch through librarian.lookup]",
  );
  expect(Object.keys(gains)).toEqual(["clerk", "courier", "librarian"]);
  expect(gains["courier"]?.filter((line) => /through .*courier\.fetch/.test(line))).toEqual([]);
});

test("fails when all agents delegate to all: the chains are not followed to their end", () => {
  const { courier } = smallRegistry().agents;
  const names = Array.from({ length: 12 }, (_, index) => `agent-${index}`);
  const delegates = Object.fromEntries(names.map((name) => [`${name}.fetch`, { ...EDGE, depth: 12 }]));
  const tasks = { fetch: { ...courier?.tasks["fetch"], delegates } };
  const agents = Object.fromEntries(names.map((name) => [name, { ...courier, tasks }]));
  const head = { ...smallRegistry(), agents: { ...smallRegistry().agents, ...agents } };
  expect(unknownLines(declaredChanges(smallRegistry(), head))).toEqual(
    Object.fromEntries(
      [...names]
        .sort()
        .map((name) => [
          name,
          [
            "what it has other agents do in head: its delegations make more chains than are followed: hand work to fewer tasks, or less deep",
          ],
        ]),
    ),
  );
});

test("fails when there are more problems than are listed: the rest is counted", () => {
  const odd = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`agents/clerk/odd${index}`, true]));
  const lines = unknownLines(declaredChanges(smallRegistry(), edited(smallRegistry(), odd)));
  expect(lines["clerk"]).toHaveLength(21);
  expect(lines["stocker"]).toEqual(["the registry of head: 980 more problems like the others"]);
});

test("gains of one agent beyond the limit are counted at the end", () => {
  const actions = Array.from({ length: 1_500 }, (_, index) => `action${index}`);
  const { crm } = smallRegistry().tools;
  const get = { impact: "low", writes: false, outward: false, touches: {}, match: { method: "GET", path: "/" } };
  const wide = { ...crm, actions: Object.fromEntries(actions.map((action) => [action, get])) };
  const base = edited(smallRegistry(), { "tools/wide": wide });
  const head = edited(base, { "agents/stocker/tasks/count/tools/wide": actions });
  const gains = linesOf(declaredChanges(base, head), "gains")["stocker"] ?? [];
  // All actions and the address of the tool
  expect([gains.length, gains.at(-1)]).toEqual([
    1_001,
    "tool: task count may call wide.action1000, and 500 more [wide.action1000 at https://crm.example in task count]",
  ]);
});

test("a long chain of delegation is cut where it is shown", () => {
  const { courier } = smallRegistry().agents;
  const edge = { ...EDGE, depth: 100 };
  const chain = Array.from({ length: 60 }, (_, index) => {
    const delegates = index === 59 ? {} : { [`agent-${index + 1}.fetch`]: edge };
    return [`agent-${index}`, { ...courier, tasks: { fetch: { ...courier?.tasks["fetch"], delegates } } }];
  });
  const head = { ...smallRegistry(), agents: { ...smallRegistry().agents, ...Object.fromEntries(chain) } };
  const gains = linesOf(declaredChanges(smallRegistry(), head), "gains")["agent-0"] ?? [];
  expect(gains.length).toBeGreaterThan(100);
  expect(Math.max(...gains.map((line) => line.length))).toBeLessThan(800);
});
