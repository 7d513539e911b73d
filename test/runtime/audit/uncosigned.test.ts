import { Backlog } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { AuditUnwitnessed, COSIGNING_BOUNDS, Uncosigned } from "../../../runtime/audit/uncosigned";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../runtime/store/store";
import { readWriter } from "../../support/audit/writer-records";

let now: number;
let uncosigned: Uncosigned;
beforeEach(() => {
  now = 10_000;
  uncosigned = new Uncosigned(undefined, () => now);
});

test("it is an alarm after five minutes, and acts are refused after an hour", () => {
  expect(COSIGNING_BOUNDS).toEqual({ alarmSeconds: 300, refuseSeconds: 3_600 });
  uncosigned.since = 10_000;
  now += 299;
  expect([uncosigned.seconds, uncosigned.isAlarming]).toEqual([299, false]);
  now += 1;
  expect(uncosigned.isAlarming).toBe(true);
  now += 3_299;
  uncosigned.check();
  now += 1;
  expect(() => uncosigned.check()).toThrow(new AuditUnwitnessed("too few witnesses have cosigned the log for 3600 s"));
  uncosigned.since = null;
  uncosigned.check();
  expect([uncosigned.seconds, uncosigned.isAlarming]).toEqual([0, false]);
});

test("a clock that is behind the one of who integrates counts nothing", () => {
  uncosigned.since = 10_060;
  expect(uncosigned.seconds).toBe(0);
});

test("fails when an act comes after a witness was gone for too long, unless the act takes something away", async () => {
  const store = new MemoryStore();
  const ledger = new AuditLedger({ store, backlog: new Backlog(undefined, undefined, uncosigned), writer: "w" });
  const act = { writes: [], event: { kind: "k", time: 1, facts: {} } } as const;
  await ledger.commit(act);
  uncosigned.since = now - 3_600;
  const refused = ledger.commit(act);
  await expect(refused).rejects.toBeInstanceOf(AuditUnwitnessed);
  await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
  await ledger.commit({ ...act, stops: true });
  expect((await readWriter(store, "w")).records).toHaveLength(2);
  uncosigned.since = null;
  await ledger.commit(act);
});
