import type { SensitivityName } from "../../domain";
import type { Declarations } from "../../domain/registry/document";
import { handedWork } from "../../domain/rules/handed-work";

type Edges = Readonly<Record<string, readonly [depth: number, sensitivity: SensitivityName]>>;

/** What each agent's task `go` hands on, all of which take work but for `closed` */
function workOf(fleet: Readonly<Record<string, Edges>>, from = "a"): Readonly<Record<string, string>> {
  const edgesOf = (edges: Edges) =>
    Object.fromEntries(
      Object.entries(edges).map(([to, [depth, sensitivity]]) => [
        `${to}.go`,
        { depth, sensitivity, actions: "any", data: "any", ttlSeconds: 60 },
      ]),
    );
  const agents = Object.fromEntries(
    Object.entries(fleet).map(([name, edges]) => [
      name,
      { tasks: { go: { startedBy: [name === "closed" ? "user" : "delegation"], delegates: edgesOf(edges) } } },
    ]),
  ) as unknown as Declarations["agents"];
  const reached = handedWork(agents, agents[from]!.tasks["go"]!.delegates);
  return Object.fromEntries([...reached].map(([target, limit]) => [target, limit.name]));
}

test.each<[string, Readonly<Record<string, Edges>>, Readonly<Record<string, string>>]>([
  ["no edge reaches none", { a: {} }, {}],
  ["an edge tells at most its own level", { a: { b: [1, "internal"] }, b: {} }, { "b.go": "internal" }],
  [
    "the lowest edge on the way counts",
    {
      a: { b: [2, "confidential"], c: [2, "internal"] },
      b: { d: [1, "restricted"] },
      c: { e: [1, "restricted"] },
      d: {},
      e: {},
    },
    { "b.go": "confidential", "c.go": "internal", "d.go": "confidential", "e.go": "internal" },
  ],
  [
    "the best way counts, which may be the longer one",
    { a: { b: [2, "restricted"], c: [1, "public"] }, b: { c: [1, "restricted"] }, c: {} },
    { "b.go": "restricted", "c.go": "restricted" },
  ],
  ["depth 1 ends at the delegate", { a: { b: [1, "public"] }, b: { c: [3, "public"] }, c: {} }, { "b.go": "public" }],
  [
    "at most three hops, also in a cycle",
    {
      a: { b: [9, "public"] },
      b: { c: [9, "public"] },
      c: { d: [9, "public"] },
      d: { e: [9, "public"], a: [9, "public"] },
      e: {},
    },
    { "b.go": "public", "c.go": "public", "d.go": "public" },
  ],
  [
    "a task that takes no work gets none, nor do those behind it",
    { a: { closed: [3, "public"] }, closed: { b: [3, "public"] }, b: {} },
    {},
  ],
  ["an unknown agent gets none", { a: { b: [3, "public"] } }, {}],
])("%s", (_, fleet, expected) => expect(workOf(fleet)).toEqual(expected));
