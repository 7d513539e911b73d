import { setTimeout as sleep } from "node:timers/promises";
import type { LogIntegrator } from "../../../../runtime/audit/integration/integrator";
import { LEASE_MILLISECONDS } from "../../../../runtime/audit/integration/log-hold";
import {
  AUDIT_CURSORS,
  auditCursorKey,
  auditHeadKey,
  auditLogKey,
  auditRecordKey,
  auditWriterKey,
} from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { type StateStore, StoreConflict, type Write } from "../../../../runtime/store/store";
import { FaultyStore } from "../../../support/faulty-store";
import { integratorOf, LOG_SIGNER, LogInMemory, Writers } from "../../../support/integration-world";

let now: number;
let store: MemoryStore;
let storage: LogInMemory;
let writers: Writers;
const elapsed = (): number => now;
const process = (of: StateStore = store) => integratorOf(of, storage, elapsed);
beforeEach(() => {
  now = 1_000;
  store = new MemoryStore(() => 1_000);
  storage = new LogInMemory();
  writers = new Writers(store);
});

const put = (key: Extract<Write, { kind: "put" }>["key"], value: number | { sequence: number }): Write => ({
  kind: "put",
  key,
  value,
  when: "any",
});

test("what all writers have written comes into the log, each writer's in its order", async () => {
  await writers.write("a", 3);
  await writers.write("b", 300);
  const one = process();
  expect((await one.look()).entries).toBe(303);
  writers.expectIn(await storage.records());
  await writers.write("a", 2);
  const { entries, cursors } = await one.look();
  expect([entries, [...(cursors ?? [])]]).toEqual([
    2,
    [
      ["a", 5],
      ["b", 300],
    ],
  ]);
  writers.expectIn(await storage.records());
});

test("nothing is written where nothing is new, and an empty log has no checkpoint", async () => {
  const one = process();
  expect((await one.look()).entries).toBe(0);
  expect(storage.files.size).toBe(0);
  await writers.write("a");
  await one.look();
  const files = storage.files.size;
  expect((await one.look()).entries).toBe(0);
  expect(storage.files.size).toBe(files);
});

test("records of versions before the log stay in the store", async () => {
  const facts = { version: "ambit.audit/1", writer: "old", sequence: 1, kind: "k", time: 1, facts: {}, previous: null };
  await store.write([
    { kind: "put", key: { partition: "audit-writers", sort: "old" }, value: { since: 1 }, when: "absent" },
    { kind: "put", key: auditHeadKey("old"), value: { sequence: 1, hash: "h" }, when: "absent" },
    { kind: "put", key: auditRecordKey("old", 1), value: { ...facts, hash: "h" }, when: "absent" },
  ]);
  await writers.write("a");
  expect((await process().look()).entries).toBe(1);
  writers.expectIn(await storage.records());
});

test("one writer's flood leaves room for the others", async () => {
  await writers.write("a", 2_000);
  await writers.write("a", 1_000);
  await writers.write("b", 2);
  const one = process();
  await one.look();
  expect((await storage.records()).filter(({ writer }) => writer === "b")).toHaveLength(2);
  while ((await one.look()).entries > 0);
  writers.expectIn(await storage.records());
});

test("more writers than one transaction takes come in one plan after the other", async () => {
  for (let number = 0; number < 130; number++) await writers.write(`w${number}`);
  const one = process();
  expect((await one.look()).entries).toBe(99);
  expect((await one.look()).entries).toBe(31);
  writers.expectIn(await storage.records());
});

test("one process integrates at a time, and another once the first was silent for long", async () => {
  const [one, two] = [process(), process()];
  await writers.write("a");
  await one.look();
  for (let second = 0; second < 10; second++) {
    now += 1_000;
    expect((await two.look()).cursors).toBeUndefined();
    expect((await one.look()).cursors).toBeDefined();
  }
  await writers.write("a");
  await two.look();
  now += LEASE_MILLISECONDS - 1;
  expect((await two.look()).entries).toBe(0);
  now += 1;
  expect((await two.look()).entries).toBe(1);
  writers.expectIn(await storage.records());
});

