import { LEASE_MILLISECONDS } from "../../../../runtime/audit/integration/log-hold";
import { SILENT_MILLISECONDS } from "../../../../runtime/audit/integration/silent-writers";
import { AuditLedger } from "../../../../runtime/audit/ledger";
import { writersIn } from "../../../../runtime/audit/written-records";
import { AUDIT_CLOSED, AUDIT_CURSORS, AUDIT_WRITERS, auditLogKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { type StateStore, StoreConflict } from "../../../../runtime/store/store";
import { FaultyStore } from "../../../support/faulty-store";
import { integratorOf, LogInMemory, Writers } from "../../../support/integration-world";

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

describe("a writer that writes nothing for long", () => {
  test("is closed once all of its records are in the log, and goes on under another name", async () => {
    const one = process();
    const ledger = new AuditLedger({ store, clock: () => 1_000, writer: "a" });
    const act = (number: number) => ({ writes: [], event: { kind: "k", time: 1_000, facts: { number } } });
    await ledger.commit(act(1));
    await one.look();
    await one.look();
    now += SILENT_MILLISECONDS - 1;
    await one.look();
    expect(await writersIn(store)).toEqual(["a"]);
    expect(await store.list(AUDIT_CLOSED, "", 9)).toEqual([]);
    now += 1;
    expect([...((await one.look()).cursors ?? [])]).toEqual([]);
    expect((await store.list(AUDIT_WRITERS, "", 9)).length).toBe(0);
    expect((await store.list(AUDIT_CURSORS, "", 9)).length).toBe(0);
    expect((await store.list(AUDIT_CLOSED, "", 9)).map(({ value }) => value)).toEqual([{ records: 1 }]);
    await ledger.commit(act(2));
    expect(ledger.writer).not.toBe("a");
    expect((await one.look()).entries).toBe(1);
    expect(new Set(await writersIn(store))).toEqual(new Set(["a", ledger.writer]));
    expect((await storage.records()).map(({ writer, sequence }) => [writer, sequence])).toEqual([
      ["a", 1],
      [ledger.writer, 1],
    ]);
  });

  test("is in a new log too, and closed again", async () => {
    const one = process();
    await writers.write("a", 3);
    await one.look();
    await one.look();
    now += SILENT_MILLISECONDS;
    await one.look();
    await one.close();
    await store.write([{ kind: "delete", key: auditLogKey(), when: "present" }]);
    storage = new LogInMemory();
    const two = process();
    expect((await two.look()).entries).toBe(3);
    writers.expectIn(await storage.records());
    await two.look();
    now += SILENT_MILLISECONDS;
    await two.look();
    expect((await store.list(AUDIT_CLOSED, "", 9)).map(({ value }) => value)).toEqual([{ records: 3 }]);
  });

  test("is not closed where it writes again", async () => {
    const one = process();
    await writers.write("a");
    await one.look();
    await one.look();
    now += SILENT_MILLISECONDS;
    await writers.write("a");
    await one.look();
    await one.look();
    expect(await store.list(AUDIT_CLOSED, "", 9)).toEqual([]);
  });

  test("is not closed where it writes at the same moment", async () => {
    const faulty = new FaultyStore(store);
    const one = process(faulty);
    await writers.write("a");
    await one.look();
    await one.look();
    now += SILENT_MILLISECONDS;
    // Once the process that integrates has renewed its hold, and before it closes the writer
    faulty.before = async (writes) => {
      if (!writes.some(({ key }) => key.partition === AUDIT_CLOSED)) return;
      faulty.before = () => undefined;
      await writers.write("a");
    };
    await one.look();
    expect(await store.list(AUDIT_CLOSED, "", 9)).toEqual([]);
    expect((await one.look()).entries).toBe(1);
    writers.expectIn(await storage.records());
  });

  test("is not closed by a process that was passed by: the one that took over would miss it", async () => {
    const faulty = new FaultyStore(store);
    const [one, two] = [process(faulty), process()];
    await writers.write("a");
    await one.look();
    await one.look();
    await two.look();
    now += SILENT_MILLISECONDS;
    faulty.before = async (writes) => {
      if (!writes.some(({ key }) => key.partition === AUDIT_CLOSED)) return;
      faulty.before = () => undefined;
      await two.look();
      now += LEASE_MILLISECONDS;
      expect((await two.look()).cursors?.get("a")).toBe(1);
    };
    await one.look();
    expect(await store.list(AUDIT_CLOSED, "", 9)).toEqual([]);
    expect((await two.look()).cursors?.get("a")).toBe(1);
    await expect(one.look()).rejects.toThrow(StoreConflict);
  });
});
