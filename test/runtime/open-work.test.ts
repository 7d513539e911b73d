import fc from "fast-check";
import { LIMITS } from "../../domain";
import { type AskStopped, OpenWork, QUESTION_MILLISECONDS } from "../../runtime/open-work";
import { depth } from "../support/depth";

const MILLISECONDS = 1_000;
const ASKED = LIMITS.openAsked.seconds * MILLISECONDS;
const CUT = LIMITS.openCut.seconds * MILLISECONDS;
/** Between two looks; and what the rest of the limit leaves a look that is late */
const LOOK = 1_000;
const ROUND_TRIP = 5_000;

/** What is open over an exchange that knows what was stopped, and may be deaf */
function world(most = 64) {
  const now = { at: 0 };
  const stopped = new Map<string, readonly string[]>();
  const asked: (readonly string[])[] = [];
  const cut = new Map<string, readonly string[] | undefined>();
  const exchange = { deaf: false };
  const work = new OpenWork({
    ask: async (names) => {
      asked.push(names);
      if (exchange.deaf) throw new Error("no answer");
      return new Map(names.flatMap((name) => (stopped.has(name) ? [[name, stopped.get(name) ?? []] as const] : [])));
    },
    most,
    elapsed: () => now.at,
  });
  const begin = (id: string, name = id): void => work.begin(id, name, (codes) => void cut.set(id, codes));
  const after = async (milliseconds: number): Promise<void> => {
    now.at += milliseconds;
    await work.look();
  };
  return { work, begin, after, now, stopped, asked, cut, exchange };
}

test("what ends soon is never asked about", async () => {
  const { work, begin, after, asked } = world();
  begin("a");
  await after(LOOK);
  work.end("a");
  await after(ASKED);
  expect(asked).toEqual([]);
});

test("what stays open is asked about every 2 s, several of one name once, and in questions of a bounded size", async () => {
  const { begin, after, asked } = world(2);
  for (const [id, name] of [
    ["1", "a"],
    ["2", "a"],
    ["3", "b"],
    ["4", "c"],
  ] as const)
    begin(id, name);
  await after(ASKED);
  expect(asked).toEqual([["a", "b"], ["c"]]);
  await after(LOOK);
  expect(asked).toHaveLength(2);
  await after(LOOK);
  expect(asked).toHaveLength(4);
});

test("what was stopped is cut with why, all of its name, and nothing else", async () => {
  const { begin, after, stopped, cut } = world();
  for (const [id, name] of [
    ["1", "a"],
    ["2", "a"],
    ["3", "b"],
  ] as const)
    begin(id, name);
  stopped.set("a", ["run.revoked"]);
  await after(ASKED);
  expect([...cut]).toEqual([
    ["1", ["run.revoked"]],
    ["2", ["run.revoked"]],
  ]);
  await after(ASKED);
  expect(cut.size).toBe(2);
});

test("fails closed: what could not be asked about for too long is cut, however old the last answer makes it", async () => {
  const { begin, after, cut, exchange, now } = world();
  begin("old");
  await after(ASKED);
  exchange.deaf = true;
  const lastAnswer = now.at;
  begin("new");
  while (cut.size < 2) await after(LOOK);
  expect([...cut]).toEqual([
    ["old", undefined],
    ["new", undefined],
  ]);
  expect(now.at - lastAnswer).toBeLessThanOrEqual(CUT - ROUND_TRIP);
});

test("a question that fails is in the way of no other", async () => {
  const { work, cut, asked } = ((): { work: OpenWork; cut: string[]; asked: string[][] } => {
    const [cut, asked]: [string[], string[][]] = [[], []];
    const work = new OpenWork({
      ask: async (names) => {
        asked.push([...names]);
        if (names.includes("a")) throw new Error("no answer");
        return new Map([["b", ["run.revoked"]]]);
      },
      most: 1,
      elapsed: () => ASKED,
    });
    for (const id of ["a", "b"]) work.begin(id, id, () => void cut.push(id), 0);
    return { work, cut, asked };
  })();
  await work.look();
  expect([asked, cut]).toEqual([[["a"], ["b"]], ["b"]]);
});

