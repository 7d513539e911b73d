import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { linesOf, unknownLines } from "../../support/review/change-lines";
import { edited, type EditableRegistry, smallRegistry } from "../../support/review/declared-fleet";

const ALL = ["clerk", "courier", "librarian", "sleeper", "stocker"];
const UNKNOWN_KEY = "no such key is known: review with a newer version, or leave it out";
const FORGOTTEN = "the registry has no such thing: synthesize again";

/** What stands in head, who is told, and what */
const PARTS: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[], string])[] = [
  ["a key of the registry", { gateways: {} }, ALL, `gateways in the registry of head: ${UNKNOWN_KEY}`],
  ["a key of trust", { "trust/clients": [] }, ALL, `trust.clients in the registry of head: ${UNKNOWN_KEY}`],
  [
    "a key of an agent",
    { "agents/stocker/sudo": true },
    ["stocker"],
    `agents.stocker.sudo in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a task that others reach",
    { "agents/courier/tasks/fetch/retries": 9 },
    ["clerk", "courier", "librarian"],
    `agents.courier.tasks.fetch.retries in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of an edge",
    { "agents/clerk/tasks/answer/delegates/librarian.lookup/width": 9 },
    ["clerk"],
    `agents.clerk.tasks.answer.delegates.librarian.lookup.width in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a budget",
    { "agents/clerk/tasks/refund/budgets/0/burst": 9 },
    ["clerk"],
    `agents.clerk.tasks.refund.budgets.0.burst in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a tool",
    { "tools/search/proxy": "https://evil.example" },
    ["clerk", "librarian"],
    `tools.search.proxy in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a tool's identity",
    { "tools/crm/actsAs/scope": "all" },
    ["clerk"],
    `tools.crm.actsAs.scope in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a request",
    { "tools/search/actions/find/match/server": "other" },
    ["clerk", "librarian"],
    `tools.search.actions.find.match.server in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of an action",
    { "tools/web/actions/get/retries": 1 },
    ["clerk", "courier", "librarian"],
    `tools.web.actions.get.retries in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a dataset",
    { "datasets/stock/replicas": [] },
    ["stocker"],
    `datasets.stock.replicas in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a tool that is not there",
    { "agents/stocker/tasks/count/tools/ghost": ["go"] },
    ["stocker"],
    `agents.stocker.tasks.count.tools.ghost.go in the registry of head: ${FORGOTTEN}`,
  ],
  [
    "an action that its tool has not",
    { "agents/stocker/tasks/count/tools/web": ["post"] },
    ["stocker"],
    `agents.stocker.tasks.count.tools.web.post in the registry of head: ${FORGOTTEN}`,
  ],
  [
    "data that is not there",
    { "agents/stocker/tasks/count/data/ghost": ["read"] },
    ["stocker"],
    `agents.stocker.tasks.count.data.ghost in the registry of head: ${FORGOTTEN}`,
  ],
  [
    "a task that a way in serves and is not there",
    { "agents/courier/serves/http/tasks": ["fetch", "ghost"] },
    ["clerk", "courier", "librarian"],
    `agents.courier.serves.http.tasks.ghost in the registry of head: ${FORGOTTEN}`,
  ],
  [
    "an action to which a way in pushes and that is not there",
    { "agents/clerk/serves/a2a/pushes": { tool: "crm", action: "ghost" } },
    ["clerk"],
    `agents.clerk.serves.a2a.pushes.crm.ghost in the registry of head: ${FORGOTTEN}`,
  ],
  [
    "a key of a way in",
    { "agents/clerk/serves/http/public": true },
    ["clerk"],
    `agents.clerk.serves.http.public in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a key of a card",
    { "agents/clerk/serves/a2a/card/push": true },
    ["clerk"],
    `agents.clerk.serves.a2a.card.push in the registry of head: ${UNKNOWN_KEY}`,
  ],
  [
    "a delegate that is not there, by a name that every object has",
    {
      "agents/stocker/tasks/count/delegates/constructor.name": {
        depth: 1,
        actions: "any",
        data: "any",
        sensitivity: "public",
        ttlSeconds: 1,
      },
    },
    ["stocker"],
    `agents.stocker.tasks.count.delegates.constructor.name in the registry of head: ${FORGOTTEN}`,
  ],
];

