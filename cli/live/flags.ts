import { type Command, Option } from "commander";
import type { Source } from "../../governance/inventory/live/comparison";
import { DEFAULT_SCOPE } from "../../policies/signature";
import { UsageError } from "../program";
import { wholeNumberOf } from "../whole-number";

/** Written out, because options are named before anything of governance is loaded */
const SOURCES = ["aws", "cloudtrail", "kubernetes", "registry"] as const satisfies readonly Source[];

/** Of the last 400 days AWS tells the last use (IAM API, GenerateServiceLastAccessedDetails). */
const MOST_DAYS = 400;
export const UNUSED_DAYS = 90;

/** What `ambit inventory --live` can be told */
export interface LiveFlags {
  readonly live?: true;
  readonly unusedDays?: number;
  readonly without?: readonly Source[];
  readonly trail?: string;
  readonly registry?: string;
  readonly registryTable?: string;
  readonly region?: string;
  readonly publicKey?: string;
  readonly scope?: string;
}

export function withLive(command: Command): Command {
  return command
    .option("--live", "compare with the roles, pods and registry that are deployed, and print nothing else")
    .addOption(
      new Option(
        "--unused-days <days>",
        `with --live: days without an attempt after which a right is unused (default: ${UNUSED_DAYS})`,
      ).argParser(wholeNumberOf("--unused-days", { least: 1, most: MOST_DAYS })),
    )
    .addOption(
      new Option("--without <sources...>", "with --live: do not ask these, whose answers stay unknown").choices(
        SOURCES,
      ),
    )
    .option(
      "--trail <place>",
      "with --live: folder, or s3://bucket/prefix, with files and digests of CloudTrail, which tell objects and tables too",
    )
    .option("--registry <file>", "with --live: the signed registry")
    .option("--registry-table <name>", "with --live: the DynamoDB table that holds it")
    .option(
      "--region <region>",
      "with --live: AWS region of the table and of an s3://… trail (default: AWS_REGION, or the profile's)",
    )
    .option("--public-key <pem>", "with --live: public key that must have signed the registry")
    .option("--scope <scope>", `with --live: scope that the registry must be signed for (default: ${DEFAULT_SCOPE})`);
}

const NAMES = {
  unusedDays: "--unused-days",
  without: "--without",
  trail: "--trail",
  registry: "--registry",
  registryTable: "--registry-table",
  region: "--region",
  publicKey: "--public-key",
  scope: "--scope",
} as const satisfies Partial<Record<keyof LiveFlags, string>>;

/**
 * @param beside what else was asked for, as the operator wrote it
 * @throws UsageError
 */
export function checkLive(flags: LiveFlags, beside: string | undefined): void {
  if (flags.live !== true) {
    const given = (Object.keys(NAMES) as (keyof typeof NAMES)[]).find((name) => flags[name] !== undefined);
    if (given !== undefined) throw new UsageError(`${NAMES[given]} is for --live: write both, or leave it out`);
    return;
  }
  if (beside !== undefined) {
    throw new UsageError(`--live prints the comparison and nothing else: leave out ${beside}, or --live`);
  }
  const { registry, registryTable, publicKey } = flags;
  const isWithout = flags.without?.includes("registry") === true;
  const isNamed = (registry === undefined) !== (registryTable === undefined) && publicKey !== undefined;
  if (isWithout ? registry !== undefined || registryTable !== undefined : !isNamed) {
    const named = "name one of --registry and --registry-table with --public-key";
    throw new UsageError(`--live reads the signed registry: ${named}, or leave it out by --without registry`);
  }
}
