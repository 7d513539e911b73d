import fc from "fast-check";
import { Cosigning } from "../../../../runtime/audit/integration/cosigning";
import { LEASE_MILLISECONDS } from "../../../../runtime/audit/integration/log-hold";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { LogUnavailable } from "../../../../runtime/audit/storage/log-storage";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { noteIn } from "../../../../runtime/audit/tlog/signed-note";
import { NearWitness } from "../../../support/audit/near-witness";
import { depth } from "../../../support/depth";
import { FaultyStore } from "../../../support/faulty-store";
import { integratorOf, LOG_SIGNER, LogInMemory, Writers } from "../../../support/integration-world";

/** At which step of how many a process dies, counted over store and storage, and whether what it asked for was done */
interface Death {
  readonly step: number;
  readonly isDone: boolean;
}

class Dead extends Error {}

test.each([
  ["alone", false],
  ["which a witness cosigns", true],
])(
  "a process that dies at any step leaves the next one to make the same log of the same records, %s",
  async (_, isWitnessed) => {
    const deaths = fc.array(fc.record({ step: fc.integer({ min: 1, max: 14 }), isDone: fc.boolean() }), {
      maxLength: 6,
    });
    const bursts = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 40 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(deaths, bursts, async (all, written) => {
        await survives(all, written, () => new Dead(), isWitnessed);
      }),
      { numRuns: depth(300, 25) },
    );
  },
);

test.each([
  ["of a log alone", false],
  ["of one that a witness cosigns", true],
])("each single step %s may be the last one", async (_, isWitnessed) => {
  for (let step = 1; step <= 14; step++) {
    for (const isDone of [false, true]) {
      const burst = [
        ["a", 300],
        ["b", 2],
      ] as const;
      await survives([{ step, isDone }], burst, () => new Dead(), isWitnessed);
    }
  }
});

test("a process goes on where store or storage did not answer", async () => {
  for (let step = 1; step <= 12; step++) {
    for (const isDone of [false, true]) {
      await survives([{ step, isDone }], [["a", 300]], (isStore) =>
        isStore ? new StoreUnavailable("no answer") : new LogUnavailable("no answer"),
      );
    }
  }
});

async function survives(
  deaths: readonly Death[],
  bursts: readonly (readonly [string, number])[],
  error: (isStore: boolean) => Error,
  isWitnessed = false,
): Promise<void> {
  let now = 0;
  const kept = new MemoryStore(() => 1_000);
  const [store, storage, writers] = [new FaultyStore(kept), new LogInMemory(), new Writers(kept)];
  const left = [...deaths];
  let steps = 0;
  const dies = (isDone: boolean, isStore: boolean) => (): void => {
    if (!isDone) steps += 1;
    const [death] = left;
    if (death === undefined || death.step !== steps || death.isDone !== isDone) return;
    left.shift();
    throw error(isStore);
  };
  store.before = dies(false, true);
  store.after = dies(true, true);
  storage.before = dies(false, false);
  storage.after = dies(true, false);
  const witness = new NearWitness();
  witness.before = dies(false, false);
  witness.after = dies(true, false);
  const begun = () => {
    const cosigning = new Cosigning({
      witnesses: [witness],
      quorum: 1,
      storage,
      log: () => undefined,
      elapsed: () => now,
    });
    return integratorOf(store, storage, () => now, undefined, isWitnessed ? cosigning : undefined);
  };
  let process = begun();
  const rest = [...bursts];
  for (let idle = 0; idle < 4 || rest.length > 0;) {
    const [burst] = rest.splice(0, 1);
    if (burst !== undefined) await writers.write(...burst);
    try {
      const { entries } = await process.look();
      idle = entries === 0 && burst === undefined ? idle + 1 : 0;
    } catch (thrown) {
      steps = idle = 0;
      if (thrown instanceof Dead) process = begun();
      else if (!(thrown instanceof StoreUnavailable) && !(thrown instanceof LogUnavailable)) throw thrown;
    }
    now += LEASE_MILLISECONDS / 2;
  }
  writers.expectIn(await storage.records());
  if (!isWitnessed) return;
  // Who was asked and who was answered by are dead alike; those that came after agree with all that it cosigned.
  const { signatures } = noteIn((await storage.checkpoint()).bytes);
  expect(signatures.map(({ name }) => name)).toEqual([LOG_SIGNER.key.name, witness.name]);
}