describe("a question that hangs", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** What is open over an exchange that answers as `answering` does */
  function hanging(answering: (names: readonly string[], nth: number) => ReturnType<AskStopped>) {
    const [asked, cut]: [{ names: readonly string[]; at: number }[], string[]] = [[], []];
    const work = new OpenWork({
      ask: (names) => answering(names, asked.push({ names, at: performance.now() })),
      most: 1,
    });
    const begin = (id: string): void => work.begin(id, id, (codes) => void cut.push(`${id} ${codes}`));
    const stop = work.watch();
    return { asked, cut, begin, stop };
  }
  const never = (): Promise<never> => new Promise(() => undefined);

  test("is asked again three times before it is cut, and delays no cut", async () => {
    const { asked, cut, begin, stop } = hanging(never);
    begin("a");
    await jest.advanceTimersByTimeAsync(CUT - ROUND_TRIP - 2 * LOOK);
    expect([asked.length, cut]).toEqual([4, []]);
    await jest.advanceTimersByTimeAsync(LOOK);
    expect(cut).toEqual(["a undefined"]);
    stop();
  });

  test("cuts nothing where the next one is answered, and its own late answer counts for nothing", async () => {
    let answer: (stopped: ReadonlyMap<string, readonly string[]>) => void = () => undefined;
    const { asked, cut, begin, stop } = hanging((_, nth) =>
      nth === 1 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(new Map()),
    );
    begin("a");
    await jest.advanceTimersByTimeAsync(ASKED + 2 * QUESTION_MILLISECONDS);
    answer(new Map([["a", ["run.revoked"]]]));
    await jest.advanceTimersByTimeAsync(2 * CUT);
    expect([cut, asked.length]).toEqual([[], expect.any(Number)]);
    stop();
  });

  test("is in the way of no other", async () => {
    const { cut, begin, stop } = hanging((names) =>
      names.includes("a") ? never() : Promise.resolve(new Map([["b", ["run.revoked"]]])),
    );
    begin("a");
    await jest.advanceTimersByTimeAsync(LOOK);
    begin("b");
    await jest.advanceTimersByTimeAsync(ASKED + LOOK);
    expect(cut).toEqual(["b run.revoked"]);
    stop();
  });

  test("is asked once at a time", async () => {
    const { asked, begin, stop } = hanging(never);
    begin("a");
    await jest.advanceTimersByTimeAsync(ASKED + QUESTION_MILLISECONDS - 1);
    expect(asked).toHaveLength(1);
    stop();
  });
});

test("it asks by itself until it is told not to", async () => {
  jest.useFakeTimers();
  const { work, begin, asked, now } = world();
  begin("a");
  now.at = ASKED;
  const stop = work.watch();
  await jest.advanceTimersByTimeAsync(LOOK);
  expect(asked).toHaveLength(1);
  stop();
  now.at += ASKED;
  await jest.advanceTimersByTimeAsync(10 * LOOK);
  expect(asked).toHaveLength(1);
  jest.useRealTimers();
});

type Step =
  | { readonly kind: "begin" | "end"; readonly id: number; readonly name: number }
  | { readonly kind: "deaf" | "hears" | "look" | "stop"; readonly id: number; readonly name: number };

const kinds = ["begin", "begin", "end", "look", "look", "look", "look", "stop", "deaf", "hears"] as const;
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  id: fc.nat(5),
  name: fc.nat(2),
});

/** Plainly: when each began or was last told to go on, by an exchange that answers at once. */
test("drawn: what is stopped or not heard of is cut in time, and nothing else ever is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { work, begin, after, now, stopped, cut, exchange } = world();
      const open = new Map<string, { name: string; goodAt: number; stoppedAt?: number }>();
      for (const { kind, id: number, name: named } of steps) {
        const [id, name] = [`${number}`, `${named}`];
        if (kind === "begin" && !open.has(id) && !stopped.has(name)) {
          begin(id, name);
          open.set(id, { name, goodAt: now.at });
        } else if (kind === "end") {
          work.end(id);
          open.delete(id);
        } else if (kind === "stop") {
          stopped.set(name, [`${name}.revoked`]);
          for (const each of open.values()) if (each.name === name) each.stoppedAt ??= now.at;
        } else if (kind === "deaf" || kind === "hears") {
          exchange.deaf = kind === "deaf";
        } else if (kind === "look") {
          cut.clear();
          await after(LOOK);
          for (const [each, codes] of cut) {
            const was = open.get(each);
            open.delete(each);
            if (was === undefined) throw new Error(`${each} was not open`);
            if (codes !== undefined) expect(codes).toEqual([`${was.name}.revoked`]);
            else expect(now.at - was.goodAt).toBeGreaterThanOrEqual(CUT - ROUND_TRIP - LOOK);
          }
          for (const each of open.values()) {
            if (each.stoppedAt !== undefined) {
              const limit = exchange.deaf ? CUT - ROUND_TRIP : CUT;
              expect(now.at - each.stoppedAt).toBeLessThan(limit);
            }
            if (!exchange.deaf && each.stoppedAt !== undefined) {
              expect(now.at - each.stoppedAt).toBeLessThanOrEqual(ASKED + LOOK);
            }
            if (!exchange.deaf && now.at - each.goodAt >= ASKED) each.goodAt = now.at;
          }
        }
      }
    }),
    { numRuns: depth(200) },
  );
});
