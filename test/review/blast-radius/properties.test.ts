import fc from "fast-check";
import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import { totalHarm } from "../../../review/blast-radius/walk/harm";
import { GATES, type BlastRadius, type ReachedThing } from "../../../review/blast-radius/blast-radius";
import type { JsonObject } from "../../../review/read/json";
import { type EditableRegistry, smallRegistry } from "../../support/review/declared-fleet";
import { estateOf } from "../../support/review/estate-of";
import { depth } from "../../support/depth";

const RUNS = { numRuns: depth(60) };
const AGENTS = ["clerk", "courier", "librarian", "sleeper", "stocker"];

const radiiOf = (registry: EditableRegistry): BlastRadii =>
  new BlastRadii(estateOf({}, JSON.parse(JSON.stringify(registry)) as JsonObject));
const of = (registry: EditableRegistry, agent: string): BlastRadius => radiiOf(registry).of(agent) as BlastRadius;

interface Right {
  readonly agent: string;
  readonly give: (task: Record<string, unknown>) => void;
}

/** One right more for the first task of an agent: an action, an access, or an edge */
const rights: fc.Arbitrary<Right> = fc.record({
  agent: fc.constantFrom(...AGENTS),
  give: fc
    .oneof(
      fc
        .constantFrom(["crm", "refund"], ["search", "save"], ["web", "get"])
        .map(([tool, action]) => ({ tools, tool, action })),
      fc
        .constantFrom(["orders", "write"], ["rows", "read"], ["stock", "scan"], ["wiki", "list"], ["wiki", "read"])
        .map(([tool, action]) => ({ tools: data, tool, action })),
      fc.constantFrom("librarian.lookup", "courier.fetch", "sleeper.draft").map((target) => ({
        tools: delegates,
        tool: target,
        action: "",
      })),
    )
    .map(
      ({ tools: add, tool, action }) =>
        (task: Record<string, unknown>) =>
          add(task, tool as string, action as string),
    ),
});

function tools(task: Record<string, unknown>, tool: string, action: string): void {
  listed(task["tools"] as Record<string, string[]>, tool, action);
}

function data(task: Record<string, unknown>, dataset: string, kind: string): void {
  listed(task["data"] as Record<string, string[]>, dataset, kind);
}

function listed(record: Record<string, string[]>, key: string, value: string): void {
  record[key] = [...new Set([...(record[key] ?? []), value])].sort();
}

function delegates(task: Record<string, unknown>, target: string): void {
  const edges = task["delegates"] as Record<string, unknown>;
  edges[target] ??= { depth: 2, actions: "any", data: "any", sensitivity: "restricted", ttlSeconds: 600 };
}

function given(registry: EditableRegistry, { agent, give }: Right): EditableRegistry {
  const copy = structuredClone(registry);
  const [task] = Object.values(copy.agents[agent]?.tasks ?? {});
  give(task as Record<string, unknown>);
  return copy;
}

const keyOf = ({ kind, target, does }: ReachedThing): string => JSON.stringify([kind, target, does]);

/** What of one radius is not in the other, or is harder there */
function lacking(narrow: BlastRadius, wide: BlastRadius): readonly string[] {
  const known = new Map(wide.reached.map((one) => [keyOf(one), one]));
  return narrow.reached.flatMap((one) => {
    const other = known.get(keyOf(one));
    if (other === undefined) return [`${keyOf(one)} is gone`];
    const isHarder = GATES.indexOf(other.gate) > GATES.indexOf(one.gate);
    const isShorter = (other.lasting.seconds ?? Infinity) < (one.lasting.seconds ?? Infinity);
    return isHarder || isShorter ? [`${keyOf(one)} is harder`] : [];
  });
}

test("one more right of any agent never makes a radius smaller", () =>
  fc.assert(
    fc.property(fc.array(rights, { maxLength: 4 }), rights, fc.constantFrom(...AGENTS), (before, more, agent) => {
      const base = before.reduce(given, smallRegistry());
      const [narrow, wide] = [of(base, agent), of(given(base, more), agent)];
      expect(lacking(narrow, wide)).toEqual([]);
      expect(totalHarm(wide.reached)).toBeGreaterThanOrEqual(totalHarm(narrow.reached));
    }),
    RUNS,
  ));

test("a suspended or expired agent reaches nothing, and does no work for others", () =>
  fc.assert(
    fc.property(
      fc.array(rights, { maxLength: 6 }),
      fc.constantFrom(...AGENTS),
      fc.constantFrom("suspended", "expired"),
      (more, agent, state) => {
        const registry = more.reduce(given, smallRegistry());
        (registry.agents[agent] as Record<string, unknown>)["state"] = state;
        const radii = radiiOf(registry);
        expect(radii.of(agent)?.reached).toEqual([]);
        for (const other of AGENTS.filter((one) => one !== agent)) {
          expect(radii.of(other)?.reached.filter(({ by }) => by === agent)).toEqual([]);
        }
      },
    ),
    RUNS,
  ));

test("a delegator reaches through its delegate at most what the delegate reaches", () =>
  fc.assert(
    fc.property(fc.array(rights, { maxLength: 6 }), fc.constantFrom(...AGENTS), (more, agent) => {
      const radii = radiiOf(more.reduce(given, smallRegistry()));
      for (const one of radii.of(agent)?.reached ?? []) {
        const own = radii.of(one.by)?.reached.map(keyOf);
        expect(own).toContain(keyOf(one));
      }
    }),
    RUNS,
  ));

test("the order of a registry's keys changes nothing", () =>
  fc.assert(
    fc.property(fc.array(rights, { maxLength: 4 }), fc.constantFrom(...AGENTS), (more, agent) => {
      const registry = more.reduce(given, smallRegistry());
      const turned = { ...registry, agents: Object.fromEntries(Object.entries(registry.agents).reverse()) };
      expect(JSON.stringify(of(turned as EditableRegistry, agent))).toBe(JSON.stringify(of(registry, agent)));
    }),
    RUNS,
  ));
