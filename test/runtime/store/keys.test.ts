import fc from "fast-check";
import * as keys from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";
import "../../support/depth";

const part = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("", "#", "a#b", "%23", "none", "/", ".."),
);

test("what is said of a key in a log is its kind alone", async () => {
  expect(
    [keys.approvalKey(2, "h1"), keys.sessionKey(2, { agent: "a", whose: "none" }), keys.epochKey()].map(keys.kindOf),
  ).toEqual(["approval", "session", "epoch"]);
  const store = new MemoryStore();
  const key = keys.approvalKey(1, "secret-handle");
  const conflict = store.write([{ kind: "check", key, when: "present" }]);
  await expect(conflict).rejects.toThrow(new StoreConflict([0], "the condition did not hold for approval"));
});

test("keys are those of the table in docs/exchange.md", () => {
  const owner = { agent: "support-triage", user: null };
  expect([
    keys.epochKey(),
    keys.seenKey(),
    keys.sessionKey(2, { agent: "support-triage", whose: "none" }),
    keys.heldKey(2, "support-triage"),
    keys.budgetKey(2, owner, "triage", "tokens", "hour-481"),
    keys.runKey(2, "r1"),
    keys.onceKey("dpop", "d1"),
    keys.approvalKey(2, "h1"),
    keys.revokedKey("agent", "support-triage"),
    keys.auditHeadKey("w1"),
    keys.auditRecordKey("w1", 12),
    keys.auditWriterKey("w1"),
    keys.auditClosedKey("w1"),
    keys.auditCursorKey("w1"),
    keys.auditLogKey(),
  ]).toEqual([
    { partition: "epoch", sort: "epoch" },
    { partition: "seen", sort: "registry" },
    { partition: "session#2#support-triage#none", sort: "session" },
    { partition: "held#2#support-triage", sort: "held" },
    { partition: "session#2#support-triage#none", sort: "budget#triage#tokens#hour-481" },
    { partition: "run#2#r1", sort: "run" },
    { partition: "once#dpop#d1", sort: "once" },
    { partition: "approval#2#h1", sort: "approval" },
    { partition: "revoked", sort: "agent#support-triage" },
    { partition: "audit#w1", sort: "head" },
    { partition: "audit#w1", sort: "0000000000000012" },
    { partition: "audit-log-writers", sort: "w1" },
    { partition: "audit-closed", sort: "w1" },
    { partition: "audit-cursors", sort: "w1" },
    { partition: "audit-log", sort: "log" },
  ]);
});

test("other parts are another key, with any characters in them", () => {
  const made = (kind: string, id: string) => JSON.stringify([keys.revokedKey(kind, id), keys.onceKey(kind, id)]);
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      expect(made(a, b) === made(c, d)).toBe(a === c && b === d);
    }),
  );
  expect(keys.revokedKey("a#b", "c")).not.toEqual(keys.revokedKey("a", "b#c"));
  expect(keys.revokedKey("a%23b", "c")).not.toEqual(keys.revokedKey("a#b", "c"));
});

test("a user is known by issuer and subject together, and named in no key", () => {
  const of = (issuer: string, subject: string) =>
    keys.budgetKey(1, { agent: "a", user: { issuer, subject } }, "t", "b", "w").partition;
  const all = [
    of("i", "s"),
    of("i", "S"),
    of("is", ""),
    of("", "is"),
    of("j", "s"),
    of('i","', "s"),
    of("none", "none"),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(of("i", "s")).toBe(of("i", "s"));
  expect(of("https://login.acme.example", "alice")).toMatch(/^session#1#a#[A-Za-z0-9_-]{43}$/);
});

test("records are in the order of their numbers, and the head is none of them", () => {
  const sorts = [1, 9, 10, 11, 100, Number.MAX_SAFE_INTEGER].map((number) => keys.auditRecordKey("w", number).sort);
  expect([...sorts].sort()).toEqual(sorts);
  expect(keys.auditHeadKey("w").sort.startsWith(keys.RECORD_PREFIX)).toBe(false);
  expect(keys.auditRecordKey("w", 999_999_999_999_999).sort.startsWith(keys.RECORD_PREFIX)).toBe(true);
});

test.each(["w1", "a writer/1", "50%", "a#b", "\u20ac"])("a writer is told by its keys: %s", (writer) => {
  expect([keys.auditWriterKey(writer), keys.auditCursorKey(writer)].map(keys.writerOf)).toEqual([writer, writer]);
});
