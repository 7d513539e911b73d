import { AuditLedger } from "../../../../runtime/audit/ledger";
import { Backlog, type BacklogFigures } from "../../../../runtime/audit/backlog";
import type { Integrated } from "../../../../runtime/audit/integration/integrator";
import { LogKeeper } from "../../../../runtime/audit/integration/log-keeper";
import { LogForked, LogUnavailable } from "../../../../runtime/audit/storage/log-storage";
import { auditCursorKey, auditHeadKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { StoreConflict, StoreUnavailable } from "../../../../runtime/store/store";
import { integratorOf, LogInMemory } from "../../../support/integration-world";

const elapsed = (): number => performance.now();
const WRITER = "w";
const act = (name: string) => ({ writes: [], event: { kind: "k", time: 1, facts: { name } } });

const open: LogKeeper[] = [];
afterEach(async () => {
  for (const keeper of open.splice(0)) await keeper.close();
});

/** A keeper that runs, with a real integrator or one that answers as it is told */
function started(look?: () => Promise<Integrated>, bounds = { alarmSeconds: 10, refuseSeconds: 60, refuseRecords: 9 }) {
  const [store, storage] = [new MemoryStore(), new LogInMemory()];
  const backlog = new Backlog(bounds, elapsed);
  const ledger = new AuditLedger({ store, backlog, writer: WRITER });
  const integrator =
    look === undefined ? integratorOf(store, storage, elapsed) : { look, close: async () => undefined };
  const lines: [string, unknown][] = [];
  const log = (event: string, facts?: unknown): void => void lines.push([event, facts]);
  const measured: BacklogFigures[] = [];
  const measure = (figures: BacklogFigures): void => void measured.push(figures);
  const keeper = new LogKeeper({ integrator, store, backlog, log, measure, elapsed });
  open.push(keeper);
  keeper.start();
  return { store, storage, backlog, ledger, keeper, lines, measured };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("what this process writes comes into the log by itself", async () => {
  const { ledger, storage, backlog } = started();
  await ledger.commit(act("first"));
  expect(backlog.figures.records).toBe(1);
  await until(() => backlog.figures.records === 0);
  expect(await storage.records()).toHaveLength(1);
});

test("what is written until the end is in the log when the process has ended", async () => {
  const { ledger, storage, keeper } = started();
  await Promise.all(Array.from({ length: 60 }, (_, number) => ledger.commit(act(`${number}`))));
  await keeper.close();
  expect(await storage.records()).toHaveLength(60);
});

test("where another process integrates, the store says how far it is", async () => {
  const { store, ledger, backlog } = started(async () => ({ entries: 0 }));
  await ledger.commit(act("first"));
  await ledger.commit(act("second"));
  await store.write([{ kind: "put", key: auditCursorKey(WRITER), value: 1, when: "any" }]);
  await until(() => backlog.figures.records === 1);
  await store.write([{ kind: "put", key: auditCursorKey(WRITER), value: 2, when: "any" }]);
  await until(() => backlog.figures.records === 0);
});

test.each([
  ["another process integrates", undefined],
  ["this one integrates again", new Map<string, number>()],
])("a process that was cut off until its writer was closed acts again, where %s", async (_, cursors) => {
  let isCutOff = true;
  const { store, ledger, backlog } = started(
    async () => {
      if (isCutOff) throw new StoreUnavailable("no answer");
      return { entries: 0, ...(cursors && { cursors }) };
    },
    { alarmSeconds: 10, refuseSeconds: 60, refuseRecords: 1 },
  );
  await ledger.commit(act("first"));
  await expect(ledger.commit(act("second"))).rejects.toThrow("1 records wait for the log");
  await store.write([
    { kind: "put", key: auditHeadKey(WRITER), value: { sequence: 1, closed: true }, when: "present" },
  ]);
  isCutOff = false;
  await until(() => backlog.figures.records === 0);
  await ledger.commit(act("second"));
  expect(ledger.writer).not.toBe(WRITER);
});

test("a log that is behind is told once, and when it has caught up", async () => {
  let works = false;
  const bounds = { alarmSeconds: 0, refuseSeconds: 60, refuseRecords: 9 };
  const { ledger, lines } = started(async () => ({ entries: 0, cursors: new Map([[WRITER, works ? 1 : 0]]) }), bounds);
  await ledger.commit(act("first"));
  await until(() => lines.some(([event]) => event === "audit.behind"));
  expect(lines).toEqual([["audit.behind", { records: 1, oldestSeconds: expect.any(Number) }]]);
  works = true;
  await until(() => lines.length > 1);
  expect(lines[1]).toEqual(["audit.caught-up", undefined]);
});

test("a log that no witness cosigns is told once, and when one has", async () => {
  let uncosigned: number | null = Math.floor(Date.now() / 1_000) - 600;
  const { lines, backlog } = started(async () => ({ entries: 0, uncosigned }));
  await until(() => lines.length > 0);
  expect(lines).toEqual([["audit.unwitnessed", { seconds: expect.any(Number) }]]);
  expect(backlog.uncosigned.seconds).toBeGreaterThanOrEqual(600);
  uncosigned = null;
  await until(() => lines.length > 1);
  expect(lines[1]).toEqual(["audit.witnessed", undefined]);
});

test("the backlog is measured with each look", async () => {
  const { ledger, measured } = started(async () => ({ entries: 0, cursors: new Map() }));
  await ledger.commit(act("first"));
  await until(() => measured.some(({ records, oldestSeconds }) => records === 1 && oldestSeconds > 0));
});

test("a storage that does not answer is told, and tried again", async () => {
  let tried = 0;
  const { lines } = started(async () => {
    tried += 1;
    throw new LogUnavailable("no answer");
  });
  await until(() => tried >= 2);
  expect(lines).toEqual([["audit.failed", { because: "LogUnavailable: no answer" }]]);
});

test("another process that takes over is no failure", async () => {
  let tried = 0;
  const { lines } = started(async () => {
    tried += 1;
    throw new StoreConflict([], "another process integrates the log");
  });
  await until(() => tried >= 2);
  expect(lines).toEqual([]);
});

test("fails when the log has forked: nothing is added any more, and acts are refused in the end", async () => {
  let tried = 0;
  const { lines, ledger, keeper } = started(async () => {
    tried += 1;
    throw new LogForked("the log has forked");
  });
  await until(() => lines.length > 0);
  expect(lines).toEqual([["audit.forked", { because: "LogForked: the log has forked" }]]);
  for (let number = 0; number < 9; number++) await ledger.commit(act(`${number}`));
  await expect(ledger.commit(act("last"))).rejects.toThrow("9 records wait for the log");
  await keeper.close();
  expect(tried).toBe(1);
});
