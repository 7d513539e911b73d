import { AT_END_MILLISECONDS, Cosigning } from "../../../../runtime/audit/integration/cosigning";
import type { LogIntegrator } from "../../../../runtime/audit/integration/integrator";
import { noteIn } from "../../../../runtime/audit/tlog/signed-note";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { gone, held, NearWitness } from "../../../support/audit/near-witness";
import { integratorOf, LogInMemory, Writers } from "../../../support/integration-world";

let store: MemoryStore;
let storage: LogInMemory;
let writers: Writers;
let lines: string[];
const elapsed = (): number => 0;
beforeEach(() => {
  store = new MemoryStore(() => 1_000);
  storage = new LogInMemory();
  writers = new Writers(store);
  lines = [];
});

function process(witness: NearWitness): LogIntegrator {
  const cosigning = new Cosigning({
    witnesses: [witness],
    quorum: 1,
    storage,
    log: (event) => void lines.push(event),
    elapsed,
  });
  return integratorOf(store, storage, elapsed, undefined, cosigning);
}

async function isCosigned({ key }: NearWitness): Promise<boolean> {
  return noteIn((await storage.checkpoint()).bytes).signatures.some(({ id }) => id === key.id);
}

test("a process that ends waits for the cosignature of its last checkpoint", async () => {
  const witness = new NearWitness();
  const { answer } = held(witness);
  const one = process(witness);
  await writers.write("a");
  await one.look();
  const closed = one.close();
  expect([await isCosigned(witness), witness.isClosed]).toEqual([false, false]);
  answer();
  await closed;
  expect([await isCosigned(witness), witness.isClosed, witness.asked]).toEqual([true, true, 1]);
});

test("a process that ends asks a witness once more that was gone", async () => {
  const witness = new NearWitness();
  witness.before = gone;
  const one = process(witness);
  await writers.write("a");
  await one.look();
  witness.before = () => undefined;
  await one.close();
  expect(await isCosigned(witness)).toBe(true);
});

test("a process that ends does not wait for a witness that hangs, nor ask one if another process integrates", async () => {
  const witness = new NearWitness();
  held(witness);
  const [one, other] = [process(witness), process(new NearWitness("other.example"))];
  await writers.write("a");
  await one.look();
  await other.look();
  await other.close();
  jest.useFakeTimers({ doNotFake: ["performance", "queueMicrotask", "setImmediate"] });
  try {
    const closed = one.close();
    await jest.advanceTimersByTimeAsync(AT_END_MILLISECONDS);
    await closed;
  } finally {
    jest.useRealTimers();
  }
  expect([await isCosigned(witness), witness.isClosed, witness.asked]).toEqual([false, true, 1]);
});

test("fails when a witness has seen another history, which it says to a process that ends: it is told", async () => {
  const witness = new NearWitness();
  witness.before = gone;
  const one = process(witness);
  await writers.write("a");
  await one.look();
  witness.add = () => Promise.resolve({ kind: "conflict", size: 99 });
  await one.close();
  expect(lines).toEqual(["audit.witness-failed", "audit.witness-conflict"]);
});