test("a storage that is slower than the hold lasts is no reason to take over", async () => {
  const since = performance.now();
  const timed = () => integratorOf(store, storage, () => performance.now() - since);
  const [one, two] = [timed(), timed()];
  await one.look();
  await writers.write("a", 5);
  let isWritten = false;
  storage.before = async (path) => {
    if (path === "checkpoint") await sleep(LEASE_MILLISECONDS + 1_000);
  };
  const late = one.look().finally(() => (isWritten = true));
  while (!isWritten) {
    expect((await two.look()).cursors).toBeUndefined();
    await sleep(100);
  }
  expect((await late).entries).toBe(5);
  writers.expectIn(await storage.records());
});

test("another process takes over at once where the first lets go", async () => {
  const [one, two] = [process(), process()];
  await writers.write("a");
  await one.look();
  await one.close();
  await writers.write("a");
  expect((await two.look()).entries).toBe(1);
});

test("a process that was passed by while it wrote adds nothing, and says nothing of a fork", async () => {
  const [one, two] = [process(), process()];
  await writers.write("a", 5);
  let [goOn, arrive] = [(): void => undefined, (): void => undefined];
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  storage.before = async (path) => {
    if (path !== "checkpoint") return;
    storage.before = () => undefined;
    arrive();
    await held;
  };
  const late = one.look();
  await arrived;
  await two.look();
  now += LEASE_MILLISECONDS;
  expect((await two.look()).entries).toBe(5);
  await writers.write("a", 7);
  expect((await two.look()).entries).toBe(7);
  goOn();
  expect((await late).entries).toBe(0);
  writers.expectIn(await storage.records());
  expect((await one.look()).cursors).toBeUndefined();
});

test.each<[string, (one: LogIntegrator) => Promise<unknown>, string]>([
  [
    "a record is gone that is not in the log",
    async () => {
      await writers.write("a", 2);
      await store.write([{ kind: "delete", key: auditRecordKey("a", 4), when: "present" }]);
    },
    "the store has lost record 4 of the writer a",
  ],
  [
    "a record has the number of another",
    async () => {
      await writers.write("a", 2);
      const [item] = await store.read([auditRecordKey("a", 5)]);
      await store.write([{ kind: "put", key: auditRecordKey("a", 4), value: item?.value ?? null, when: "present" }]);
    },
    "the store has lost record 4 of the writer a",
  ],
  [
    "a writer is gone of which the log has records",
    () => store.write([{ kind: "delete", key: auditWriterKey("a"), when: "present" }]),
    "the store has lost the writer a, of which the log has 3",
  ],
  [
    "a writer's head was set back",
    () => store.write([put(auditHeadKey("a"), { sequence: 2 })]),
    "the store has 2 records of a, the log has 3",
  ],
  [
    "the checkpoint was set back",
    async (one) => {
      const before = storage.files.get("checkpoint") as Buffer;
      await writers.write("a");
      await one.look();
      storage.files.set("checkpoint", before);
      await writers.write("a");
    },
    "the checkpoint of memory/ is another one than was written last",
  ],
  [
    "the checkpoint is gone",
    async () => {
      storage.files.delete("checkpoint");
      await writers.write("a");
    },
    "checkpoint is gone",
  ],
  [
    "the checkpoint was signed by another key",
    async () => {
      const text = storage.files.get("checkpoint")?.toString() as string;
      storage.files.set("checkpoint", Buffer.from(text.replace("log.example\n3", "log.example\n4")));
      await writers.write("a");
    },
    "is not of this note",
  ],
  [
    "other entries stand where the next ones come",
    async () => {
      storage.files.set("tile/entries/000.p/4", Buffer.from("another"));
      await writers.write("a");
    },
    "tile/entries/000.p/4 was written with other bytes",
  ],
])("fails when %s", async (_, happen, message) => {
  const one = process();
  await writers.write("a", 3);
  await one.look();
  await happen(one);
  await expect(one.look()).rejects.toThrow(message);
});

