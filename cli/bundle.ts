import { join } from "node:path";
import { Command } from "commander";
import { untarGz } from "../policies/bundle";
import { verifyBundle } from "../policies/signature";
import { sign, type SignResult } from "./bundle-sign";
import { S3_BOUNDS, S3Store } from "./bundle-store";
import { type Io, UsageError } from "./program";
import { measured } from "./publish";
import {
  checkKey,
  contentOf,
  json,
  pem,
  type PublishFlags,
  requestOf,
  scopeOption,
  withKey,
  withLast,
} from "./publish-options";
import { FileStore, type PublishStore } from "./publish-store";
import { printable, table } from "./terminal";

/** Where synth puts the unsigned bundle, below its folder */
const UNSIGNED = join("ambit", "bundle.tar.gz");
const OBJECT = "policy/bundle.tar.gz";

const SIGN_HELP = `
The last signed bundle is read from the new one's place, and its signature is verified before its revision is used. The new
bundle replaces exactly that one: of two concurrent deploys, one is told to run again.

Examples:
  ambit bundle sign --kms-key alias/ambit-bundles --region eu-central-1 --bucket acme-policies
  ambit bundle sign --key-file key.pem --out bundle.tar.gz --after 41

Name the printed revision with --after in the next deploy: then it detects an older bundle that was put back with its valid
signature.

Exit codes: 0 published or unchanged, 1 refused or failed, 64 usage error.`;

const VERIFY_HELP = `
Exit codes: 0 signed by this key, 1 not, 64 usage error.`;

interface SignFlags extends PublishFlags {
  readonly bucket?: string;
  readonly object?: string;
}

interface VerifyFlags {
  readonly publicKey: string;
  readonly scope: string;
  readonly json?: true;
}

export function bundleCommand(io: Io): Command {
  return new Command("bundle")
    .description("sign and verify the policy bundle that OPA downloads")
    .addCommand(signCommand(io))
    .addCommand(verifyCommand(io));
}

function signCommand(io: Io): Command {
  const command = new Command("sign")
    .summary("give the synthesized bundle its revision, sign and publish it")
    .description("Sign the bundle that synth wrote with the revision after the last one, and publish it.")
    .argument("[folder]", "what synth wrote", "cdktf.out");
  withKey(command)
    .option("--bucket <name>", "S3 bucket to publish to")
    .option("--object <key>", `its object (default: "${OBJECT}")`)
    .option("--out <file>", "file to publish to instead of S3");
  return withLast(command, "bundle", "OPA")
    .addHelpText("after", SIGN_HELP)
    .action(async (folder: string, flags: SignFlags) => {
      checkFlags(flags);
      const unsigned = contentOf(join(folder, UNSIGNED), "run synth first, or name the folder that it wrote");
      const result = await sign({ unsigned, ...(await requestOf(flags, await targetOf(flags), io)) }, io);
      io.out(flags.json === true ? json(result) : lines(result));
    });
}

function verifyCommand(io: Io): Command {
  return new Command("verify")
    .summary("say whether a bundle is signed as OPA demands it")
    .description("Verify the signature of a bundle, and that its files are those that were signed.")
    .argument("<file>", "signed bundle")
    .requiredOption("--public-key <pem>", "public key that must have signed it")
    .addOption(scopeOption("scope that it must be signed for"))
    .option("--json", "print the result as JSON")
    .addHelpText("after", VERIFY_HELP)
    .action((file: string, flags: VerifyFlags) => {
      const bytes = contentOf(file, "name a signed bundle");
      const publicKey = pem(flags.publicKey);
      const { revision, keyId, issuedAt, files } = verifyBundle(untarGz(bytes), { publicKey, scope: flags.scope });
      const result = { revision, keyId, issuedAt, scope: flags.scope, files: files.size, signed: measured(bytes) };
      const rows = [
        ["revision", String(revision)],
        ["key", printable(keyId)],
        ["signed at", new Date(issuedAt * 1000).toISOString()],
        ["bundle", `${result.signed.digest}, ${bytes.length} bytes, ${files.size} files`],
      ];
      io.out(flags.json === true ? json(result) : table(rows));
    });
}

function checkFlags(flags: SignFlags): void {
  const { bucket, object, out } = flags;
  checkKey(flags);
  if ((bucket === undefined) === (out === undefined)) throw new UsageError("name either --bucket or --out");
  if (object !== undefined && bucket === undefined) throw new UsageError("--object is an object of a --bucket");
}

async function targetOf({ bucket, object, out, region }: SignFlags): Promise<PublishStore> {
  if (bucket === undefined) return new FileStore(out as string);
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Store(new S3Client({ ...S3_BOUNDS, ...(region && { region }) }), bucket, object ?? OBJECT);
}

function lines({ result, target, from, revision, keyId, files, unsigned, signed }: SignResult): string {
  const what = result === "unchanged" ? `unchanged, ${revision} stays` : `${from === 0 ? "none" : from} -> ${revision}`;
  return table([
    ["revision", what],
    ["key", printable(keyId)],
    ["unsigned", `${unsigned.digest}, ${unsigned.bytes} bytes, ${files} files`],
    ["signed", `${signed.digest}, ${signed.bytes} bytes`],
    [result, printable(target)],
  ]);
}
