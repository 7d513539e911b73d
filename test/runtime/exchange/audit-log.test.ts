import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Backlog } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { verifiedCheckpoint } from "../../../runtime/audit/tlog/checkpoint";
import { noteKeyIn } from "../../../runtime/audit/tlog/note-key";
import { keepAuditLog } from "../../../runtime/exchange/server/audit-log";
import { NO_TELEMETRY } from "../../../runtime/telemetry/telemetry";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { scratch } from "../../support/cli";

const { path: folder, put } = scratch("audit-log");
const pem = (type: "ec" | "ed25519"): string => {
  const { privateKey } = type === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync(type);
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
};
const config = (file: string) => ({
  origin: "prod.example/audit",
  key: { file },
  storage: { folder: join(folder, "log") },
});

test("what an exchange writes comes into a log in a folder, signed by the key that it tells", async () => {
  const [store, backlog, lines] = [new MemoryStore(), new Backlog(), [] as [string, unknown][]];
  const measured = new Map<string, number>();
  const ledger = new AuditLedger({ store, backlog });
  const keeper = await keepAuditLog(config(put("key.pem", pem("ed25519"))), {
    store,
    backlog,
    writer: ledger.writer,
    clock: () => 1,
    log: (event, facts) => void lines.push([event, facts]),
    telemetry: { measure: ({ name }, value) => void measured.set(name, value) },
  });
  await ledger.commit({ writes: [], event: { kind: "k", time: 1, facts: {} } });
  await keeper.close();
  expect([...measured.keys()].sort()).toEqual(["ambit.audit.backlog.age", "ambit.audit.backlog.records"]);
  expect(lines).toEqual([["audit.started", { key: expect.any(String), storage: join(folder, "log") }]]);
  const { key } = lines[0]?.[1] as { readonly key: string };
  const { checkpoint } = verifiedCheckpoint(readFileSync(join(folder, "log", "checkpoint")), noteKeyIn(key));
  expect(checkpoint).toMatchObject({ origin: "prod.example/audit", size: 1 });
});

test("fails when the log's key is none that signs notes", async () => {
  const file = put("ec.pem", pem("ec"));
  const store = new MemoryStore();
  const parts = {
    store,
    backlog: new Backlog(),
    writer: "w",
    clock: () => 1,
    log: () => undefined,
    telemetry: NO_TELEMETRY,
  };
  await expect(keepAuditLog(config(file), parts)).rejects.toThrow(
    `the log's key must be an unencrypted Ed25519 private key in PEM, got ${file}: a note's key must be Ed25519, got ec`,
  );
});
