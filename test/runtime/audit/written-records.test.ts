import type { AuditRecord } from "../../../runtime/audit/audit";
import { recordOf, sequenceIn } from "../../../runtime/audit/record";
import { readRecords } from "../../../runtime/audit/written-records";
import { missingRecord, readWriter } from "../../support/audit/writer-records";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { canonicalJson } from "../../../runtime/canonical-json";
import type { Value } from "../../../runtime/json";
import { MemoryStore } from "../../../runtime/store/memory-store";

const records = (length: number, writer = "w"): AuditRecord[] =>
  Array.from(
    { length },
    (_, index) => recordOf(writer, index + 1, { kind: "token.issued", time: 1_000 + index, facts: { index } }).record,
  );

test("the text of a record is its RFC 8785 form", () => {
  const { record, text } = recordOf("w", 7, { kind: "k", time: 1, facts: { b: "\u20ac", a: [1, true, null] } });
  expect(text).toBe(
    '{"facts":{"a":[1,true,null],"b":"\u20ac"},"kind":"k","sequence":7,"time":1,"version":"ambit.audit/2","writer":"w"}',
  );
  expect(text).toBe(canonicalJson(record as unknown as Value));
});

test.each<[string, string, Record<string, Value>]>([
  ["w", "k", {}],
  ["w", "k", { sequence: 8, a: { sequence: 9 }, z: [{ a: 1, sequence: 10 }] }],
  [',"sequence":11', ',"sequence":12,', { ',"sequence":13,"time":1': ',"sequence":14,"time":1' }],
])("the number of a record of writer %s is read from its text, kind %s, facts %j", (writer, kind, facts) => {
  expect(sequenceIn(recordOf(writer, 7, { kind, time: 1, facts }).text)).toBe(7);
});

test.each(['{"facts":{}}', '{"facts":{},"sequence":null}', "8", ""])(
  "fails when a text is no record: %s has no number",
  (text) => {
    expect(sequenceIn(text)).toBeNaN();
  },
);

test("records of a writer are all there, with its head and without", () => {
  expect(missingRecord(records(5), { sequence: 5 })).toBeUndefined();
  expect(missingRecord(records(5))).toBeUndefined();
  expect(missingRecord([], { sequence: 0 })).toBeUndefined();
});

test("more records than one page are read, and a part of them", async () => {
  const store = new MemoryStore();
  const ledger = new AuditLedger({ store, writer: "w" });
  await Promise.all(
    Array.from({ length: 250 }, (_, number) =>
      ledger.commit({ writes: [], event: { kind: "k", time: 1, facts: { number } } }),
    ),
  );
  const { records: all, head } = await readWriter(store, "w");
  expect([all.length, missingRecord(all, head)]).toEqual([250, undefined]);
  expect((await readRecords(store, "w", 99, 204)).map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 106 }, (_, index) => 99 + index),
  );
  expect(await readRecords(store, "w", 251, 260)).toEqual([]);
});

test.each<[string, (all: AuditRecord[]) => readonly AuditRecord[], string]>([
  ["one is missing", (all) => all.filter((_, index) => index !== 2), "record 3 is missing, the next one is 4"],
  ["the first is missing", (all) => all.slice(1), "record 1 is missing, the next one is 2"],
  ["one stands twice", (all) => [...all.slice(0, 3), ...all.slice(2)], "record 4 is missing, the next one is 3"],
  [
    "two changed places",
    (all) => [1, 0, 2].map((index) => all[index] as AuditRecord),
    "record 1 is missing, the next one is 2",
  ],
  [
    "another writer's follow",
    (all) => [...all.slice(0, 2), ...records(5, "v").slice(2)],
    "record 3 is of another writer, v",
  ],
  [
    "one is of another version",
    ([first, ...rest]) => [{ ...first, version: "ambit.audit/1" } as unknown as AuditRecord, ...rest],
    "record 1 must be of version ambit.audit/2, got ambit.audit/1",
  ],
])("fails when %s", (_, change, problem) => {
  expect(missingRecord(change(records(5)))).toBe(problem);
});

test("fails when the end was cut off, which only the head tells", () => {
  const cut = records(3);
  expect(missingRecord(cut)).toBeUndefined();
  expect(missingRecord(cut, { sequence: 5 })).toBe("the head is at record 5, the last record is 3");
  expect(missingRecord([], { sequence: 5 })).toBe("the head is at record 5, the last record is 0");
});
