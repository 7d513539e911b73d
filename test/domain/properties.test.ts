import fc from "fast-check";
import type { Ceiling } from "../../domain";
import {
  afterRead,
  callProblem,
  ceilingOfChain,
  flowProblem,
  Sensitivity,
  type AgentDeclaration,
  type Flow,
} from "../../domain";
import { built, ceiling, flow, gain, level, OWN_DOMAINS } from "./arbitrary";
import { depth } from "../support/depth";
import { derivedFrom } from "../support/derived";

const plain = (given: Ceiling) => ({
  ...given,
  actions: given.actions === "any" ? "any" : [...given.actions].sort(),
  data: given.data === "any" ? "any" : [...given.data].sort(),
  sensitivity: given.sensitivity.name,
  ttl: given.ttl.seconds,
});

describe("the meeting of two ceilings", () => {
  test("is the same from both sides", () =>
    fc.assert(fc.property(ceiling, ceiling, (a, b) => expect(plain(a.meet(b))).toEqual(plain(b.meet(a))))));
  test("does not depend on who meets first", () =>
    fc.assert(
      fc.property(ceiling, ceiling, ceiling, (a, b, c) =>
        expect(plain(a.meet(b).meet(c))).toEqual(plain(a.meet(b.meet(c)))),
      ),
    ));
  test("with itself changes nothing", () =>
    fc.assert(fc.property(ceiling, (a) => expect(plain(a.meet(a))).toEqual(plain(a)))));
  test("is never wider than either", () =>
    fc.assert(
      fc.property(ceiling, ceiling, (a, b) => {
        expect(a.meet(b).widerThan(a)).toBeUndefined();
        expect(a.meet(b).widerThan(b)).toBeUndefined();
      }),
    ));
  test("is the widest that neither exceeds", () =>
    fc.assert(
      fc.property(ceiling, ceiling, ceiling, (a, b, c) => {
        const lower = c.meet(a).meet(b);
        expect(lower.widerThan(a.meet(b))).toBeUndefined();
        if (a.widerThan(b) === undefined) expect(plain(a.meet(b))).toEqual(plain(a));
      }),
    ));
  test("two ceilings of which neither is wider are one", () =>
    fc.assert(
      fc.property(ceiling, ceiling, (a, b) => {
        const same = a.widerThan(b) === undefined && b.widerThan(a) === undefined;
        expect(JSON.stringify(plain(a)) === JSON.stringify(plain(b))).toBe(same);
      }),
    ));
});

describe("a chain", () => {
  const edges = fc.array(ceiling, { minLength: 1, maxLength: 4 });
  test("is never wider than any of its edges", () =>
    fc.assert(
      fc.property(edges, (chain) => {
        const end = ceilingOfChain(chain);
        for (const edge of chain) if (end !== undefined) expect(end.widerThan(edge)).toBeUndefined();
      }),
    ));
  test("gains nothing by one more hop, and has fewer left", () =>
    fc.assert(
      fc.property(edges, ceiling, (chain, edge) => {
        const [shorter, longer] = [ceilingOfChain(chain), ceilingOfChain([...chain, edge])];
        if (longer === undefined) return;
        expect(longer.widerThan(shorter as Ceiling)).toBeUndefined();
        expect(longer.depth).toBeLessThan((shorter as Ceiling).depth);
      }),
    ));
  test("has no more hops than its first edge allows", () =>
    fc.assert(
      fc.property(edges, (chain) => {
        if (ceilingOfChain(chain) !== undefined) expect(chain.length).toBeLessThanOrEqual((chain[0] as Ceiling).depth);
      }),
    ));
});

