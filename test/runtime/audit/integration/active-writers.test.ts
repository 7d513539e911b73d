import { RENEW_SECONDS, RETIRED_SECONDS } from "../../../../runtime/audit/writer-entry";
import { AUDIT_WRITERS, auditWriterKey, writerOf } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { integratorOf, LogInMemory, Writers } from "../../../support/integration-world";

let now: number;
let store: MemoryStore;
let storage: LogInMemory;
let writers: Writers;
const clock = (): number => now;
const process = () => integratorOf(store, storage, () => now * 1_000, clock);
const listed = async (): Promise<readonly string[]> =>
  (await store.list(AUDIT_WRITERS, "", 99)).map(({ key }) => writerOf(key));

beforeEach(() => {
  now = 1_000;
  store = new MemoryStore(clock);
  storage = new LogInMemory();
  writers = new Writers(store, clock);
});

test("a writer that has written nothing for a day is looked at no more, and is found again with its next record", async () => {
  const one = process();
  await writers.write("a", 2);
  await writers.write("b", 1);
  await one.look();
  now += RETIRED_SECONDS - 1;
  await writers.write("b", 1);
  now += 2;
  await one.look();
  expect(await listed()).toEqual(["b"]);
  await writers.write("a", 1);
  expect(await listed()).toEqual(["a", "b"]);
  await one.look();
  writers.expectIn(await storage.records());
});

test("a writer is written down anew each hour, and not with each record", async () => {
  await writers.write("a");
  const seen = async () => (await store.read([auditWriterKey("a")]))[0]?.value;
  now += RENEW_SECONDS - 1;
  await writers.write("a");
  expect(await seen()).toEqual({ seen: 1_000 });
  now += 1;
  await writers.write("a");
  expect(await seen()).toEqual({ seen: now });
});

test("fails when a writer has records that are not in the log: its entry stays, however old", async () => {
  const one = process();
  await one.look();
  // More than one plan brings
  for (const count of [1_500, 1_500]) await writers.write("a", count);
  now += 2 * RETIRED_SECONDS;
  for (let looks = 0; looks < 3; looks++) await one.look();
  writers.expectIn(await storage.records());
  await one.look();
  expect(await listed()).toEqual([]);
});

test("fails when the entry of a writer is lost that has more records: the next process finds them", async () => {
  await writers.write("a", 2);
  const one = process();
  await one.look();
  await writers.write("a", 3);
  await store.write([{ kind: "delete", key: auditWriterKey("a"), when: "present" }]);
  expect((await one.look()).entries).toBe(0);
  await one.close();
  expect((await process().look()).entries).toBe(3);
  writers.expectIn(await storage.records());
});
