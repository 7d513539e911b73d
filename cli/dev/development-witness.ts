import { NoteKeyFile } from "../../runtime/audit/keys/note-key-file";
import { vkeyOf } from "../../runtime/audit/tlog/note-key";
import { Witness } from "../../runtime/audit/witness/witness";
import { serveWitness } from "../../runtime/audit/witness/witness-server";
import { systemClock } from "../../runtime/clock";
import type { WitnessingConfig } from "../../runtime/exchange/witnessing-config";
import type { Log } from "../../runtime/log";
import { LevelStore } from "../../runtime/store/level-store";
import type { DevelopmentFiles } from "./development-files";
import { LOOPBACK } from "./loopback";

const NAME = "witness.development";
/** Of the keys that `ambit audit verify` is given */
const VKEYS = { log: "audit-log.vkey", witness: "witness.vkey" } as const;

/** A log, by its name and the file of its key */
export interface WitnessedLog {
  readonly origin: string;
  readonly key: string;
}

/**
 * Start a witness of the development's log, with its own key and state, and write the keys that verify both. A real
 * witness detects an operator who rewrites the log; here one folder holds both, so it proves nothing to others.
 */
export async function startWitness(
  files: DevelopmentFiles,
  { origin, key }: WitnessedLog,
  log: Log,
  endings: (() => Promise<void> | void)[],
): Promise<WitnessingConfig> {
  const logKey = new NoteKeyFile(key, origin).key;
  const signer = new NoteKeyFile(files.noteKey("witness-key"), NAME, "cosignature");
  const store = await LevelStore.open(files.path("witness"));
  endings.push(() => store.close());
  const witness = new Witness({ logs: [logKey], store, signer, clock: systemClock, log });
  const { port, close } = await serveWitness(witness, { host: LOOPBACK, port: 0 });
  endings.push(close);
  files.write(VKEYS.log, `${vkeyOf(logKey)}\n`);
  files.write(VKEYS.witness, `${vkeyOf(signer.key)}\n`);
  return { witnesses: [{ url: `http://${LOOPBACK}:${port}`, key: vkeyOf(signer.key) }] };
}
