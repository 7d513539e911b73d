import { readFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import type { AwsProviderSource } from "./providers";
import type { Environment } from "./terraform";

type Block = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** A synthesized stack, as far as it is read here */
export interface Synthesized {
  readonly provider?: { readonly aws?: readonly Block[] };
  readonly resource?: Resources;
  readonly data?: Resources;
  readonly output?: Readonly<Record<string, Block>>;
  readonly terraform: { readonly required_providers: Readonly<Record<string, Block>> };
}

/** What moto lacks, each with its reason: it is planned, and left out of what is applied. */
export const NOT_IN_MOTO = {
  /** By type, or by address without its hash */
  resources: {
    aws_apigatewayv2_api_mapping: "it maps a custom name",
    aws_apigatewayv2_domain_name: "custom names of moto's API Gateway never become available",
    aws_cloudfront_cache_policy: "moto has no cache policies",
    aws_rolesanywhere_profile: "moto has no IAM Roles Anywhere",
  } as Readonly<Record<string, string>>,
  attributes: {
    aws_rds_cluster_instance: {
      ca_cert_identifier:
        "the provider changes and restarts each new instance for it, which takes two minutes of waiting",
    },
    aws_sqs_queue: { redrive_allow_policy: "moto forgets which queues may put dead letters into it" },
    aws_vpc_endpoint: { dns_options: "moto forgets the DNS options of an endpoint" },
  } as Readonly<Record<string, Readonly<Record<string, string>>>>,
  /** Applied as they are, but no difference in a later plan */
  ignored: {
    aws_cloudfront_distribution: {
      default_cache_behavior: "moto adds forwarded values, which a cache policy replaces",
      origin: "moto forgets the access control of an origin",
      viewer_certificate: "moto says that it is CloudFront's own",
    },
    aws_lambda_function: { logging_config: "moto forgets where a function logs to" },
    aws_sqs_queue: { redrive_policy: "moto writes it with blanks, and the provider compares the text" },
    aws_rds_cluster: { scaling_configuration: "moto gives every cluster one of Aurora Serverless v1" },
  } as Readonly<Record<string, Readonly<Record<string, string>>>>,
  /** What a reference to a resource that was left out becomes: Managed-CachingOptimized of AWS */
  standIns: { aws_cloudfront_cache_policy: "658327ea-f89d-4fab-a63d-7e88639e58f6" } as Readonly<Record<string, string>>,
};

/** Values that the provider takes from a later version on, and which it is given before: AWS KMS has Ed25519 since 6.21. */
const BEFORE_6 = { ECC_NIST_EDWARDS25519: "ECC_NIST_P256" } as Readonly<Record<string, unknown>>;

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

/** Its address without the hash that cdktf adds to the name */
export function withoutHash(address: string): string {
  return address.replace(/_[0-9A-F]{8}$/, "");
}

/** A plan in words, sorted again without the hashes */
export function withoutHashes(plan: readonly string[]): readonly string[] {
  return plan.map(withoutHash).sort();
}

export function isKubernetes(typeOrAddress: string): boolean {
  return typeOrAddress.startsWith("kubernetes_");
}

/** What the AWS provider must be told so that it talks to moto, in a stack that is judged: guardrails refuse keys there. */
export const MOTO_PLACE: Block = {
  skip_metadata_api_check: true,
  s3_use_path_style: true,
};

/** Keys of moto, in the environment of the engine. They open nothing. */
export const MOTO_KEYS = { AWS_ACCESS_KEY_ID: "rehearsal", AWS_SECRET_ACCESS_KEY: "rehearsal" };

/** The same with the keys, for JSON that was judged before it was changed */
export const MOTO_SETTINGS: Block = { access_key: "rehearsal", secret_key: "rehearsal", ...MOTO_PLACE };

/** Variables that could outrank moto's address, or name a profile; the provider reads more of them than it documents. */
const SAYS_OTHERWISE = /^((TF_)?AWS_\w*ENDPOINT\w*|AWS_PROFILE|AWS_DEFAULT_PROFILE)$/;

/**
 * Where moto is, for the AWS provider and for the SDKs.
 *
 * Not a block `endpoints`: the provider takes two seconds of processor time to check one, twice in each plan.
 */
export function motoEnvironment(url: string): Environment {
  const others = Object.keys(process.env).filter((name) => SAYS_OTHERWISE.test(name));
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    AWS_ENDPOINT_URL: url,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

/** What AWS resources read of Kubernetes ones, which are left out of the copy: nothing may. */
export function referencesToKubernetes({ resource = {}, data = {} }: Synthesized): readonly string[] {
  return [resource, data].flatMap((blocks) =>
    Object.entries(blocks)
      .filter(([type]) => !isKubernetes(type))
      .flatMap(([type, named]) =>
        Object.entries(named).flatMap(([name, block]) => {
          const found = JSON.stringify(block).match(/\bkubernetes_\w+\.[\w-]+/g) ?? [];
          return found.map((read) => `${type}.${name} reads ${read}`);
        }),
      ),
  );
}

/** `plan` keeps what moto lacks, `apply` leaves it out. */
export type Purpose = "plan" | "apply";

/**
 * The copy that Terraform gets: only AWS resources, at moto, with the provider that is here, and with its state beside
 * it. The rest stays as it was synthesized.
 */
export function rehearsed(stack: Synthesized, source: AwsProviderSource, purpose: Purpose): Synthesized {
  const { resource = {}, data = {}, output = {}, provider, terraform, ...rest } = stack;
  const resources = Object.entries(resource)
    .filter(([type]) => !isKubernetes(type))
    .map(([type, named]) => [type, inMoto(type, named, source.version, purpose)] as const)
    .filter(([, named]) => Object.keys(named).length > 0);
  const sources = Object.entries(data).filter(([type]) => !isKubernetes(type));
  const outputs = Object.entries(output).filter(([, block]) => !/\bkubernetes_\w+\./.test(JSON.stringify(block)));
  return {
    ...rest,
    provider: { aws: (provider?.aws ?? []).map((block) => ({ ...block, ...MOTO_SETTINGS })) },
    // Terraform refuses empty blocks.
    ...(outputs.length === 0 ? {} : { output: Object.fromEntries(outputs) }),
    ...(sources.length === 0 ? {} : { data: Object.fromEntries(sources) }),
    ...(resources.length === 0 ? {} : { resource: standingIn(Object.fromEntries(resources), purpose) }),
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

/** Resources of one type, without what moto lacks */
function inMoto(type: string, named: Resources[string], version: string, purpose: Purpose): Resources[string] {
  const lacking = (name: string): boolean =>
    [type, withoutHash(`${type}.${name}`)].some((key) => NOT_IN_MOTO.resources[key] !== undefined);
  const kept = Object.entries(named).filter(([name]) => purpose === "plan" || !lacking(name));
  return Object.fromEntries(kept.map(([name, block]) => [name, blockInMoto(type, block, version, purpose)]));
}

function blockInMoto(type: string, block: Block, version: string, purpose: Purpose): Block {
  const names = leftOut(type, version, purpose);
  const entries = Object.entries(block).filter(([key]) => !names.includes(key));
  const kept = Object.fromEntries(entries.map(([key, value]) => [key, valueFor(version, value)]));
  const ignored = Object.keys(NOT_IN_MOTO.ignored[type] ?? {});
  if (ignored.length === 0) return kept;
  return { ...kept, lifecycle: { ...(block.lifecycle as Block | undefined), ignore_changes: ignored } };
}

/** The value that a provider of this version knows */
export function valueFor(version: string, value: unknown): unknown {
  return (typeof value === "string" && isBefore(6, version) ? BEFORE_6[value] : undefined) ?? value;
}

function leftOut(type: string, version: string, purpose: Purpose): readonly string[] {
  // Before major 6 resources had no region of their own.
  const older = isBefore(6, version) ? ["region"] : [];
  return purpose === "plan" ? older : [...older, ...Object.keys(NOT_IN_MOTO.attributes[type] ?? {})];
}

function isBefore(major: number, version: string): boolean {
  return Number(version.split(".")[0]) < major;
}

function standingIn(resources: Resources, purpose: Purpose): Resources {
  if (purpose === "plan") return resources;
  const text = JSON.stringify(resources).replace(
    /\$\{(\w+)\.[\w-]+\.id\}/g,
    (reference: string, type: string) => NOT_IN_MOTO.standIns[type] ?? reference,
  );
  return JSON.parse(text) as Resources;
}
