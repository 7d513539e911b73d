import type { AuditRecord } from "../../../runtime/audit/audit";
import { CHAIN_START, type ChainHead, recordBehind, verifyChain } from "../../../runtime/audit/chain";

function chain(length: number, writer = "w"): AuditRecord[] {
  const records: AuditRecord[] = [];
  let head: ChainHead = CHAIN_START;
  for (let index = 0; index < length; index++) {
    const record = recordBehind(head, writer, { kind: "token.issued", time: 1_000 + index, facts: { index } });
    records.push(record);
    head = { sequence: record.sequence, hash: record.hash };
  }
  return records;
}

const headOf = (records: readonly AuditRecord[]): ChainHead => {
  const { sequence, hash } = records.at(-1) as AuditRecord;
  return { sequence, hash };
};

test("a record's hash is that of its RFC 8785 form, by which anybody can check it", () => {
  // As sha256sum says it of the text with the names in order and no white space
  const record = recordBehind(CHAIN_START, "w", { kind: "k", time: 1, facts: { b: "\u20ac", a: [1, true, null] } });
  expect(record).toEqual({
    version: "ambit.audit/1",
    writer: "w",
    sequence: 1,
    previous: "0".repeat(64),
    kind: "k",
    time: 1,
    facts: { b: "\u20ac", a: [1, true, null] },
    hash: "76c3c2f125aa95d75067c4912809fcc8352331e35832ff5fd86b2cc9061c6667",
  });
});

test("a whole chain verifies, with its head and without", () => {
  const records = chain(5);
  expect(verifyChain(records, headOf(records))).toBeUndefined();
  expect(verifyChain(records)).toBeUndefined();
  expect(verifyChain([], CHAIN_START)).toBeUndefined();
});

const forged = (change: (record: AuditRecord) => object) => (records: AuditRecord[]) => {
  records[2] = { ...(records[2] as AuditRecord), ...change(records[2] as AuditRecord) };
  return records;
};

/** As somebody would who can also compute hashes, but does not write the records behind anew */
const rehashed = (records: AuditRecord[]) => {
  const { kind, time } = records[2] as AuditRecord;
  records[2] = recordBehind(headOf(records.slice(0, 2)), "w", { kind, time, facts: { index: 99 } });
  return records;
};

test.each<[string, (records: AuditRecord[]) => AuditRecord[], string]>([
  [
    "facts were changed",
    forged(() => ({ facts: { index: 9 } })),
    "record 3 was changed: its hash is of something else",
  ],
  ["a time was changed", forged(() => ({ time: 1 })), "record 3 was changed: its hash is of something else"],
  ["a member was added", forged(() => ({ note: 1 })), "record 3 was changed: its hash is of something else"],
  ["the hash was changed too", rehashed, "record 4 does not follow the one before it"],
  ["one is missing", (records) => records.filter((_, index) => index !== 2), "record 3 is missing, the next one is 4"],
  ["the first is missing", (records) => records.slice(1), "record 1 is missing, the next one is 2"],
  [
    "one stands twice",
    (records) => [...records.slice(0, 3), ...records.slice(2)],
    "record 4 is missing, the next one is 3",
  ],
  [
    "two changed places",
    (records) => [1, 0, 2].map((index) => records[index] as AuditRecord),
    "record 1 is missing, the next one is 2",
  ],
  [
    "another chain follows",
    (records) => [...records.slice(0, 2), ...chain(5, "v").slice(2)],
    "record 3 is of another writer, v",
  ],
  [
    "it is of another version",
    forged(() => ({ version: "ambit.audit/2" })),
    "record 3 must be of version ambit.audit/1, got ambit.audit/2",
  ],
])("fails when %s", (_, change, problem) => {
  expect(verifyChain(change(chain(5)))).toBe(problem);
});

test("fails when the end was cut off, which only the head tells", () => {
  const records = chain(5);
  const cut = records.slice(0, 3);
  const [last, head] = [headOf(cut), headOf(records)];
  expect(verifyChain(cut)).toBeUndefined();
  expect(verifyChain(cut, head)).toBe(
    `the head is at record 5 with ${head.hash}, the last record is 3 with ${last.hash}`,
  );
  expect(verifyChain([], head)).toMatch(/^the head is at record 5 /);
});
