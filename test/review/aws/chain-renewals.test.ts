import fc from "fast-check";
import { Renewals } from "../../../review/reach/aws/chain/renewals";
import { Rings } from "../../../review/reach/aws/chain/rings";
import type { Edges } from "../../../review/reach/aws/chain/role-edges";
import type { Resource } from "../../../review/read/resource";
import "../../support/depth";

const MOST = 6;
const ROLES = Array.from({ length: MOST }, (_, at) => ({ address: `r${at}` }) as Resource);

/** Edges between roles, and whether each is certain */
type Drawn = readonly (readonly [from: number, to: number, isCertain: boolean])[];
const place = fc.nat({ max: MOST - 1 });
const drawn: fc.Arbitrary<Drawn> = fc.uniqueArray(fc.tuple(place, place, fc.boolean()), {
  maxLength: 12,
  selector: ([from, to]) => `${from} ${to}`,
});

const edgesOf = (graph: Drawn, from: number): Edges => ({
  edges: graph
    .filter((edge) => edge[0] === from)
    .map(([, to, isCertain]) => ({ to: ROLES[to] as Resource, ...(!isCertain && { unknown: `${from} to ${to}` }) })),
  unasked: 0,
});

/** By the definition: what is reached by one edge or more */
function reach(graph: Drawn, from: Iterable<number>): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [...from];
  for (const at of open) {
    for (const [here, to] of graph) {
      if (here !== at || found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

/** Roles with endless sessions: those on a reachable ring, and those reachable from it */
function endless(graph: Drawn, start: number): ReadonlySet<number> {
  const onRing = [...reach(graph, [start])].filter((one) => reach(graph, [one]).has(one));
  return new Set([...onRing, ...reach(graph, onRing)]);
}

const numbers = (roles: readonly Resource[]): readonly number[] => roles.map((role) => ROLES.indexOf(role));

test("a ring is the shortest way from a role back to itself; a role without one is on no ring", () => {
  fc.assert(
    fc.property(drawn, (graph) => {
      const rings = new Rings((role) => edgesOf(graph, ROLES.indexOf(role)).edges.map(({ to }) => to));
      for (const [at, role] of ROLES.entries()) {
        const ring = numbers(rings.of(role));
        expect(rings.has(role)).toBe(reach(graph, [at]).has(at));
        expect(ring.length > 0).toBe(rings.has(role));
        if (ring.length === 0) continue;
        expect(ring[0]).toBe(at);
        for (const [index, one] of ring.entries()) {
          expect(graph.map(([from, to]) => [from, to])).toContainEqual([one, ring[(index + 1) % ring.length]]);
        }
        let steps = 1;
        for (let next = reachedBy(graph, [at]); !next.has(at); next = reachedBy(graph, next)) steps++;
        expect(ring).toHaveLength(steps);
      }
    }),
  );
});

function reachedBy(graph: Drawn, from: Iterable<number>): ReadonlySet<number> {
  const all = new Set(from);
  return new Set(graph.flatMap(([here, to]) => (all.has(here) ? to : [])));
}

test("sessions are renewed for certain where certain edges suffice, and may be wherever any edges do", () => {
  fc.assert(
    fc.property(drawn, place, (graph, start) => {
      const renewals = new Renewals((role) => edgesOf(graph, ROLES.indexOf(role)));
      const found = [...renewals.of(ROLES[start] as Resource).renewals];
      const certain = found.filter(([, { unknown }]) => unknown === undefined).map(([role]) => role);
      const sure = graph.filter(([, , isCertain]) => isCertain);
      expect(new Set(numbers(certain))).toEqual(endless(sure, start));
      expect(new Set(numbers(found.map(([role]) => role)))).toEqual(endless(graph, start));
      for (const [role, { ring, unknown }] of found) {
        const at = numbers(ring());
        expect([...reach(graph, at)]).toEqual(expect.arrayContaining([ROLES.indexOf(role), ...at]));
        if (unknown === undefined) expect(reach(sure, at)).toContain(ROLES.indexOf(role));
        else expect(graph.map(([from, to, isCertain]) => (isCertain ? "" : `${from} to ${to}`))).toContain(unknown);
      }
    }),
  );
});

test("a session policy limits the first step, and not what comes after it", () => {
  fc.assert(
    fc.property(drawn, place, fc.nat({ max: 12 }), (graph, start, kept) => {
      const renewals = new Renewals((role) => edgesOf(graph, ROLES.indexOf(role)));
      const all = edgesOf(graph, start);
      const first: Edges = { edges: all.edges.slice(0, kept), unasked: 0 };
      const { renewals: found, back } = renewals.of(ROLES[start] as Resource, first);
      const begun = numbers(first.edges.map(({ to }) => to));
      const reached = new Set([...begun, ...reach(graph, begun)]);
      const onRing = [...reached].filter((one) => reach(graph, [one]).has(one));
      expect(new Set(numbers([...found.keys()]))).toEqual(new Set([...onRing, ...reach(graph, onRing)]));
      expect(back !== undefined).toBe(reached.has(start));
    }),
  );
});

/** The most edges of a way that comes to no role twice, by trying all */
function most(graph: Drawn, from: number, to: number, passed: readonly number[] = []): number {
  const ways = graph
    .filter(([here, next]) => here === from && !passed.includes(next))
    .map(([, next]) => Math.max(next === to ? 1 : -Infinity, 1 + most(graph, next, to, [...passed, next])));
  return Math.max(-Infinity, ...ways);
}

test("the longest way to each role outside of rings is found, over certain edges and over all", () => {
  fc.assert(
    fc.property(drawn, place, (graph, start) => {
      const { longest } = new Renewals((role) => edgesOf(graph, ROLES.indexOf(role))).of(ROLES[start] as Resource);
      const sure = graph.filter(([, , isCertain]) => isCertain);
      for (const [found, of] of [
        [longest.certain, sure],
        [longest.any, graph],
      ] as const) {
        const ending = [...reach(of, [start])].filter((one) => !endless(of, start).has(one));
        const expected = ending.map((one) => [ROLES[one]?.address, most(of, start, one)]);
        expect(new Map([...found].map(([{ address }, { roles }]) => [address, roles]))).toEqual(
          new Map(expected as never),
        );
      }
    }),
  );
});

test("a role with more targets than are followed may become itself through them", () => {
  const [first, second] = [ROLES[0] as Resource, ROLES[1] as Resource];
  const edges = (role: Resource): Edges =>
    role === first ? { edges: [{ to: second }], unasked: 3 } : { edges: [], unasked: 0 };
  const { renewals } = new Renewals(edges).of(first);
  expect([...renewals.values()].map(({ ring, unknown }) => [ring(), unknown])).toEqual(
    [[first], [first]].map((ring) => [ring, "it depends on 3 more that it may become, and that are not followed"]),
  );
});

test("in a ring of 20,000 roles with as many behind it, each is asked about once", () => {
  const count = 20_000;
  const roles = Array.from({ length: 2 * count }, (_, at) => ({ address: `r${at}` }) as Resource);
  const places = new Map(roles.map((role, at) => [role, at]));
  const asked = jest.fn((role: Resource): Edges => {
    const at = places.get(role) as number;
    const next = [at + 1, ...(at === count - 1 ? [0] : [])];
    return { edges: next.flatMap((to) => (roles[to] === undefined ? [] : { to: roles[to] })), unasked: 0 };
  });
  const { renewals } = new Renewals(asked).of(roles[0] as Resource);
  expect(renewals.size).toBe(2 * count);
  expect(asked).toHaveBeenCalledTimes(2 * count);
  expect(renewals.get(roles.at(-1) as Resource)?.ring()).toHaveLength(count);
});
