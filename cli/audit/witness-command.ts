import { statSync } from "node:fs";
import { Command } from "commander";
import { NoteKeyFile } from "../../runtime/audit/keys/note-key-file";
import { vkeyOf } from "../../runtime/audit/tlog/note-key";
import type { NoteSigner } from "../../runtime/audit/tlog/note-signer";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { Witness } from "../../runtime/audit/witness/witness";
import { serveWitness } from "../../runtime/audit/witness/witness-server";
import { systemClock } from "../../runtime/clock";
import { jsonLog } from "../../runtime/log";
import { SignerError } from "../../runtime/signer/signer";
import type { StateStore } from "../../runtime/store/store";
import { StoreUnavailable } from "../../runtime/store/store";
import { onEndingSignal } from "../ending-signals";
import { CliError, type Io, UsageError } from "../program";
import { logKeyOf } from "./flags";

const HELP = `
It cosigns a checkpoint only where it goes on from the one that it cosigned before (C2SP tlog-witness), and serves
add-checkpoint over plain HTTP: put what ends TLS in front of it where the log is not on this machine.

Run it where the log's owner cannot enter. Its folder or table, and its key, are what it knows: never set them back to
a backup, and give verifiers its key, which it prints first, on a way that is not the log owner's.

Examples:
  openssl genpkey -algorithm ed25519 -out witness.pem
  ambit audit witness --name witness.other.example --log log.vkey --signing-key witness.pem --folder witness
  ambit audit witness --name witness.other.example --log log.vkey --signing-key alias/witness --table witness --listen 0.0.0.0:7380

Exit codes: 0 told to end, 1 failed, 64 usage error.`;

const LISTEN = /^(.+):(\d{1,5})$/;
const LAST_PORT = 65_535;

interface Flags {
  readonly name: string;
  readonly log: readonly string[];
  readonly signingKey: string;
  readonly folder?: string;
  readonly table?: string;
  readonly region?: string;
  readonly listen: string;
}

/** @param ends what tells it to end; a signal where left out */
export function witnessCommand(io: Io, ends: (act: () => void) => void = onEndingSignal): Command {
  return new Command("witness")
    .summary("cosign the checkpoints of others' logs")
    .description("Run a witness, which cosigns the checkpoints of logs, and never two that do not fit together.")
    .requiredOption("--name <name>", "of its key, as verifiers know it: a web address without https://")
    .requiredOption("--log <vkey or file>", "a log's verifier key; can be repeated", collected, [])
    .requiredOption("--signing-key <file or id>", "Ed25519 in PEM, or the ARN or alias of such a key in KMS")
    .option("--folder <folder>", "where it keeps what it cosigned, on one machine")
    .option("--table <name>", "DynamoDB table in which it does, with a partition key pk and a sort key sk")
    .option("--region <region>", "AWS region of --table (default: AWS_REGION, or the profile's)")
    .option("--listen <host:port>", "where it listens; port 0 for any free one", "127.0.0.1:7380")
    .addHelpText("after", HELP)
    .action((flags: Flags) => run(io, flags, ends));
}

async function run(io: Io, flags: Flags, ends: (act: () => void) => void): Promise<void> {
  const place = listenOf(flags.listen);
  if (flags.log.length === 0) throw new UsageError("name at least one --log");
  const logs = flags.log.map((each) => logKeyOf("--log", each));
  const told = new Promise<void>((resolve) => ends(resolve));
  try {
    const signer = await signerOf(flags);
    const store = await storeOf(flags);
    try {
      const witness = new Witness({ logs, store, signer, clock: systemClock, log: jsonLog((line) => io.err(line)) });
      const { port, close } = await serveWitness(witness, place);
      io.out(`${vkeyOf(signer.key)}\nhttp://${place.host}:${port}\n`);
      await told;
      await close();
    } finally {
      await store.close();
    }
  } catch (error) {
    const isKnown = error instanceof SignerError || error instanceof StoreUnavailable || error instanceof LogError;
    if (!isKnown && (error as NodeJS.ErrnoException).syscall !== "listen") throw error;
    throw new CliError((error as Error).message, { cause: error });
  }
}

async function signerOf({ signingKey, name }: Flags): Promise<NoteSigner> {
  if (statSync(signingKey, { throwIfNoEntry: false })?.isFile() === true)
    return new NoteKeyFile(signingKey, name, "cosignature");
  if (!/^(arn:|alias\/)/.test(signingKey))
    throw new UsageError(`--signing-key must be a file, or the ARN or alias of a key in KMS, got ${signingKey}`);
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const { KMS_BOUNDS } = await import("../../runtime/signer/kms-signer");
  const { NoteKmsKey } = await import("../../runtime/audit/keys/note-kms-key");
  const { regionOfKey } = await import("../../runtime/exchange/server/signing-keys");
  const client = new KMSClient({ ...KMS_BOUNDS, ...regionOfKey(signingKey) });
  return NoteKmsKey.of({ client, key: signingKey, name, kind: "cosignature" });
}

async function storeOf({ folder, table, region }: Flags): Promise<StateStore> {
  if (folder !== undefined && table === undefined) {
    if (region !== undefined) throw new UsageError("--region is that of a --table");
    const { LevelStore } = await import("../../runtime/store/level-store");
    return LevelStore.open(folder);
  }
  if (table === undefined || folder !== undefined) throw new UsageError("name either --folder or --table");
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { DYNAMODB_BOUNDS, DynamoDbStore } = await import("../../runtime/store/dynamodb-store");
  return new DynamoDbStore({ client: new DynamoDBClient({ ...DYNAMODB_BOUNDS, ...(region && { region }) }), table });
}

function listenOf(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = LISTEN.exec(text) ?? [];
  if (host === undefined || Number(port) > LAST_PORT)
    throw new UsageError(`--listen must be a host and a port, such as 127.0.0.1:7380, got ${JSON.stringify(text)}`);
  return { host, port: Number(port) };
}

function collected(value: string, others: readonly string[]): readonly string[] {
  return [...others, value];
}
