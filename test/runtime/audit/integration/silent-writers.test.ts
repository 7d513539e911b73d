import { SILENT_MILLISECONDS, SilentWriters } from "../../../../runtime/audit/integration/silent-writers";
import { AUDIT_CLOSED, AUDIT_WRITERS, auditCursorKey, auditLogKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { Writers } from "../../../support/integration-world";

const store = new MemoryStore();
const FENCE = { kind: "check", key: auditLogKey(), when: "absent" } as const;

test("fails to close a writer of which the store has a record that is not in the log", async () => {
  await new Writers(store).write("a", 2);
  await store.write([{ kind: "put", key: auditCursorKey("a"), value: 1, when: "absent" }]);
  const [silent, cursors] = [new SilentWriters(), new Map([["a", 1]])];
  await silent.close(store, cursors, FENCE, 0);
  await silent.close(store, cursors, FENCE, SILENT_MILLISECONDS);
  expect(await store.list(AUDIT_CLOSED, "", 9)).toEqual([]);
  expect([...cursors]).toEqual([["a", 1]]);
});

test("fails to close a writer that the store has lost", async () => {
  const [silent, cursors] = [new SilentWriters(), new Map([["lost", 1]])];
  await silent.close(store, cursors, FENCE, 0);
  await silent.close(store, cursors, FENCE, SILENT_MILLISECONDS);
  expect([...cursors]).toEqual([["lost", 1]]);
});

test("few are closed at a look, and the others at the next ones", async () => {
  const writers = new Writers(store);
  const names = Array.from({ length: 20 }, (_, number) => `w${number}`);
  for (const name of names) {
    await writers.write(name);
    await store.write([{ kind: "put", key: auditCursorKey(name), value: 1, when: "absent" }]);
  }
  const [silent, cursors] = [new SilentWriters(), new Map(names.map((name) => [name, 1]))];
  await silent.close(store, cursors, FENCE, 0);
  for (const left of [12, 4, 0]) {
    await silent.close(store, cursors, FENCE, SILENT_MILLISECONDS);
    expect(cursors.size).toBe(left);
  }
  expect((await store.list(AUDIT_CLOSED, "", 99)).length).toBe(20);
  expect((await store.list(AUDIT_WRITERS, "", 99)).map(({ key }) => key.sort)).toEqual(["a"]);
});
