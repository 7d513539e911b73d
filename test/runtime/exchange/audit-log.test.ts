import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Backlog } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { NoteKeyFile } from "../../../runtime/audit/keys/note-key-file";
import { cosignedAt } from "../../../runtime/audit/tlog/cosignature";
import { noteIn } from "../../../runtime/audit/tlog/signed-note";
import { Witness } from "../../../runtime/audit/witness/witness";
import { serveWitness } from "../../../runtime/audit/witness/witness-server";
import { systemClock } from "../../../runtime/clock";
import { uncosignedOf } from "../../../runtime/exchange/server/witnessing";
import type { WitnessingConfig } from "../../../runtime/exchange/witnessing-config";
import { WITNESS } from "../../support/audit/log-of-records";
import { WITNESS_SIGNER } from "../../support/audit/witness-signer";
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

test("an exchange's records enter a log in a folder, signed by the key that it logs", async () => {
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

test("a witness's cosignature over HTTP is published, and its age measured", async () => {
  const key = put("witnessed.pem", pem("ed25519"));
  const origin = config(key).origin;
  const witness = new Witness({
    logs: [new NoteKeyFile(key, origin).key],
    store: new MemoryStore(),
    signer: WITNESS_SIGNER,
    clock: systemClock,
    log: () => undefined,
  });
  const running = await serveWitness(witness, { host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${running.port}`;
  const [store, backlog, measured] = [new MemoryStore(), new Backlog(), new Map<string, number>()];
  const ledger = new AuditLedger({ store, backlog });
  const storage = { folder: join(folder, "witnessed") };
  const witnessing = { witnesses: [{ url, key: WITNESS.vkey }] };
  const keeper = await keepAuditLog(
    { ...config(key), storage, witnessing },
    {
      store,
      backlog,
      writer: ledger.writer,
      clock: systemClock,
      log: () => undefined,
      telemetry: { measure: ({ name }, value) => void measured.set(name, value) },
    },
  );
  await ledger.commit({ writes: [], event: { kind: "k", time: 1, facts: {} } });
  await keeper.close();
  await running.close();
  expect(measured.get("ambit.audit.witness.age")).toBe(0);
  const note = noteIn(readFileSync(join(storage.folder, "checkpoint")));
  expect(Math.abs(cosignedAt(note, WITNESS.key) - systemClock())).toBeLessThan(60);
});

test("the bounds of the configuration hold, and the usual ones where it has none", () => {
  const seconds = (witnessing?: WitnessingConfig) => {
    const uncosigned = uncosignedOf(witnessing, () => 1_000);
    const found = (holds: () => boolean) => {
      for (let age = 0; ; age++) {
        uncosigned.since = 1_000 - age;
        if (holds()) return age;
      }
    };
    const refuses = () => {
      try {
        uncosigned.check();
        return false;
      } catch {
        return true;
      }
    };
    return [found(() => uncosigned.isAlarming), found(refuses)];
  };
  const witnesses = [{ url: "http://127.0.0.1:1", key: WITNESS.vkey }];
  expect(seconds()).toEqual([300, 3_600]);
  expect(seconds({ witnesses, alarmSeconds: 2, refuseSeconds: 7 })).toEqual([2, 7]);
});

test("fails when the log's key cannot sign notes", async () => {
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
