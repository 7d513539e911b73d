import { AuditBehind, Backlog } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { readWriter } from "../../support/audit/writer-records";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../runtime/store/store";

let now: number;
let backlog: Backlog;
beforeEach(() => {
  now = 5_000;
  backlog = new Backlog({ alarmSeconds: 10, refuseSeconds: 60, refuseRecords: 100 }, () => now);
});

test("counts what is written and not in the log, from the oldest on", () => {
  expect(backlog.figures).toEqual({ records: 0, oldestSeconds: 0 });
  backlog.written("w", 3);
  now += 4_000;
  backlog.written("w", 5);
  now += 1_000;
  expect(backlog.figures).toEqual({ records: 5, oldestSeconds: 5 });
  backlog.integrated(new Map([["w", 3]]));
  expect(backlog.figures).toEqual({ records: 2, oldestSeconds: 1 });
  backlog.integrated(new Map([["w", 5]]));
  expect(backlog.figures).toEqual({ records: 0, oldestSeconds: 0 });
});

test("a transaction that is in the log in part waits as a whole", () => {
  backlog.written("w", 10);
  now += 2_000;
  backlog.integrated(new Map([["w", 4]]));
  expect(backlog.figures).toEqual({ records: 6, oldestSeconds: 2 });
});

test("what was in the log stays there, also where an older answer comes late", () => {
  backlog.written("w", 10);
  backlog.integrated(new Map([["w", 10]]));
  backlog.integrated(new Map([["w", 2]]));
  backlog.written("w", 11);
  expect(backlog.figures.records).toBe(1);
});

test("another writer's records are counted anew", () => {
  backlog.written("w", 10);
  backlog.written("v", 1);
  expect(backlog.figures.records).toBe(1);
  backlog.integrated(new Map([["w", 10]]));
  expect(backlog.figures.records).toBe(1);
  backlog.integrated(new Map([["v", 1]]));
  expect(backlog.figures.records).toBe(0);
});

test("alarms from the first bound on, and refuses from the second", () => {
  backlog.written("w", 1);
  now += 9_999;
  expect(backlog.isAlarming).toBe(false);
  now += 1;
  expect(backlog.isAlarming).toBe(true);
  now += 49_999;
  backlog.check();
  now += 1;
  expect(() => backlog.check()).toThrow(new AuditBehind("1 records wait for the log, the oldest for 60 s"));
  backlog.integrated(new Map([["w", 1]]));
  backlog.check();
});

test("fails when too many records wait, however young they are", () => {
  backlog.written("w", 99);
  backlog.check();
  backlog.written("w", 100);
  expect(() => backlog.check()).toThrow("100 records wait for the log, the oldest for 0 s");
});

test("fails when an act comes while the log is too far behind, unless the act takes something away", async () => {
  const store = new MemoryStore();
  const ledger = new AuditLedger({ store, backlog, writer: "w" });
  const act = { writes: [], event: { kind: "k", time: 1, facts: {} } } as const;
  await ledger.commit(act);
  now += 60_000;
  const refused = ledger.commit(act);
  await expect(refused).rejects.toBeInstanceOf(AuditBehind);
  await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
  await ledger.commit({ ...act, stops: true });
  expect((await readWriter(store, "w")).records).toHaveLength(2);
  backlog.integrated(new Map([["w", 2]]));
  await ledger.commit(act);
});

test("the integrator is notified of each transaction", async () => {
  const ledger = new AuditLedger({ store: new MemoryStore(), backlog, writer: "w" });
  let told = 0;
  backlog.onWritten = () => (told += 1);
  await ledger.commit({ writes: [], event: { kind: "k", time: 1, facts: {} } });
  expect(told).toBe(1);
});
