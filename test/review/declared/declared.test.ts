import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import rows from "../../cases/review/declared.json";
import { linesOf, type Lines, mirrored, unknownLines } from "../../support/review/change-lines";
import { edited, smallRegistry } from "../../support/review/declared-fleet";

interface Row {
  readonly name: string;
  /** What stands where in head; null where nothing does */
  readonly edit: Readonly<Record<string, unknown>>;
  readonly gains: Lines;
  readonly losses: Lines;
}

const ROWS = rows as unknown as readonly Row[];
const named = ROWS.map((row) => [row.name, row] as const);

test.each(named)("%s", (_, { edit, gains, losses }) => {
  const changes = declaredChanges(smallRegistry(), edited(smallRegistry(), edit));
  expect({ gains: linesOf(changes, "gains"), losses: linesOf(changes, "losses") }).toEqual({ gains, losses });
  expect(unknownLines(changes)).toEqual({});
});

test.each(named)("the other way round: %s", (_, { edit, gains, losses }) => {
  const changes = declaredChanges(edited(smallRegistry(), edit), smallRegistry());
  expect(linesOf(changes, "gains")).toEqual(mirrored(losses));
  expect(mirrored(linesOf(changes, "losses"))).toEqual(gains);
});

test("there are cases in which each kind of change that a registry can tell is gained, and in which it is lost", () => {
  const kinds = (which: "gains" | "losses") =>
    [...new Set(ROWS.flatMap((row) => Object.values(row[which]).flat()).map((line) => line.split(":")[0]))].sort();
  const all = ["action", "approval", "delegation", "destination", "enforcement", "identity", "network", "sensitivity"];
  expect(kinds("gains")).toEqual([...all, "tool", "trust", "ttl"]);
  expect(kinds("losses")).toEqual([...all, "tool", "trust", "ttl"]);
});

test("each change names a place in the registry that has it", () => {
  const name = (address: string) => address.split("/")[1] as string;
  for (const { edit } of ROWS) {
    const head = edited(smallRegistry(), edit);
    for (const { gains, losses } of declaredChanges(smallRegistry(), head).values()) {
      expect(gains.filter(({ source }) => !stands(head, name(source.address)))).toEqual([]);
      expect(losses.filter(({ source }) => !stands(smallRegistry(), name(source.address)))).toEqual([]);
    }
  }
});

/** Of the parts of a path, those that hold a dot themselves are targets of delegation. */
function stands(registry: unknown, path: string): boolean {
  const keys = path.replace(/delegates\.(\w+)\.(\w+)/, "delegates.$1/$2").split(".");
  const holder = keys.slice(0, -1).reduce<unknown>((at, key) => {
    return (at as Record<string, unknown> | undefined)?.[key.replace("/", ".")];
  }, registry);
  return typeof holder === "object" && holder !== null;
}

test("no registry before: all that head declares is gained", () => {
  const changes = declaredChanges(undefined, smallRegistry());
  expect([...changes.keys()]).toEqual(["clerk", "courier", "librarian", "sleeper", "stocker"]);
  expect(linesOf(changes, "losses")).toEqual({});
  expect(linesOf(changes, "gains")["sleeper"]).toEqual([
    "identity: the agent exists as spiffe://prod.acme.example/ns/support/sa/sleeper, and support@acme.example answers for it [spiffe://prod.acme.example/ns/support/sa/sleeper asks for a token, once the agent is not suspended any more]",
    "trust: task draft may be started by a task that hands work on [a token of a task that hands work to sleeper.draft, once the agent is not suspended any more]",
    "action: task draft may write drafts (public) [write of drafts in task draft, once the agent is not suspended any more]",
    "trust: callers with a token of a task that hands work to sleeper.draft may call it at every path: what they send counts as public, and an answer holds up to restricted data [a request for / with a token of a task that hands work to sleeper.draft, once the agent is not suspended any more]",
    "network: requests of callers come to port 8080 of its pod (HTTP) [a request for / at port 8080, once the agent is not suspended any more]",
  ]);
});

test("no registry any more: all that base declared is lost", () => {
  const before = declaredChanges(smallRegistry(), undefined);
  expect(linesOf(before, "gains")).toEqual({});
  expect(mirrored(linesOf(before, "losses"))).toEqual(linesOf(declaredChanges(undefined, smallRegistry()), "gains"));
});

test("without registries there are no changes", () => {
  expect(declaredChanges(undefined, undefined)).toEqual(new Map());
});

test("a looser or open query is a gain; a stricter one is a loss alone", () => {
  const taking = (query: object) => edited(smallRegistry(), { "tools/crm/actions/refund/match/query": query });
  const changes = (from: object, to: object) => {
    const found = declaredChanges(taking(from), taking(to));
    return { gains: linesOf(found, "gains").clerk, losses: linesOf(found, "losses").clerk };
  };
  const bounded = (maxLength: number) => ({ type: "object", properties: { q: { type: "string", maxLength } } });
  const another = [
    expect.stringMatching(/^tool: crm\.refund takes another query \[POST \/orders\/\{id\}\/refund with a query/),
  ];
  expect(changes(bounded(5), bounded(50))).toEqual({ gains: another, losses: undefined });
  expect(changes(bounded(50), bounded(5))).toEqual({ gains: undefined, losses: another });
  expect(changes(bounded(5), {})).toEqual({ gains: another, losses: undefined });
});