test.each(PARTS)("fails when %s is unknown: the agents that reach it are reported", (_, edit, agents, line) => {
  const told = unknownLines(declaredChanges(smallRegistry(), edited(smallRegistry(), edit)));
  expect(told).toEqual(Object.fromEntries(agents.map((agent) => [agent, [line]])));
});

test.each(PARTS)("fails when base alone has %s", (_, edit, agents, line) => {
  const told = unknownLines(declaredChanges(edited(smallRegistry(), edit), smallRegistry()));
  expect(told).toEqual(Object.fromEntries(agents.map((agent) => [agent, [line.replace("of head", "of base")]])));
});

test("fails when both have an unknown key, and anything else differs", () => {
  const base = edited(smallRegistry(), { "agents/clerk/sudo": true });
  const changes = declaredChanges(base, edited(base, { "agents/stocker/owner": "other@acme.example" }));
  expect(unknownLines(changes)["clerk"]).toEqual([`agents.clerk.sudo in the registry of base: ${UNKNOWN_KEY}`]);
});

test("the rest is still compared beside an unknown key", () => {
  const head = edited(smallRegistry(), { "agents/clerk/sudo": true, "agents/clerk/tasks/answer/ttlSeconds": 901 });
  const gains = linesOf(declaredChanges(smallRegistry(), head), "gains");
  expect(gains).toEqual({
    clerk: ["ttl: task answer runs for 901 s, was 900 s [a token of task answer, 901 s after its start]"],
  });
});

const MALFORMED: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  [
    "a version of tomorrow",
    { version: "ambit.registry/3" },
    'version in the registry of head: invalid option: expected one of "ambit.registry/1"|"ambit.registry/2", got "ambit.registry/3": synthesize again',
  ],
  [
    "no version",
    { version: null },
    'version in the registry of head: invalid option: expected one of "ambit.registry/1"|"ambit.registry/2", got nothing: synthesize again',
  ],
  [
    "agents in a list",
    { agents: [] },
    "agents in the registry of head: invalid input: expected record, received array, got []: synthesize again",
  ],
  [
    "no tools",
    { tools: null },
    "tools in the registry of head: invalid input: expected record, received undefined, got nothing: synthesize again",
  ],
  [
    "a lifetime in words",
    { "agents/clerk/tasks/answer/ttlSeconds": "1h" },
    'agents.clerk.tasks.answer.ttlSeconds in the registry of head: invalid input: expected number, received string, got "1h": synthesize again',
  ],
  [
    "a lifetime of no whole second",
    { "agents/clerk/tasks/answer/ttlSeconds": 0.5 },
    "agents.clerk.tasks.answer.ttlSeconds in the registry of head: invalid input: expected int, received number, got 0.5: synthesize again",
  ],
  [
    "a lifetime below zero",
    { "agents/clerk/tasks/answer/ttlSeconds": -1 },
    "agents.clerk.tasks.answer.ttlSeconds in the registry of head: too small: expected number to be >=1, got -1: synthesize again",
  ],
  [
    "a start that is none",
    { "agents/clerk/tasks/answer/startedBy": ["cron"] },
    'agents.clerk.tasks.answer.startedBy.0 in the registry of head: invalid option: expected one of "user"|"schedule"|"event"|"delegation"|"agent", got "cron": synthesize again',
  ],
  [
    "a level that is none",
    { "datasets/wiki/sensitivity": "secret" },
    'datasets.wiki.sensitivity in the registry of head: invalid option: expected one of "public"|"internal"|"confidential"|"restricted", got "secret": synthesize again',
  ],
  [
    "a day that is none",
    { "agents/clerk/expires": "2027-02-30T00:00:00Z" },
    'agents.clerk.expires in the registry of head: invalid ISO datetime, got "2027-02-30T00:00:00Z": synthesize again',
  ],
  [
    "an expiry in words",
    { "agents/clerk/expires": "never" },
    'agents.clerk.expires in the registry of head: invalid ISO datetime, got "never": synthesize again',
  ],
  [
    "a depth of nothing",
    { "agents/clerk/tasks/answer/delegates/librarian.lookup/depth": 0 },
    "agents.clerk.tasks.answer.delegates.librarian.lookup.depth in the registry of head: too small: expected number to be >=1, got 0: synthesize again",
  ],
];

