import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { untarGz } from "../policies/bundle";
import { DEFAULT_SCOPE, verifyBundle } from "../policies/signature";
import type { Signer } from "../runtime/signer/signer";
import { measured, sign, type SignResult } from "./bundle-sign";
import { type BundleStore, FileStore, S3_BOUNDS, S3Store } from "./bundle-store";
import { CliError, type Io, UsageError } from "./program";
import { progress } from "./progress";
import { jsonText, printable, table } from "./terminal";

/** Where synth puts the unsigned bundle, below its folder */
const UNSIGNED = join("ambit", "bundle.tar.gz");
const OBJECT = "policy/bundle.tar.gz";

const SIGN_HELP = `
The last signed bundle is read from where the new one goes, and its signature is checked before its revision is counted
on. The new one takes its place only if it is still there: of two deploys at once, one is told to run again.

Examples:
  ambit bundle sign --kms-key alias/ambit-bundles --region eu-central-1 --bucket acme-policies
  ambit bundle sign --key-file key.pem --out bundle.tar.gz --after 41

The revision that is printed last is what the next deploy names with --after: then an older bundle that somebody put back,
with its sound signature, is noticed.

Exit codes: 0 published or unchanged, 1 refused or failed, 2 called wrongly.`;

const VERIFY_HELP = `
Exit codes: 0 signed by this key, 1 not, 2 called wrongly.`;

interface SignFlags {
  readonly kmsKey?: string;
  readonly keyFile?: string;
  readonly keyId?: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly object?: string;
  readonly out?: string;
  readonly last?: string;
  readonly after?: number;
  readonly lastPublicKey?: string;
  readonly scope: string;
  readonly resign?: true;
  readonly json?: true;
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
  return new Command("sign")
    .summary("give the synthesized bundle its revision, sign and publish it")
    .description("Sign the bundle that synth wrote with the revision after the last one, and publish it.")
    .argument("[folder]", "what synth wrote", "cdktf.out")
    .option("--kms-key <id|alias>", "KMS key that signs, ECC_NIST_P256")
    .option("--key-file <pem>", "private key that signs, EC on P-256, for places without KMS")
    .option("--key-id <name>", "name of the key in the signature (default: the KMS key's ARN, or the key's digest)")
    .option("--region <region>", "AWS region (default: AWS_REGION, or the profile's)")
    .option("--bucket <name>", "S3 bucket to publish to")
    .option("--object <key>", `its object (default: "${OBJECT}")`)
    .option("--out <file>", "file to publish to instead of S3")
    .option("--last <file>", "bundle that was signed last, where the new one's place is empty")
    .option("--last-public-key <pem>", "key that signed the last bundle, where it is another one")
    .addOption(
      new Option("--after <revision>", "fail unless the last bundle is of this revision or a later one").argParser(
        afterOf,
      ),
    )
    .addOption(scopeOption("scope that OPA is configured with"))
    .option("--resign", "sign with a new revision though nothing has changed")
    .option("--json", "print the result as JSON")
    .addHelpText("after", SIGN_HELP)
    .action(async (folder: string, flags: SignFlags) => {
      checkFlags(flags);
      const result = await sign(
        {
          unsigned: contentOf(join(folder, UNSIGNED), "run synth first, or name the folder that it wrote"),
          signer: await progress(io, "looking up the key", signerOf(flags)),
          target: await targetOf(flags),
          last: flags.last === undefined ? undefined : new FileStore(flags.last),
          lastPublicKey: flags.lastPublicKey === undefined ? undefined : pem(flags.lastPublicKey),
          scope: flags.scope,
          after: flags.after,
          resign: flags.resign === true,
          now: Math.floor(Date.now() / 1000),
        },
        io,
      );
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

function scopeOption(what: string): Option {
  return new Option("--scope <scope>", what).default(DEFAULT_SCOPE).argParser((scope) => {
    if (scope.trim() === "") throw new UsageError(`--scope must name a scope, such as ${DEFAULT_SCOPE}, got ""`);
    return scope;
  });
}

function afterOf(text: string): number {
  const revision = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(revision)) {
    throw new UsageError(`--after must be a whole number from 0, got ${text}`);
  }
  return revision;
}

function checkFlags({ kmsKey, keyFile, bucket, object, out }: SignFlags): void {
  if ((kmsKey === undefined) === (keyFile === undefined)) throw new UsageError("name either --kms-key or --key-file");
  if ((bucket === undefined) === (out === undefined)) throw new UsageError("name either --bucket or --out");
  if (object !== undefined && bucket === undefined) throw new UsageError("--object is an object of a --bucket");
}

async function signerOf({ kmsKey, keyFile, keyId, region }: SignFlags): Promise<Signer> {
  if (keyFile !== undefined) {
    const { KeyFileSigner } = await import("../runtime/signer/key-file-signer");
    return new KeyFileSigner(keyFile, keyId);
  }
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const { KMS_BOUNDS, KmsSigner } = await import("../runtime/signer/kms-signer");
  const client = new KMSClient({ ...KMS_BOUNDS, ...(region && { region }) });
  return KmsSigner.of({ client, key: kmsKey as string, ...(keyId !== undefined && { keyId }) });
}

async function targetOf({ bucket, object, out, region }: SignFlags): Promise<BundleStore> {
  if (bucket === undefined) return new FileStore(out as string);
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Store(new S3Client({ ...S3_BOUNDS, ...(region && { region }) }), bucket, object ?? OBJECT);
}

function contentOf(path: string, fix: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CliError(`there is no ${path}: ${fix}`);
  }
}

function pem(path: string): string {
  return contentOf(path, "name a file with the public key in PEM").toString("utf8");
}

function json(value: unknown): string {
  return `${jsonText(value, 2)}\n`;
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
