import fc from "fast-check";
import {
  MOST_COUNTED,
  MOST_TOLD,
  MOST_WAITING,
  type RefusalFacts,
  RefusalTeller,
  TELLING_MILLISECONDS,
} from "../../../runtime/refusal/refusal-teller";
import { depth } from "../../support/depth";

interface Batch {
  readonly refusals: readonly (RefusalFacts & { readonly time: number; readonly count: number })[];
  readonly dropped: number;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A teller, and an exchange that answers as `answering` does */
function telling(answering: (batch: Batch) => readonly number[] | Promise<readonly number[]> = () => []) {
  const sent: Batch[] = [];
  const logged: unknown[] = [];
  const teller = new RefusalTeller({
    send: async (text) => {
      const batch = JSON.parse(text) as Batch;
      sent.push(batch);
      return answering(batch);
    },
    clock: () => 100,
    log: (event, facts) => void logged.push({ event, ...facts }),
  });
  const second = () => jest.advanceTimersByTimeAsync(TELLING_MILLISECONDS);
  return { teller, sent, logged, second };
}

const refusal = (n: number | string, more: Partial<RefusalFacts> = {}): RefusalFacts => ({
  codes: ["call.body"],
  run: `run-${n}`,
  ...more,
});

test("refusals that are alike become one with their number, a second after the first", async () => {
  const { teller, sent, second } = telling();
  for (const decision of ["d-1", "d-2", "d-3"]) teller.tell(refusal(1, { decision }));
  teller.tell(refusal(2, { decision: "d-4" }));
  await jest.advanceTimersByTimeAsync(TELLING_MILLISECONDS - 1);
  expect(sent).toEqual([]);
  await second();
  expect(sent).toEqual([
    {
      refusals: [
        { ...refusal(1), decision: "d-1", time: 100, count: 3 },
        { ...refusal(2), decision: "d-4", time: 100, count: 1 },
      ],
      dropped: 0,
    },
  ]);
  await second();
  expect(sent).toHaveLength(1);
});

test.each<readonly [what: string, more: Partial<RefusalFacts>]>([
  ["for another reason", { codes: ["call.target"] }],
  ["of another run", { run: "run-2" }],
  ["of another agent", { by: "spiffe://a/b" }],
  ["of another action", { action: "pay" }],
])("a refusal %s is told by itself", async (_, more) => {
  const { teller, sent, second } = telling();
  teller.tell(refusal(1));
  teller.tell(refusal(1, more));
  await second();
  expect(sent[0]?.refusals.map(({ count }) => count)).toEqual([1, 1]);
});

test("a batch has 100 at most, and one is sent a second", async () => {
  const { teller, sent, second } = telling();
  for (let n = 0; n < 250; n += 1) teller.tell(refusal(n));
  for (let n = 0; n < 3; n += 1) await second();
  expect(sent.map(({ refusals }) => refusals.length)).toEqual([MOST_TOLD, MOST_TOLD, 50]);
});

test("a batch is no larger than what the exchange reads", async () => {
  const { teller, sent, second } = telling();
  for (let n = 0; n < 90; n += 1) teller.tell(refusal(n, { by: "x".repeat(2_000) }));
  for (let n = 0; n < 5; n += 1) await second();
  expect(Math.max(...sent.map((batch) => JSON.stringify(batch).length))).toBeLessThan(65_536);
  expect(sent.flatMap(({ refusals }) => refusals)).toHaveLength(90);
});

test("while the exchange is slow nothing else is sent, and what comes meanwhile goes together", async () => {
  let answer: (untold: readonly number[]) => void = () => undefined;
  const { teller, sent, second } = telling(() => new Promise((resolve) => (answer = resolve)));
  teller.tell(refusal(1));
  await second();
  for (let n = 0; n < 5; n += 1) {
    teller.tell(refusal(2));
    await second();
  }
  expect(sent).toHaveLength(1);
  answer([]);
  await second();
  await second();
  expect(sent[1]?.refusals).toMatchObject([{ run: "run-2", count: 5 }]);
});

test("a batch that fails is sent once more, and then counted: the next one tells the number", async () => {
  let isDeaf = true;
  const { teller, sent, logged, second } = telling(() => {
    if (isDeaf) throw new Error("no answer");
    return [];
  });
  teller.tell(refusal(1));
  teller.tell(refusal(1));
  await second();
  await second();
  expect(sent.map(({ refusals }) => refusals.map(({ run }) => run))).toEqual([["run-1"], ["run-1"]]);
  expect(logged).toEqual([{ event: "refusals.untold", refusals: 2, because: "Error: no answer" }]);
  isDeaf = false;
  teller.tell(refusal(2));
  await second();
  expect(sent.at(-1)).toMatchObject({ refusals: [{ run: "run-2" }], dropped: 2 });
  teller.tell(refusal(3));
  await second();
  expect(sent.at(-1)?.dropped).toBe(0);
});

test("what the exchange does not take is not told again, but counted", async () => {
  const { teller, sent, logged, second } = telling(({ refusals }) => (refusals.length === 3 ? [0, 2] : []));
  for (const n of [1, 2, 3]) teller.tell(refusal(n));
  await second();
  teller.tell(refusal(4));
  await second();
  expect(sent.at(-1)).toMatchObject({ refusals: [{ run: "run-4" }], dropped: 2 });
  expect(logged).toEqual([{ event: "refusals.untold", refusals: 2, because: "the exchange did not take them" }]);
});

test("where more wait than are kept, the newest are", async () => {
  const { teller, sent, second } = telling();
  for (let n = 0; n < MOST_WAITING + 5; n += 1) teller.tell(refusal(n));
  for (let n = 0; n <= MOST_WAITING / MOST_TOLD; n += 1) await second();
  expect(sent[0]?.dropped).toBe(5);
  const runs = sent.flatMap(({ refusals }) => refusals.map(({ run }) => run));
  expect([runs.length, runs[0], runs.at(-1)]).toEqual([MOST_WAITING, "run-5", `run-${MOST_WAITING + 4}`]);
});

test("where more wait than are kept, one that is refused all the time takes no place from another", async () => {
  const { teller, sent, logged, second } = telling();
  teller.tell(refusal("of-another", { by: "spiffe://a/other" }));
  for (let n = 0; n < MOST_WAITING + 5; n += 1) teller.tell(refusal(n, { by: "spiffe://a/loud" }));
  for (let n = 0; n <= MOST_WAITING / MOST_TOLD; n += 1) await second();
  const runs = sent.flatMap(({ refusals }) => refusals.map(({ run }) => run));
  expect([runs.length, runs[0], runs[1]]).toEqual([MOST_WAITING, "run-of-another", "run-6"]);
  expect(logged).toHaveLength(6);
});

test("a number larger than the exchange takes is told in parts", async () => {
  const { teller, sent, second } = telling();
  for (let n = 0; n < MOST_COUNTED + 5; n += 1) teller.tell(refusal(1));
  await second();
  expect(sent).toMatchObject([{ refusals: [{ count: MOST_COUNTED }], dropped: 5 }]);
});

describe("a process that ends", () => {
  test("tells what waits, at once", async () => {
    const { teller, sent } = telling();
    teller.tell(refusal(1));
    await teller.close();
    expect(sent).toMatchObject([{ refusals: [{ run: "run-1" }] }]);
  });

  test("tells nothing where nothing waits, nor after that", async () => {
    const { teller, sent, second } = telling();
    await teller.close();
    teller.tell(refusal(1));
    await second();
    expect(sent).toEqual([]);
  });

  test("waits no longer than two seconds for an exchange that does not answer", async () => {
    const { teller } = telling(() => new Promise(() => undefined));
    teller.tell(refusal(1));
    const closing = teller.close();
    await jest.advanceTimersByTimeAsync(2_000);
    await expect(closing).resolves.toBeUndefined();
  });
});

test("drawn: every refusal is told or counted, with an exchange that takes all, some or none", async () => {
  const step = fc.record({
    refusals: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 }),
    answer: fc.constantFrom("takes", "deaf", "leaves out the first"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      let answer = "takes";
      let taken = 0;
      let dropped = 0;
      const { teller, second } = telling((batch) => {
        if (answer === "deaf") throw new Error("no answer");
        const left = answer === "takes" ? [] : [0];
        dropped += batch.dropped;
        for (const [place, { count }] of batch.refusals.entries()) if (!left.includes(place)) taken += count;
        return left;
      });
      for (const { refusals, answer: next } of steps) {
        answer = next;
        for (const n of refusals) teller.tell(refusal(n));
        await second();
      }
      answer = "takes";
      for (let n = 0; n < 4; n += 1) {
        teller.tell(refusal("last"));
        await second();
      }
      const all = steps.reduce((sum, { refusals }) => sum + refusals.length, 0);
      expect(taken + dropped).toBe(all + 4);
    }),
    { numRuns: depth(50) },
  );
});
