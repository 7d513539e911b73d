import { Cosigning } from "../../../../runtime/audit/integration/cosigning";
import type { LogIntegrator } from "../../../../runtime/audit/integration/integrator";
import { LEASE_MILLISECONDS } from "../../../../runtime/audit/integration/log-hold";
import { checkpointIn } from "../../../../runtime/audit/tlog/checkpoint";
import { noteIn } from "../../../../runtime/audit/tlog/signed-note";
import type { WitnessSays } from "../../../../runtime/audit/witness/witness-client";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { gone, held, NearWitness } from "../../../support/audit/near-witness";
import { published as publishedIn, until } from "../../../support/audit/published-cosignatures";
import { integratorOf, LogInMemory, Writers } from "../../../support/integration-world";

let now: number;
let store: MemoryStore;
let storage: LogInMemory;
let writers: Writers;
let lines: [string, unknown][];
const elapsed = (): number => now;
beforeEach(() => {
  now = 0;
  lines = [];
  store = new MemoryStore(() => 1_000);
  storage = new LogInMemory();
  writers = new Writers(store);
});

function process(
  witnesses: readonly NearWitness[],
  quorum = witnesses.length,
  of = storage,
  at = store,
): LogIntegrator {
  const log = (event: string, facts?: unknown): void => void lines.push([event, facts]);
  const cosigning = new Cosigning({ witnesses, quorum, storage: of, log, elapsed });
  return integratorOf(at, of, elapsed, undefined, cosigning);
}

const published = (witnesses: readonly NearWitness[], of = storage) => publishedIn(of, witnesses);

