import { Cosigning } from "../../../../runtime/audit/integration/cosigning";
import type { LogIntegrator } from "../../../../runtime/audit/integration/integrator";
import { LEASE_MILLISECONDS } from "../../../../runtime/audit/integration/log-hold";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { gone, held, NearWitness } from "../../../support/audit/near-witness";
import { published, until } from "../../../support/audit/published-cosignatures";
import { integratorOf, LogInMemory, Writers } from "../../../support/integration-world";

let now: number;
let store: MemoryStore;
let storage: LogInMemory;
let writers: Writers;
const elapsed = (): number => now;

function process(witnesses: readonly NearWitness[], quorum = witnesses.length): LogIntegrator {
  const cosigning = new Cosigning({ witnesses, quorum, storage, log: () => undefined, elapsed });
  return integratorOf(store, storage, elapsed, undefined, cosigning);
}

describe("a witness that always takes longer than half a second, of a log that never rests", () => {
  let witness: NearWitness;
  let witnesses: readonly NearWitness[];
  let one: LogIntegrator;
  const looked = async (seconds: number): Promise<readonly unknown[]> => {
    now += seconds * 1_000;
    await writers.write("a");
    return [(await one.look()).uncosigned, ...(await published(storage, witnesses))];
  };
  /** The next checkpoint is published before it answers about this one. */
  const busy = async (seconds: number): Promise<readonly unknown[]> => {
    const { answer } = held(witness);
    await looked(seconds);
    const last = await looked(0);
    answer();
    await until(() => witness.asked === witness.answered);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return last;
  };
  const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 600));
  beforeEach(async () => {
    now = 0;
    store = new MemoryStore(() => 1_000);
    storage = new LogInMemory();
    writers = new Writers(store);
    witness = new NearWitness();
    witnesses = [witness];
    one = process(witnesses);
    expect(await busy(0)).toEqual([null, 2]);
  });

  test("one checkpoint in 30 s is held back for it, and published with its cosignature", async () => {
    expect(await busy(29)).toEqual([1_000, 4]);
    witness.before = slow;
    expect(await looked(1)).toEqual([null, 5, witness.name]);
    expect(await busy(10)).toEqual([null, 7]);
    expect(await busy(29)).toEqual([1_040, 9]);
    witness.before = slow;
    expect(await looked(1)).toEqual([null, 10, witness.name]);
  });

  test("fails to have another one held back within 30 s where it did not cosign", async () => {
    witness.before = gone;
    const { asked } = witness;
    await looked(30);
    await looked(1);
    expect(witness.asked).toBe(asked + 1);
  });

  test("fails to have one held back while enough others cosign", async () => {
    witnesses = [witness, new NearWitness("other.example")];
    one = process(witnesses, 1);
    witness.before = slow;
    await looked(0);
    await looked(LEASE_MILLISECONDS / 1_000);
    await until(() => witness.asked === witness.answered);
    expect(await looked(31)).toEqual([null, 5, "other.example"]);
  });
});

/** Pauses between looks, the same in each run */
function* pauses(mean: number, around: number): Generator<number> {
  for (let seed = 7; ; seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31)
    yield mean + around * ((2 * seed) / 2 ** 31 - 1);
}

test.each([
  [0.6, 250, 0],
  [2.1, 500, 200],
  [3, 400, 200],
  [2.5, 300, 150],
  [4.5, 400, 200],
  [4.8, 300, 250],
])(
  "a witness that takes %d s counts within 45 s, if a log that never rests is looked at each %d ± %d ms",
  async (latency, mean, around) => {
    jest.useFakeTimers({ doNotFake: ["queueMicrotask", "setImmediate", "nextTick"], now: 0 });
    try {
      const fake = (): number => Date.now();
      store = new MemoryStore(() => 1_000 + Math.floor(fake() / 1_000));
      storage = new LogInMemory();
      writers = new Writers(store);
      const witnesses = [new NearWitness("one.example"), new NearWitness("two.example")];
      for (const each of witnesses)
        each.before = () => new Promise<void>((resolve) => setTimeout(resolve, latency * 1_000));
      const cosigning = new Cosigning({ witnesses, quorum: 2, storage, log: () => undefined, elapsed: fake });
      const one = integratorOf(store, storage, fake, undefined, cosigning);
      let longest = 0;
      const run = (async () => {
        for (const pause of pauses(mean, around)) {
          if (fake() > 5 * 60_000) return;
          await writers.write("a");
          await one.look();
          longest = Math.max(longest, cosigning.waitingSeconds);
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      })();
      let isOver = false;
      void run.finally(() => (isOver = true));
      while (!isOver) await jest.advanceTimersByTimeAsync(100);
      await run;
      expect(longest).toBeGreaterThan(29);
      expect(longest).toBeLessThan(45);
    } finally {
      jest.useRealTimers();
    }
  },
);
