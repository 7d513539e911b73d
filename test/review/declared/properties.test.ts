import fc from "fast-check";
import { reachOf } from "../../../domain";
import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { readRegistry } from "../../../review/reach/declared/read-registries";
import type { Registry } from "../../../review/reach/declared/registry";
import { reachOfAgent } from "../../../review/reach/declared/work";
import rows from "../../cases/review/declared.json";
import { built, DELEGATES, gain, taskSketch } from "../../domain/arbitrary";
import { linesOf, mirrored, unknownLines } from "../../support/review/change-lines";
import { edited, type EditableRegistry, registryWith, smallRegistry } from "../../support/review/declared-fleet";
import { depth } from "../../support/depth";

const RUNS = { numRuns: depth(40) };
const DELEGATE_AGENTS = Object.values(DELEGATES);

/** The small registry after several edits of the table */
const registries = fc
  .subarray(rows as { readonly edit: object }[], { maxLength: 6 })
  .map((chosen) => chosen.reduce((registry, { edit }) => editedWhereIsPlace(registry, edit), smallRegistry()));

function editedWhereIsPlace(registry: EditableRegistry, edit: object): EditableRegistry {
  try {
    return edited(registry, edit as Record<string, unknown>);
  } catch {
    // An edit before has taken away what this one would change.
    return registry;
  }
}

const shuffled = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
};

test("a registry has no difference from itself, however its keys are ordered", () =>
  fc.assert(
    fc.property(registries, (registry) => {
      expect(declaredChanges(registry, shuffled(structuredClone(registry)))).toEqual(new Map());
    }),
    RUNS,
  ));

test("what one direction gains, the other loses", () =>
  fc.assert(
    fc.property(registries, registries, (one, other) => {
      const [there, back] = [declaredChanges(one, other), declaredChanges(other, one)];
      expect(linesOf(there, "gains")).toEqual(mirrored(linesOf(back, "losses")));
      expect(mirrored(linesOf(there, "losses"))).toEqual(linesOf(back, "gains"));
    }),
    RUNS,
  ));

test("the same two registries make the same report, byte by byte", () =>
  fc.assert(
    fc.property(registries, registries, (one, other) => {
      const report = () => JSON.stringify([...declaredChanges(structuredClone(one), structuredClone(other))]);
      expect(report()).toBe(report());
    }),
    RUNS,
  ));

test("rights that are added and controls that are taken away lose nothing, and rights that go gain nothing", () => {
  let compared = 0;
  fc.assert(
    fc.property(gain, ({ before, after }) => {
      const [was, is] = [built(before), built(after)];
      fc.pre(was !== undefined && is !== undefined);
      const [base, head] = [registryWith([...DELEGATE_AGENTS, was]), registryWith([...DELEGATE_AGENTS, is])];
      compared += Object.keys(linesOf(declaredChanges(base, head), "gains")).length;
      expect(linesOf(declaredChanges(base, head), "losses")).toEqual({});
      expect(linesOf(declaredChanges(head, base), "gains")).toEqual({});
      expect(unknownLines(declaredChanges(base, head))).toEqual({});
    }),
  );
  expect(compared).toBeGreaterThan(depth(20, 10));
});

test("work that is handed on is what the domain says it is", () =>
  fc.assert(
    fc.property(fc.array(taskSketch, { minLength: 1, maxLength: 3 }), (sketch) => {
      const agent = built(sketch);
      fc.pre(agent !== undefined);
      const expected = [...agent.tasks.values()].flatMap((task) =>
        reachOf(task).map(({ chain, ceiling }) => ({
          key: [task.name, ...chain].join(" → "),
          carries: ceiling.sensitivity.name,
          seconds: Math.min(ceiling.ttl.seconds, 900),
        })),
      );
      const { works, isWhole } = reachOfAgent(readable(registryWith([...DELEGATE_AGENTS, agent])), agent.name);
      const handedOn = [...works].filter(([, { chain }]) => chain.length > 0);
      const found = handedOn.map(([key, { carries, ttlSeconds }]) => ({
        key,
        carries: carries?.name,
        seconds: ttlSeconds,
      }));
      expect(isWhole).toBe(true);
      expect(found.sort(byKey)).toEqual(expected.sort(byKey));
    }),
  ));

function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1;
}

function readable(document: unknown): Registry {
  const { registry } = readRegistry(document);
  if (registry === undefined) throw new Error("the registry is malformed");
  return registry;
}