test.each(MALFORMED)("fails when a registry has %s: every agent is reported, with the place", (_, edit, line) => {
  const changes = declaredChanges(smallRegistry(), edited(smallRegistry(), edit));
  expect(unknownLines(changes)).toEqual(Object.fromEntries(ALL.map((agent) => [agent, [line]])));
  expect([linesOf(changes, "gains"), linesOf(changes, "losses")]).toEqual([{}, {}]);
});

test("fails when the name of an agent is none: it is told of under that name", () => {
  const { stocker } = smallRegistry().agents;
  const changes = declaredChanges(smallRegistry(), edited(smallRegistry(), { "agents/No, was allowed": stocker }));
  expect([...changes.keys()]).toEqual(["No, was allowed", ...ALL]);
});

test.each([5, "registry", null, [], {}, { agents: 5 }, { agents: { clerk: 5 } }])(
  "fails when a registry is %j: nothing of it is passed over",
  (document) => {
    for (const changes of [declaredChanges(smallRegistry(), document), declaredChanges(document, smallRegistry())]) {
      expect(Object.keys(unknownLines(changes))).toEqual(ALL);
    }
  },
);

test("fails when an unreadable registry names no agent: the registry itself is reported", () => {
  const changes = declaredChanges(undefined, { version: "ambit.registry/1", agents: {} });
  expect(Object.keys(unknownLines(changes))).toEqual(["ambit/registry.json"]);
});

test("fails when a registry without agents has an unknown key", () => {
  const empty: EditableRegistry = { ...smallRegistry(), agents: {} };
  const changes = declaredChanges(empty, { ...empty, gateways: {} });
  expect(unknownLines(changes)).toEqual({
    "ambit/registry.json": [`gateways in the registry of head: ${UNKNOWN_KEY}`],
  });
});

test("two identical registries have no difference, also where they are malformed", () => {
  const odd = { version: "ambit.registry/9", agents: { clerk: 5 } };
  expect(declaredChanges(odd, structuredClone(odd))).toEqual(new Map());
});

/** Paths of everything in a document that is no object, and of the empty ones */
function leavesOf(value: unknown, path = ""): readonly string[] {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return entries.length === 0 ? [path.slice(1)] : entries.flatMap(([key, inner]) => leavesOf(inner, `${path}/${key}`));
}

test("fails when any value of a registry becomes something odd: some agent is reported", () => {
  const leaves = leavesOf(smallRegistry());
  expect(leaves.length).toBeGreaterThan(200);
  const silent = leaves.filter((path) => {
    const head = edited(smallRegistry(), { [path]: { odd: [true] } });
    return declaredChanges(smallRegistry(), head).size === 0;
  });
  expect(silent).toEqual([]);
});

test("fails when any value of a registry is missing, except those without effect on access", () => {
  const silent = leavesOf(smallRegistry()).filter((path) => {
    const [base, head] = [smallRegistry(), edited(smallRegistry(), { [path]: null })];
    return declaredChanges(base, head).size === 0;
  });
  // An ungranted action, a reason, and that what other agents send is trusted as they are
  const delegates = "^agents/(courier|librarian|sleeper)";
  const said = new RegExp(`^tools/search/actions/save/|/outwardReason$|${delegates}/serves/http/untrusted$`);
  expect(silent.filter((path) => !said.test(path))).toEqual([]);
});
