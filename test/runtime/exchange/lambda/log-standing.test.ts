import { AuditLedger } from "../../../../runtime/audit/ledger";
import { AuditBehind, Backlog, BACKLOG_BOUNDS } from "../../../../runtime/audit/backlog";
import { AuditUnwitnessed, COSIGNING_BOUNDS, Uncosigned } from "../../../../runtime/audit/uncosigned";
import { LogStanding } from "../../../../runtime/exchange/lambda/log-standing";
import { auditCursorKey, auditLogKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { FaultyStore } from "../../../support/faulty-store";

const WRITER = "function-1";

/** An instance of the function, and what an exchange of the cluster does for it */
class Instance {
  public readonly store = new FaultyStore(new MemoryStore(() => this.seconds));
  private seconds = 1_000;
  private readonly elapsed = (): number => this.seconds * 1_000;
  private readonly backlog = new Backlog(
    BACKLOG_BOUNDS,
    this.elapsed,
    new Uncosigned(COSIGNING_BOUNDS, () => this.seconds),
  );
  private readonly ledger = new AuditLedger({ store: this.store, backlog: this.backlog, writer: WRITER });
  private readonly standing = new LogStanding({ store: this.store, backlog: this.backlog, elapsed: this.elapsed });

  public async request(stops?: true): Promise<void> {
    await this.standing.look();
    await this.ledger.commit({
      writes: [],
      event: { kind: "k", time: this.seconds, facts: {} },
      ...(stops && { stops }),
    });
  }

  public pass(seconds: number): void {
    this.seconds += seconds;
  }

  /** @param records of the function that are in the log @param uncosigned since when too few witnesses have cosigned */
  public async integrated(records: number, uncosigned: number | null = null): Promise<void> {
    await this.store.write([
      { kind: "put", key: auditCursorKey(WRITER), value: records, when: "any" },
      { kind: "put", key: auditLogKey(), value: { uncosigned }, when: "any" },
    ]);
  }
}

test("requests go on as long as others bring the records into the log, also after the instance was frozen", async () => {
  const instance = new Instance();
  for (let records = 1; records < 5; records++) {
    await instance.request();
    await instance.integrated(records);
    instance.pass(records % 2 === 0 ? 3_600 : 5);
  }
  await expect(instance.request()).resolves.toBeUndefined();
});

test("fails while a record waits for the log for more than a minute; stops are still written", async () => {
  const instance = new Instance();
  await instance.request();
  instance.pass(59);
  await instance.request();
  await instance.integrated(0);
  instance.pass(1);
  await expect(instance.request()).rejects.toThrow(AuditBehind);
  await expect(instance.request(true)).resolves.toBeUndefined();
  instance.pass(1);
  await instance.integrated(3);
  await expect(instance.request()).resolves.toBeUndefined();
});

test("fails when too few witnesses have cosigned the log for an hour", async () => {
  const instance = new Instance();
  await instance.request();
  instance.pass(2);
  await instance.integrated(0, 1_002);
  await instance.request();
  await instance.integrated(2, 1_002);
  instance.pass(3_600);
  await expect(instance.request()).rejects.toThrow(AuditUnwitnessed);
  await instance.integrated(2);
  instance.pass(1);
  await expect(instance.request()).resolves.toBeUndefined();
});

test("fails at the first request of an instance when too few witnesses have cosigned the log for an hour", async () => {
  const instance = new Instance();
  await instance.integrated(0, 1_000);
  instance.pass(3_600);
  await expect(instance.request()).rejects.toThrow(AuditUnwitnessed);
  await expect(instance.request(true)).resolves.toBeUndefined();
});

test("the store is asked once a second at most, and not while all is in the log", async () => {
  const instance = new Instance();
  await instance.request();
  await instance.integrated(1);
  instance.pass(1);
  await instance.request();
  const before = instance.store.reads;
  await instance.integrated(2);
  await instance.request();
  expect(instance.store.reads).toBe(before);
});

test("fails when the store cannot say how far the log is, and what is known is too old", async () => {
  const instance = new Instance();
  await instance.request();
  await instance.integrated(1);
  instance.store.reading = () => {
    throw new StoreUnavailable("gone");
  };
  instance.pass(59);
  await instance.request();
  instance.pass(1);
  await expect(instance.request()).rejects.toThrow(AuditBehind);
});
