import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { DEFAULT_SCOPE } from "../policies/signature";
import type { Signer } from "../runtime/signer/signer";
import { CliError, type Io, UsageError } from "./program";
import { progress } from "./progress";
import type { PublishRequest } from "./publish";
import { FileStore, type PublishStore } from "./publish-store";
import { jsonText } from "./terminal";
import { wholeNumberOf } from "./whole-number";

/** What every command that signs and publishes can be told */
export interface PublishFlags {
  readonly kmsKey?: string;
  readonly keyFile?: string;
  readonly keyId?: string;
  readonly region?: string;
  readonly out?: string;
  readonly last?: string;
  readonly after?: number;
  readonly lastPublicKey?: string;
  readonly scope: string;
  readonly resign?: true;
  readonly json?: true;
}

/** Options that say with which key */
export function withKey(command: Command): Command {
  return command
    .option("--kms-key <id|alias>", "KMS key that signs, ECC_NIST_P256")
    .option("--key-file <pem>", "private key that signs, EC on P-256, for places without KMS")
    .option("--key-id <name>", "name of the key in the signature (default: the KMS key's ARN, or the key's digest)")
    .option("--region <region>", "AWS region (default: AWS_REGION, or the profile's)");
}

/**
 * Options that say what the new one follows
 *
 * @param noun as messages name it, such as `bundle`
 * @param reader who checks the scope
 */
export function withLast(command: Command, noun: string, reader: string): Command {
  return command
    .option("--last <file>", `${noun} that was signed last, where the new one's place is empty`)
    .option("--last-public-key <pem>", `key that signed the last ${noun}, where it is another one`)
    .addOption(
      new Option("--after <revision>", `fail unless the last ${noun} is of this revision or a later one`).argParser(
        wholeNumberOf("--after"),
      ),
    )
    .addOption(scopeOption(`scope that ${reader} is configured with`))
    .option("--resign", "sign with a new revision though nothing has changed")
    .option("--json", "print the result as JSON");
}

export function scopeOption(what: string): Option {
  return new Option("--scope <scope>", what).default(DEFAULT_SCOPE).argParser((scope) => {
    if (scope.trim() === "") throw new UsageError(`--scope must name a scope, such as ${DEFAULT_SCOPE}, got ""`);
    return scope;
  });
}

export function checkKey({ kmsKey, keyFile }: PublishFlags): void {
  if ((kmsKey === undefined) === (keyFile === undefined)) throw new UsageError("name either --kms-key or --key-file");
}

export async function requestOf(flags: PublishFlags, target: PublishStore, io: Io): Promise<PublishRequest> {
  return {
    signer: await progress(io, "looking up the key", signerOf(flags)),
    target,
    last: flags.last === undefined ? undefined : new FileStore(flags.last),
    lastPublicKey: flags.lastPublicKey === undefined ? undefined : pem(flags.lastPublicKey),
    scope: flags.scope,
    after: flags.after,
    resign: flags.resign === true,
    now: Math.floor(Date.now() / 1000),
  };
}

/** @throws CliError if there is no such file, with the fix */
export function contentOf(path: string, fix: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CliError(`there is no ${path}: ${fix}`);
  }
}

export function pem(path: string): string {
  return contentOf(path, "name a file with the public key in PEM").toString("utf8");
}

export function json(value: unknown): string {
  return `${jsonText(value, 2)}\n`;
}

/** What signs: a key in a file, or in KMS */
export async function signerOf({
  kmsKey,
  keyFile,
  keyId,
  region,
}: Pick<PublishFlags, "keyFile" | "keyId" | "kmsKey" | "region">): Promise<Signer> {
  if (keyFile !== undefined) {
    const { KeyFileSigner } = await import("../runtime/signer/key-file-signer");
    return new KeyFileSigner(keyFile, keyId);
  }
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const { KMS_BOUNDS, KmsSigner } = await import("../runtime/signer/kms-signer");
  const client = new KMSClient({ ...KMS_BOUNDS, ...(region && { region }) });
  return KmsSigner.of({ client, key: kmsKey as string, ...(keyId !== undefined && { keyId }) });
}