test("fails when a signature is not of the log's key: the checkpoint stays, and the next signature goes on", async () => {
  let isFalse = true;
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> =>
    isFalse ? Buffer.alloc(64, 1) : LOG_SIGNER.sign(bytes);
  const one = integratorOf(store, storage, elapsed, { ...LOG_SIGNER, sign });
  await writers.write("a", 3);
  await expect(one.look()).rejects.toThrow("the signature made for log.example is not of key");
  expect(storage.files.has("checkpoint")).toBe(false);
  isFalse = false;
  await one.look();
  writers.expectIn(await storage.records());
});

test("fails when the tiles have another root than the store says", async () => {
  await writers.write("a", 3);
  const one = process();
  await one.look();
  await one.close();
  storage.files.set("tile/0/000.p/3", Buffer.alloc(96));
  await expect(process().look()).rejects.toThrow("memory/ has another root than the store says at 3 entries");
});

test("fails when the store was made anew and the log was not", async () => {
  await writers.write("a", 3);
  await process().look();
  store = new MemoryStore(() => 1_000);
  await new Writers(store).write("b", 4);
  await expect(process().look()).rejects.toThrow("is another one than was written last");
});

describe("where the store was restored from a backup", () => {
  /** All of the store as it is now, under another name */
  async function copy(): Promise<MemoryStore> {
    const to = new MemoryStore(() => 1_000);
    const keys = [auditLogKey()];
    for (const [writer, count] of writers.written) {
      keys.push(auditHeadKey(writer), auditWriterKey(writer), auditCursorKey(writer));
      for (let at = 1; at <= count; at++) keys.push(auditRecordKey(writer, at));
    }
    for (const item of await store.read(keys)) {
      if (item !== undefined) await to.write([{ kind: "put", key: item.key, value: item.value, when: "any" }]);
    }
    return to;
  }

  test("the log is gone on with, behind what the store has forgotten", async () => {
    await writers.write("a", 3);
    const one = process();
    await one.look();
    const backup = await copy();
    await writers.write("a", 4);
    await writers.write("b", 2);
    await one.look();
    const two = process(backup);
    await two.look();
    now += LEASE_MILLISECONDS;
    await two.look();
    // Processes that live on, and one that is new, number behind what the log has.
    const later = new Writers(backup);
    for (const [writer, count] of writers.written) later.written.set(writer, count);
    await later.write("a", 2);
    await later.write("b", 1);
    await later.write("c", 3);
    expect((await two.look()).entries).toBe(6);
    later.expectIn(await storage.records());
  });

  test("a process that was passed by while it follows sets no writer back", async () => {
    await writers.write("a", 3);
    const one = process();
    await one.look();
    await writers.write("a", 4);
    const backup = await copy();
    await one.look();
    const faulty = new FaultyStore(backup);
    const [late, two] = [process(faulty), process(backup)];
    await late.look();
    now += LEASE_MILLISECONDS;
    const later = new Writers(backup);
    later.written.set("a", 7);
    faulty.before = async (writes) => {
      if (!writes.some(({ key }) => key.partition === AUDIT_CURSORS)) return;
      faulty.before = () => undefined;
      await two.look();
      now += LEASE_MILLISECONDS;
      await two.look();
      await later.write("a", 2);
      expect((await two.look()).entries).toBe(2);
    };
    await expect(late.look()).rejects.toThrow(StoreConflict);
    expect((await backup.read([auditCursorKey("a")]))[0]?.value).toBe(9);
    await two.close();
    await process(backup).look();
    later.expectIn(await storage.records());
  });

  test("what was written before the backup and came into the log later comes in once", async () => {
    await writers.write("a", 3);
    const one = process();
    await one.look();
    await writers.write("a", 2);
    const backup = await copy();
    await one.look();
    await one.close();
    const two = process(backup);
    await two.look();
    now += LEASE_MILLISECONDS;
    await two.look();
    writers.expectIn(await storage.records());
  });

  test("fails when the log is not the one that the store knew", async () => {
    await writers.write("a", 3);
    await process().look();
    const backup = await copy();
    storage = new LogInMemory();
    store = new MemoryStore(() => 1_000);
    writers = new Writers(store);
    await writers.write("z", 5);
    await process().look();
    const two = process(backup);
    await two.look();
    now += LEASE_MILLISECONDS;
    await expect(two.look()).rejects.toThrow("tile/0/000.p/3 is gone");
  });
});
