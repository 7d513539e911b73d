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
