import fc from "fast-check";
import type { Act, AuditEvent } from "../../../runtime/audit/audit";
import { Refusal } from "../../../runtime/refusal/refusal";
import { Refusals } from "../../../runtime/token/refusals";
import { MOST_AUDIENCES, MOST_REPEATS, MOST_SERVED, REPEAT_SECONDS, Repeats } from "../../../runtime/token/repeats";
import { depth } from "../../support/depth";

const AGENT = "spiffe://prod.acme.example/ns/support/sa/triage";
const refused = (time: number, facts: AuditEvent["facts"] = {}, kind = "token.refused"): AuditEvent => ({
  kind,
  time,
  facts: {
    spiffeId: AGENT,
    agent: "triage",
    task: "answer",
    error: "access_denied",
    codes: ["agent.suspended"],
    ...facts,
  },
});

/** Which are recorded by themselves, and what is told of the others */
function counted() {
  const told: AuditEvent[] = [];
  const repeats = new Repeats((event) => void told.push(event));
  const first = (event: AuditEvent, caller = AGENT) => repeats.isFirst(event, caller);
  return { repeats, told, first };
}

test("of refusals that are alike within a minute the first is recorded, and the others by their number", () => {
  const { first, told, repeats } = counted();
  expect([100, 100, 130, 159].map((time) => first(refused(time)))).toEqual([true, false, false, false]);
  expect(told).toEqual([]);
  expect(first(refused(160))).toBe(true);
  const { facts } = refused(0);
  expect(told).toEqual([{ kind: "token.refused.repeated", time: 159, facts: { ...facts, repeated: 3, since: 100 } }]);
  repeats.flush();
  expect(told).toHaveLength(1);
});

test.each<readonly [what: string, other: AuditEvent, caller: string]>([
  ["of another agent", refused(100), `${AGENT}-2`],
  ["of another task", refused(100, { task: "refund" }), AGENT],
  ["for another reason", refused(100, { codes: ["agent.expired"] }), AGENT],
  ["for one reason more", refused(100, { codes: ["agent.suspended", "agent.expired"] }), AGENT],
  ["for another tool", refused(100, { audience: "tool:zendesk" }), AGENT],
  ["of a token that was issued", refused(100, { token: "t-1" }), AGENT],
  ["for another user", refused(100, { user: "digest-of-bob" }), AGENT],
  ["in another transaction", refused(100, { txn: "t-2" }), AGENT],
  ["of another kind", refused(100, {}, "aws.refused"), AGENT],
  ["before the first, by a clock that went back", refused(99), AGENT],
])("a refusal %s is a first one", (_, other, caller) => {
  const { first } = counted();
  expect(first(refused(100))).toBe(true);
  expect(first(other, caller)).toBe(true);
});

test("a refusal of another run is alike: an agent begins as many as it likes", () => {
  const { first } = counted();
  expect([first(refused(100, { run: "r-1" })), first(refused(100, { run: "r-2" }))]).toEqual([true, false]);
});

test("of one caller 32 audiences are told apart, and all the others together", () => {
  const { first } = counted();
  const recorded = Array.from({ length: 1_000 }, (_, n) => first(refused(100, { audience: `tool:t${n}` })));
  expect(recorded.filter((isFirst) => isFirst)).toHaveLength(MOST_AUDIENCES + 1);
});

test.each(["user", "txn"])("of one caller 32 of each %s are told apart, and all the others together", (name) => {
  const { first } = counted();
  const recorded = Array.from({ length: 1_000 }, (_, n) => first(refused(100, { [name]: `${n}` })));
  expect(recorded.filter((isFirst) => isFirst)).toHaveLength(MOST_SERVED + 1);
});

test("where there are too many to be told apart, the oldest is told, and none is lost", () => {
  const { first, told } = counted();
  first(refused(100));
  first(refused(100));
  const all = Array.from({ length: MOST_REPEATS }, (_, n) => first(refused(100, { token: `t-${n}` })));
  expect(all).not.toContain(false);
  expect(told).toMatchObject([{ facts: { repeated: 1 } }]);
});

test("a number stays one that is exact", () => {
  const { repeats, told } = counted();
  for (const count of [1, Number.MAX_SAFE_INTEGER, 5]) repeats.isFirst(refused(100), AGENT, count);
  repeats.flush();
  expect(told).toMatchObject([{ facts: { repeated: Number.MAX_SAFE_INTEGER } }]);
});

test("a first one that is on no record after all is followed by a first one, and what was counted behind it is told", () => {
  const { repeats, told, first } = counted();
  const lost = refused(100);
  expect([first(lost), first(refused(101))]).toEqual([true, false]);
  repeats.unrecorded(lost, AGENT);
  expect(told).toMatchObject([{ facts: { repeated: 1 } }]);
  const kept = refused(102);
  expect([first(kept), first(refused(103))]).toEqual([true, false]);
  // Of one that has taken its place meanwhile nothing is forgotten.
  repeats.unrecorded(lost, AGENT);
  expect(first(refused(104))).toBe(false);
});

test("records and numbers together are all refusals", () => {
  const event = fc.record({ wait: fc.integer({ min: 0, max: 40 }), codes: fc.subarray(["a", "b"], { minLength: 1 }) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const { first, told, repeats } = counted();
      let now = 1_000;
      const recorded = events.filter(({ wait, codes }) => first(refused((now += wait), { codes })));
      repeats.flush();
      const repeated = told.reduce((sum, { facts }) => sum + (facts["repeated"] as number), 0);
      expect(recorded.length + repeated).toBe(events.length);
    }),
    { numRuns: depth(50) },
  );
});

describe("what is recorded of a thousand refusals", () => {
  const caller = { spiffeId: AGENT, confirmation: undefined, proof: undefined };
  const refusal = Refusal.of("scope.too-wide");

  async function recorded(kind: string) {
    const acts: Act[] = [];
    const refusals = new Refusals({ commit: async (act) => void acts.push(act) }, (error) => {
      throw error;
    });
    for (let n = 0; n < 1_000; n += 1) await refusals.record(refused(100, {}, kind), refusal, caller);
    return acts;
  }

  test("is the first at once, and the number of the others after a minute, even without further refusals", async () => {
    jest.useFakeTimers();
    const acts = await recorded("token.refused");
    expect(acts.map(({ event }) => event.kind)).toEqual(["token.refused"]);
    jest.advanceTimersByTime(REPEAT_SECONDS * 1_000);
    expect(acts.slice(1)).toMatchObject([
      { writes: [], event: { kind: "token.refused.repeated", facts: { repeated: 999, since: 100 } } },
    ]);
    jest.useRealTimers();
  });

  test("is each by itself if it says that a recorded credential was not delivered", async () => {
    expect(await recorded("aws.failed")).toHaveLength(1_000);
  });
});
