import { Command } from "commander";
import { CliError, type Io, UsageError } from "./program";
import { progress } from "./progress";
import { measured } from "./publish";
import { checkKey, json, pem, type PublishFlags, requestOf, scopeOption, withKey, withLast } from "./publish-options";
import { FileStore, type PublishStore } from "./publish-store";
import type { RegistryResult } from "./registry-sign";
import { SYNTH_FOLDER } from "./synthesized";
import { printable, table } from "./terminal";

const SIGN_HELP = `
Registry and policy document, as synth wrote them, are signed as one. The last signed registry is read from the new one's place,
and its signature is verified before its revision is used. The new registry replaces exactly that one: of two concurrent deploys,
one is told to run again.

Examples:
  ambit registry sign --kms-key alias/ambit/prod/registry --region eu-central-1 --table ambit-prod-registry
  ambit registry sign --key-file key.pem --out registry.signed --after 41

Name the printed revision with --after in the next deploy: then it detects an older registry that was put back with its valid
signature.

Exit codes: 0 published or unchanged, 1 refused or failed, 64 usage error.`;

const VERIFY_HELP = `
Examples:
  ambit registry verify registry.signed --public-key registry.pub.pem
  ambit registry verify --table ambit-prod-registry --region eu-central-1 --public-key registry.pub.pem --save last.signed

Exit codes: 0 signed by this key and sound, 1 not, 64 usage error.`;

interface SignFlags extends PublishFlags {
  readonly table?: string;
}

interface VerifyFlags {
  readonly table?: string;
  readonly region?: string;
  readonly publicKey: string;
  readonly scope: string;
  readonly save?: string;
  readonly json?: true;
}

export function registryCommand(io: Io): Command {
  return new Command("registry")
    .description("sign and verify the registry that the exchange issues by")
    .addCommand(signCommand(io))
    .addCommand(verifyCommand(io));
}

function signCommand(io: Io): Command {
  const command = new Command("sign")
    .summary("give the synthesized registry its revision, sign and publish it")
    .description("Sign the registry that synth wrote with the revision after the last one, and publish it.")
    .argument("[folder]", "what synth wrote", SYNTH_FOLDER);
  withKey(command)
    .option("--table <name>", "DynamoDB table to publish to")
    .option("--out <file>", "file to publish to instead of DynamoDB");
  return withLast(command, "registry", "the exchange")
    .addHelpText("after", SIGN_HELP)
    .action(async (folder: string, flags: SignFlags) => {
      checkKey(flags);
      if ((flags.table === undefined) === (flags.out === undefined))
        throw new UsageError("name either --table or --out");
      const { sign, synthesizedDocument } = await import("./registry-sign");
      const { keysInKms, withStarterKeys } = await import("./starter-keys");
      const synthesized = synthesizedDocument(folder);
      const document = await progress(
        io,
        "reading the starters' keys",
        withStarterKeys(synthesized, keysInKms(flags.region)),
      );
      const result = await sign({ document, ...(await requestOf(flags, await storeOf(flags, flags.out), io)) }, io);
      io.out(flags.json === true ? json(result) : lines(result));
    });
}

function verifyCommand(io: Io): Command {
  return new Command("verify")
    .summary("say whether a registry is signed and sound, as the exchange demands it")
    .description("Verify the signature of a registry, and that it is one which the exchange takes.")
    .argument("[file]", "signed registry")
    .option("--table <name>", "DynamoDB table that holds it, instead of a file")
    .option("--region <region>", "AWS region (default: AWS_REGION, or the profile's)")
    .requiredOption("--public-key <pem>", "public key that must have signed it")
    .addOption(scopeOption("scope that it must be signed for"))
    .option("--save <file>", "keep a copy, once it is verified")
    .option("--json", "print the result as JSON")
    .addHelpText("after", VERIFY_HELP)
    .action(async (file: string | undefined, flags: VerifyFlags) => {
      if ((file === undefined) === (flags.table === undefined)) throw new UsageError("name either a file or --table");
      const { scope, save } = flags;
      const publicKeys = [pem(flags.publicKey)];
      const store = await storeOf(flags, file);
      const stored = await progress(io, `reading ${store.name}`, store.read());
      if (stored === undefined) throw new CliError(`there is no registry at ${store.name}: name a signed one`);
      const { bytes } = stored;
      const { openedRegistry } = await import("./registry-sign");
      const opened = await openedRegistry(bytes, { publicKeys, scope });
      if (save !== undefined) await new FileStore(save).replace(undefined, bytes);
      const { revision, keyId, issuedAt, trustDomain, agents } = opened;
      const rows = [
        ["revision", String(revision)],
        ["key", printable(keyId)],
        ["signed at", new Date(issuedAt * 1000).toISOString()],
        ["registry", `${opened.content.digest}, ${agents} agents of ${printable(trustDomain)}`],
      ];
      const result = { revision, keyId, issuedAt, scope, trustDomain, agents, unsigned: opened.content };
      io.out(flags.json === true ? json({ ...result, signed: measured(bytes) }) : table(rows));
    });
}

/** The table, or the file where none is named */
export async function storeOf(
  flags: Pick<SignFlags, "region" | "table">,
  file: string | undefined,
): Promise<PublishStore> {
  const { region } = flags;
  if (flags.table === undefined) return new FileStore(file as string);
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { TABLE_BOUNDS, TableStore } = await import("./registry-table");
  return new TableStore(new DynamoDBClient({ ...TABLE_BOUNDS, ...(region && { region }) }), flags.table);
}

function lines({
  result,
  target,
  from,
  revision,
  keyId,
  trustDomain,
  agents,
  unsigned,
  signed,
}: RegistryResult): string {
  const what = result === "unchanged" ? `unchanged, ${revision} stays` : `${from === 0 ? "none" : from} -> ${revision}`;
  return table([
    ["revision", what],
    ["key", printable(keyId)],
    ["registry", `${unsigned.digest}, ${agents} agents of ${printable(trustDomain)}`],
    ["signed", `${signed.digest}, ${signed.bytes} bytes`],
    [result, printable(target)],
  ]);
}
