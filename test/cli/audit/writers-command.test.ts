import { readHeads, writersCommand } from "../../../cli/audit/writers-command";
import { auditClosedKey, auditHeadKey, auditWriterKey } from "../../../runtime/store/keys";
import type { Write } from "../../../runtime/store/store";
import { called } from "../../support/cli";
import { PlainStore } from "../../support/plain-store";

const put = (write: Pick<Write & { kind: "put" }, "key" | "value">): Write => ({ kind: "put", when: "any", ...write });

test("each writer has its head, also where there are more than one page of them", async () => {
  const store = new PlainStore(() => 0);
  const names = ["with space/and %", ...Array.from({ length: 1_100 }, (_, at) => `writer-${at}`)];
  for (const [at, name] of names.entries()) {
    await store.write([
      put({ key: auditWriterKey(name), value: { since: 1 } }),
      put({ key: auditHeadKey(name), value: { sequence: at + 1 } }),
    ]);
  }
  const heads = await readHeads(store);
  expect(heads).toEqual(new Map(names.map((name, at) => [name, at + 1])));
});

test("a writer that writes no more has its head too", async () => {
  const store = new PlainStore(() => 0);
  await store.write([
    put({ key: auditClosedKey("old"), value: { records: 5 } }),
    put({ key: auditHeadKey("old"), value: { sequence: 5, closed: true } }),
  ]);
  expect(await readHeads(store)).toEqual(new Map([["old", 5]]));
});

test("a writer without a head has written nothing", async () => {
  const store = new PlainStore(() => 0);
  await store.write([put({ key: auditWriterKey("w"), value: { since: 1 } })]);
  expect(await readHeads(store)).toEqual(new Map([["w", 0]]));
});

test("fails when no store is named", async () => {
  expect(await called([writersCommand], "writers")).toEqual({
    code: 64,
    stdout: "",
    stderr: "ambit: name either --table or --level\n",
  });
});
