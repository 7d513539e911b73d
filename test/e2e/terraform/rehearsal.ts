import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AwsProviderSource } from "./providers";

type Block = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** A synthesized stack, as far as it is read here */
export interface Synthesized {
  readonly provider?: { readonly aws?: readonly Block[] };
  readonly resource?: Resources;
  readonly terraform: { readonly required_providers: Readonly<Record<string, Block>> };
}

/** Services the stacks call, as the provider names them */
const SERVICES = ["cloudfront", "dynamodb", "ec2", "iam", "kms", "rds", "rolesanywhere", "s3", "s3control", "sts"];

/** What moto lacks: it is planned, and left out of what is applied. */
export const NOT_IN_MOTO = {
  resources: { aws_rolesanywhere_profile: "moto has no IAM Roles Anywhere" } as Readonly<Record<string, string>>,
  attributes: {
    aws_vpc_endpoint: { dns_options: "moto forgets the DNS options of an endpoint" },
  } as Readonly<Record<string, Readonly<Record<string, string>>>>,
};

export function synthesizedStack(outdir: string, stack: string): Synthesized {
  return JSON.parse(stackText(outdir, stack)) as Synthesized;
}

export function stackText(outdir: string, stack: string): string {
  return readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");
}

/** `<type>.<name>` of every resource, sorted */
export function addresses({ resource = {} }: Synthesized): readonly string[] {
  return Object.entries(resource)
    .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
    .sort();
}

export function isKubernetes(typeOrAddress: string): boolean {
  return typeOrAddress.startsWith("kubernetes_");
}

/** What the AWS provider must be told so that it talks to moto. The keys open nothing. */
export function motoSettings(url: string): Block {
  return {
    access_key: "rehearsal",
    secret_key: "rehearsal",
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    s3_use_path_style: true,
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, url]))],
  };
}

/** `plan` keeps what moto lacks, `apply` leaves it out. */
export type Purpose = "plan" | "apply";

/**
 * The copy that Terraform gets: only AWS resources, at moto, with the provider that is here, and with its state beside
 * it. Whatever is not named here stays as it was synthesized.
 */
export function rehearsed(stack: Synthesized, source: AwsProviderSource, url: string, purpose: Purpose): Synthesized {
  const { resource = {}, provider, terraform, ...rest } = stack;
  const entries = Object.entries(resource)
    .filter(([type]) => !isKubernetes(type) && (purpose === "plan" || NOT_IN_MOTO.resources[type] === undefined))
    .map(([type, named]) => [type, withoutAttributes(named, leftOut(type, source.version, purpose))] as const);
  return {
    ...rest,
    provider: { aws: (provider?.aws ?? []).map((block) => ({ ...block, ...motoSettings(url) })) },
    // Terraform refuses an empty block of resources.
    ...(entries.length === 0 ? {} : { resource: Object.fromEntries(entries) }),
    terraform: {
      required_providers: {
        aws: {
          ...terraform.required_providers.aws,
          // With its host, because OpenTofu would otherwise ask its own registry.
          source: "registry.terraform.io/hashicorp/aws",
          version: source.version,
        },
      },
    },
  };
}

function leftOut(type: string, version: string, purpose: Purpose): readonly string[] {
  // Before major 6 resources had no region of their own.
  const older = Number(version.split(".")[0]) < 6 ? ["region"] : [];
  return purpose === "plan" ? older : [...older, ...Object.keys(NOT_IN_MOTO.attributes[type] ?? {})];
}

function withoutAttributes(named: Readonly<Record<string, Block>>, names: readonly string[]): Record<string, Block> {
  const kept = (block: Block): Block =>
    Object.fromEntries(Object.entries(block).filter(([key]) => !names.includes(key)));
  return Object.fromEntries(Object.entries(named).map(([name, block]) => [name, kept(block)]));
}