/** Look until it is refused, but not for ever. */
async function looking(at: LogIntegrator): Promise<void> {
  for (let looked = 0; looked < 200; looked++) {
    now += 2_000;
    await at.look();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("each checkpoint is published with the cosignatures of its witnesses", async () => {
  const witnesses = [new NearWitness("one.example"), new NearWitness("two.example")];
  const one = process(witnesses);
  for (const size of [3, 300, 301]) {
    await writers.write("a", size - (writers.written.get("a") ?? 0));
    expect((await one.look()).uncosigned).toBeNull();
    expect(await published(witnesses)).toEqual([size, "one.example", "two.example"]);
  }
  await one.close();
  expect(witnesses.every(({ isClosed }) => isClosed)).toBe(true);
});

test("a witness that hangs delays one checkpoint within the second, and no other until it answers", async () => {
  const witness = new NearWitness();
  const waiting: (() => void)[] = [];
  witness.before = () => new Promise<void>((resolve) => waiting.push(resolve));
  const one = process([witness]);
  await writers.write("a", 3);
  const began = performance.now();
  await one.look();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await published([witness])).toEqual([3]);
  await writers.write("a", 2);
  await one.look();
  expect([await published([witness]), witness.asked]).toEqual([[5], 1]);
  witness.before = () => undefined;
  for (const answer of waiting) answer();
  await until(async () => {
    now += 2_000;
    await one.look();
    return (await published([witness])).length === 2;
  });
  await writers.write("a");
  await one.look();
  expect(await published([witness])).toEqual([6, witness.name]);
});

test("a cosignature that comes late is added to what is published, and counts from then on", async () => {
  const witness = new NearWitness();
  const { answer } = held(witness);
  const one = process([witness]);
  await writers.write("a");
  await one.look();
  now += 10_000;
  expect([(await one.look()).uncosigned, await published([witness])]).toEqual([1_000, [1]]);
  answer();
  await until(async () => (await published([witness])).length === 2);
  await until(async () => (await one.look()).uncosigned === null);
  expect(witness.asked).toBe(1);
});

test("a cosignature that comes while its checkpoint is being written is asked for again", async () => {
  const witness = new NearWitness();
  const { answer } = held(witness);
  const cosigned = new Promise<void>((resolve) => (witness.after = resolve));
  storage.before = async (path) => {
    if (path !== "checkpoint" || storage.files.has(path)) return;
    answer();
    await cosigned;
    // What is done with it is done at once.
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const one = process([witness]);
  await writers.write("a");
  await one.look();
  now += 10_000;
  expect([(await one.look()).uncosigned, await published([witness])]).toEqual([1_000, [1]]);
  await until(async () => {
    now += 2_000;
    return (await one.look()).uncosigned === null;
  });
  expect([await published([witness]), witness.asked]).toEqual([[1, witness.name], 2]);
});

test("while a witness is gone the log goes on, and how long it has is told by other processes too", async () => {
  const witness = new NearWitness();
  const [one, two] = [process([witness]), process([witness])];
  await writers.write("a");
  await one.look();
  witness.before = gone;
  await writers.write("a");
  await one.look();
  expect(await published([witness])).toEqual([2]);
  now += 600_000;
  expect((await one.look()).uncosigned).toBe(1_000);
  expect(await two.look()).toEqual({ entries: 0, uncosigned: 1_000 });
  expect(lines).toContainEqual([
    "audit.witness-failed",
    { witness: witness.name, because: "WitnessUnavailable: it is gone" },
  ]);
  expect(lines.filter(([event]) => event === "audit.witness-failed").length).toBeLessThan(4);
  witness.before = () => undefined;
  await until(async () => {
    now += 2_000;
    return (await one.look()).uncosigned === null;
  });
  expect(await published([witness])).toEqual([2, witness.name]);
  expect(await two.look()).toEqual({ entries: 0, uncosigned: null });
  expect(lines.at(-1)).toEqual(["audit.witness-back", { witness: witness.name }]);
});

test("who takes over goes on to count, and asks about what is published already", async () => {
  const witness = new NearWitness();
  witness.before = gone;
  const one = process([witness]);
  await writers.write("a");
  await one.look();
  now += 60_000;
  await one.look();
  await one.close();
  now += 60_000;
  const two = process([witness]);
  expect((await two.look()).uncosigned).toBe(1_000);
  witness.before = () => undefined;
  await until(async () => {
    now += 2_000;
    return (await two.look()).uncosigned === null;
  });
  expect(await published([witness])).toEqual([1, witness.name]);
});

test("where two of three are enough, one may be gone", async () => {
  const witnesses = ["one.example", "two.example", "three.example"].map((name) => new NearWitness(name));
  const [first, second] = witnesses as [NearWitness, NearWitness];
  first.before = gone;
  const one = process(witnesses, 2);
  await writers.write("a");
  await one.look();
  expect(await published(witnesses)).toEqual([1, "two.example", "three.example"]);
  now += 600_000;
  expect((await one.look()).uncosigned).toBeNull();
  second.before = gone;
  await writers.write("a");
  await one.look();
  now += 10_000;
  expect((await one.look()).uncosigned).toBe(1_600);
});

test("a cosignature takes the place of the one before of the same witness, and no other", async () => {
  const witnesses = [new NearWitness("one.example"), new NearWitness("two.example")];
  const one = process(witnesses);
  await writers.write("a");
  await one.look();
  await one.close();
  // The next process asks again, and finds what was cosigned.
  const two = process(witnesses);
  await two.look();
  await until(() => witnesses.every(({ asked }) => asked === 3));
  now += LEASE_MILLISECONDS;
  await two.look();
  expect(await published(witnesses)).toEqual([1, "one.example", "two.example"]);
});

test("a checkpoint that gets a cosignature while the next one is made is no other one", async () => {
  const witness = new NearWitness();
  witness.before = gone;
  const one = process([witness]);
  await writers.write("a");
  await one.look();
  await writers.write("a");
  let isAdded = false;
  storage.before = async (path) => {
    if (path !== "checkpoint" || isAdded) return;
    isAdded = true;
    const stored = await storage.checkpoint();
    storage.files.set(
      "checkpoint",
      Buffer.concat([stored.bytes, Buffer.from(`\u2014 other.example ${"A".repeat(8)}\n`)]),
    );
  };
  expect((await one.look()).entries).toBe(1);
  expect(checkpointIn(noteIn((await storage.checkpoint()).bytes).text).size).toBe(2);
});

describe("fails when", () => {
  test("store and log were set back together, although nothing new is written", async () => {
    const witness = new NearWitness();
    await writers.write("a", 5);
    await process([witness]).look();
    // The same records, as they were at three
    const [oldStore, oldFiles] = [new MemoryStore(() => 1_000), new LogInMemory()];
    await new Writers(oldStore).write("a", 3);
    const before = integratorOf(oldStore, oldFiles, elapsed);
    await before.look();
    await before.close();
    const later = process([witness], 1, oldFiles, oldStore);
    await expect(looking(later)).rejects.toThrow(
      "the witness witness.example has cosigned 5 entries, the log has 3: it was set back",
    );
  });

  test.each([
    ["goes on", 4, "the log of 4 entries does not begin with the 3 that the witness witness.example has cosigned"],
    ["is as long", 3, "the witness witness.example has cosigned another root of 3 entries"],
    ["is shorter", 2, "the witness witness.example has cosigned 3 entries, the log has 2: it was set back"],
  ])("a witness was shown another log that %s, and nothing is published", async (_, size, message) => {
    const witness = new NearWitness();
    await writers.write("a", 3);
    await process([witness]).look();
    const [other, files] = [new MemoryStore(() => 1_000), new LogInMemory()];
    await new Writers(other).write("b", size);
    await expect(process([witness], 1, files, other).look()).rejects.toThrow(message);
    expect(files.files.has("checkpoint")).toBe(false);
    expect(await published([witness])).toEqual([3, witness.name]);
  });

  test("a witness that was gone comes back and has seen another log", async () => {
    const witness = new NearWitness();
    await writers.write("a", 3);
    await process([witness]).look();
    witness.before = gone;
    const [other, files] = [new MemoryStore(() => 1_000), new LogInMemory()];
    const forked = process([witness], 1, files, other);
    const theirs = new Writers(other);
    await theirs.write("b", 4);
    await forked.look();
    witness.before = () => undefined;
    await expect(looking(forked)).rejects.toThrow("does not begin with the 3 that");
  });
});

/** A witness that says so of every checkpoint that it is shown */
function claiming(name: string, says: WitnessSays): NearWitness {
  const witness = new NearWitness(name);
  witness.add = async () => {
    witness.asked += 1;
    return says;
  };
  return witness;
}

describe.each<[string, WitnessSays, string]>([
  ["a proof does not fit", { kind: "inconsistent" }, "does not begin with the"],
  ["it has cosigned more than there is", { kind: "conflict", size: 99 }, "has cosigned 99 entries, the log has"],
])("where two of three are enough and one says that %s", (_, says, because) => {
  test("the log goes on without it, and says so once a minute", async () => {
    const witnesses = [new NearWitness("one.example"), new NearWitness("two.example"), claiming("odd.example", says)];
    const one = process(witnesses, 2);
    const told = (): readonly unknown[] => lines.filter(([event]) => event === "audit.witness-conflict");
    await writers.write("a");
    await one.look();
    expect(told()).toEqual([
      ["audit.witness-conflict", { witness: "odd.example", because: expect.stringContaining(because) as string }],
    ]);
    for (let looked = 0; looked < 5; looked++) {
      now += 10_000;
      await writers.write("a");
      expect((await one.look()).uncosigned).toBeNull();
      expect(await published(witnesses)).toEqual([2 + looked, "one.example", "two.example"]);
    }
    expect([told().length, witnesses[2]?.asked]).toEqual([1, 1]);
    now += 10_000;
    await one.look();
    expect([told().length, witnesses[2]?.asked]).toEqual([2, 1]);
  });

  test("it has not cosigned, so that no other may be gone", async () => {
    const witnesses = [new NearWitness("one.example"), new NearWitness("two.example"), claiming("odd.example", says)];
    const one = process(witnesses, 2);
    await writers.write("a");
    await one.look();
    (witnesses[0] as NearWitness).before = gone;
    await writers.write("a");
    await one.look();
    now += 10_000;
    expect((await one.look()).uncosigned).toBe(1_000);
  });

  test("fails when a second one says so too", async () => {
    const witnesses = [new NearWitness("one.example"), claiming("odd.example", says), claiming("two.example", says)];
    await writers.write("a");
    await expect(process(witnesses, 2).look()).rejects.toThrow(because);
    expect(storage.files.has("checkpoint")).toBe(false);
  });

  test("fails when all must cosign", async () => {
    await writers.write("a");
    const witnesses = [new NearWitness("one.example"), claiming("odd.example", says)];
    await expect(process(witnesses).look()).rejects.toThrow(because);
    expect(storage.files.has("checkpoint")).toBe(false);
  });
});

test("fails when the log's own tiles are gone, however many may be left out", async () => {
  const witnesses = ["one.example", "two.example", "three.example"].map((name) => new NearWitness(name));
  await writers.write("a", 3);
  const one = process(witnesses, 1);
  await one.look();
  for (const path of storage.files.keys()) if (path.startsWith("tile/0/")) storage.files.delete(path);
  for (const witness of witnesses) witness.before = () => undefined;
  await one.close();
  await expect(process(witnesses, 1).look()).rejects.toThrow("is gone");
});

test("who was passed by does not take what others had cosigned for a rollback", async () => {
  const witness = new NearWitness();
  const [one, two] = [process([witness]), process([witness])];
  await writers.write("a");
  let isStalled = false;
  witness.before = async () => {
    if (isStalled) return;
    isStalled = true;
    // Another process takes over, and publishes more than this one has planned.
    await two.look();
    now += LEASE_MILLISECONDS;
    await two.look();
    await writers.write("a", 4);
    await two.look();
  };
  expect((await one.look()).entries).toBe(0);
  expect(await published([witness])).toEqual([5, witness.name]);
  writers.expectIn(await storage.records());
});