describe("a flow without a problem has none", () => {
  const without = <T>(items: readonly T[], index: number) => items.filter((_item, at) => at !== index % items.length);
  const stays = (change: (given: Flow, index: number, to: Sensitivity) => Flow) => () =>
    fc.assert(
      fc.property(flow, fc.nat(2), level, (given, index, to) => {
        fc.pre(flowProblem(given) === undefined);
        expect(flowProblem(change(given, index, to))).toBeUndefined();
      }),
    );
  const higher = (one: Sensitivity, other: Sensitivity) => Sensitivity.highest([one, other]);
  const lower = (one: Sensitivity, other: Sensitivity) => Sensitivity.lowest([one, other]);

  test(
    "after a read is removed",
    stays((given, index) => ({ ...given, reads: without(given.reads, index) })),
  );
  test(
    "after a write is removed",
    stays((given, index) => ({ ...given, writes: without(given.writes, index) })),
  );
  test(
    "after a tool is removed",
    stays((given, index) => ({ ...given, tools: without(given.tools, index) })),
  );
  test(
    "after touched data is removed",
    stays((given, index) => ({
      ...given,
      tools: given.tools.map((tool) => ({ ...tool, touches: without(tool.touches, index) })),
    })),
  );
  test(
    "after clearances are raised",
    stays((given, _index, to) => ({
      ...given,
      tools: given.tools.map((tool) => ({ ...tool, clearance: higher(tool.clearance, to) })),
    })),
  );
  test(
    "after read data becomes less sensitive",
    stays((given, _index, to) => ({
      ...given,
      reads: given.reads.map((place) => ({ ...place, sensitivity: lower(place.sensitivity, to) })),
    })),
  );
});

test("a flow has a problem exactly where something may flow down", () =>
  fc.assert(
    fc.property(flow, (given) => {
      const down = (from: Flow["reads"], to: Sensitivity) => from.some((place) => place.sensitivity.rank > to.rank);
      const above = given.tools.some((tool) => down(given.reads, tool.clearance) || down(tool.touches, tool.clearance));
      const copied = given.writes.some((written) => down(given.reads, written.sensitivity));
      expect(flowProblem(given)?.code).toBe(
        above ? "flow.above-clearance" : copied ? "flow.read-with-lower-write" : undefined,
      );
    }),
  ));

describe("a session", () => {
  const state = fc.record({ mark: level, tainted: fc.boolean() });
  const call = fc.record({ clearance: level, highImpact: fc.boolean(), outward: fc.boolean(), approved: fc.boolean() });

  test("only rises by reading", () =>
    fc.assert(
      fc.property(state, level, fc.boolean(), (before, read, untrusted) => {
        const after = afterRead(before, read, untrusted);
        expect(after.mark.covers(before.mark) && after.mark.covers(read)).toBe(true);
        expect([before.mark, read]).toContain(after.mark);
        expect(after.tainted).toBe(before.tainted || untrusted);
      }),
    ));
  test("allows no call after a read that it refused before", () =>
    fc.assert(
      fc.property(state, level, fc.boolean(), call, (before, read, untrusted, next) => {
        fc.pre(callProblem(before, next) !== undefined);
        expect(callProblem(afterRead(before, read, untrusted), next)).toBeDefined();
      }),
    ));
});

describe("an agent that gains rights or loses a control", () => {
  const grows = (measure: (agent: AgentDeclaration) => number) => () =>
    fc.assert(
      fc.property(gain, (sketch) => {
        const [before, after] = [built(sketch.before), built(sketch.after)];
        fc.pre(before !== undefined && after !== undefined);
        expect(measure(after as AgentDeclaration)).toBeGreaterThanOrEqual(measure(before as AgentDeclaration));
      }),
      { numRuns: depth(500) },
    );
  test(
    "is no less risky",
    grows((agent) => derivedFrom(agent, OWN_DOMAINS).risk.score),
  );
  test(
    "is no less risky where every domain is foreign",
    grows((agent) => derivedFrom(agent).risk.score),
  );
  test(
    "takes no less time to stop",
    grows((agent) => derivedFrom(agent).longestHorizon),
  );
  test(
    "has no fewer paths that outlive a kill",
    grows((agent) => derivedFrom(agent).horizon.length),
  );

  test("differs from what it was often enough to notice", () => {
    const scores = fc.sample(gain, { numRuns: depth(400), seed: 1 }).flatMap(({ before, after }) => {
      const [one, other] = [built(before), built(after)];
      return one === undefined || other === undefined
        ? []
        : [derivedFrom(other).risk.score - derivedFrom(one).risk.score];
    });
    expect(scores.filter((difference) => difference > 0).length).toBeGreaterThan(depth(50, 5));
  });
});
