import { CliError } from "../program";

/** JSON of a stack, as far as a deploy reads it */
export interface StackFile {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly output?: Readonly<Record<string, { readonly value?: unknown }>>;
}

export interface DeployedStack {
  readonly name: string;
  /** Folder in which Terraform runs, below the synthesized one */
  readonly workingDirectory: string;
  readonly file: StackFile;
}

/** Where bundle and registry are published, and the keys that sign them */
export interface Places {
  readonly policy_bucket: string;
  readonly policy_key: string;
  readonly registry_table: string;
  readonly registry_key: string;
  readonly region: string;
}

const PLACES: readonly (keyof Places)[] = ["policy_bucket", "policy_key", "registry_table", "registry_key", "region"];

interface Manifest {
  readonly stacks?: Readonly<
    Record<string, { readonly dependencies?: unknown; readonly synthesizedStackPath?: unknown }>
  >;
}

/** The stacks of a manifest, each after its dependencies, otherwise alphabetical. */
export function inOrder(manifest: unknown): readonly { readonly name: string; readonly path: string }[] {
  const { stacks = {} } = manifest as Manifest;
  const names = Object.keys(stacks).sort();
  if (names.length === 0) throw new CliError("manifest.json must name stacks, got none: run synth again");
  const ordered: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (ordered.includes(name)) return;
    if (way.includes(name)) {
      throw new CliError(`manifest.json must have an order, got a ring: ${[...way, name].join(" -> ")}`);
    }
    for (const before of dependenciesOf(stacks, name)) visit(before, [...way, name]);
    ordered.push(name);
  };
  for (const name of names) visit(name, []);
  return ordered.map((name) => ({ name, path: pathOf(stacks, name) }));
}

function dependenciesOf(stacks: NonNullable<Manifest["stacks"]>, name: string): readonly string[] {
  const { dependencies = [] } = stacks[name] ?? {};
  if (!Array.isArray(dependencies)) throw new CliError(`manifest.json must list the dependencies of stack ${name}`);
  const unknown = dependencies.find((each) => typeof each !== "string" || !Object.hasOwn(stacks, each));
  if (unknown === undefined) return [...(dependencies as readonly string[])].sort();
  throw new CliError(`stack ${name} depends on ${JSON.stringify(unknown)}, which manifest.json does not name`);
}

/** A path that leads out of the folder would be run by Terraform. */
function pathOf(stacks: NonNullable<Manifest["stacks"]>, name: string): string {
  const path = stacks[name]?.synthesizedStackPath;
  if (typeof path === "string" && /^[\w.-]+(\/[\w.-]+)+$/.test(path) && !path.split("/").includes("..")) return path;
  throw new CliError(`manifest.json must say where stack ${name} lies below the folder, got ${JSON.stringify(path)}`);
}

/** The requested stacks, in order; all of them if none is named. */
export function wantedOf<T extends { readonly name: string }>(
  stacks: readonly T[],
  names: readonly string[] | undefined,
): readonly T[] {
  if (names === undefined) return stacks;
  const unknown = names.find((name) => !stacks.some((stack) => stack.name === name));
  if (unknown === undefined) return stacks.filter(({ name }) => names.includes(name));
  const known = stacks.map(({ name }) => name).join(", ");
  throw new CliError(`there is no stack ${JSON.stringify(unknown)} in the folder: it holds ${known}`);
}

/** What must be made by the stack itself, and the argument that names it */
const MADE: readonly (readonly [place: keyof Places, type: string, argument: string])[] = [
  ["policy_bucket", "aws_s3_bucket", "bucket"],
  ["policy_key", "aws_kms_alias", "name"],
  ["registry_table", "aws_dynamodb_table", "name"],
  ["registry_key", "aws_kms_alias", "name"],
];

/**
 * The stack whose outputs say where to publish, and what they say; plain values, known before anything is applied.
 *
 * @throws CliError if more than one says it, or one names what it does not make itself: they decide where what all policy
 * engines believe is signed and stored
 */
export function placesIn(
  stacks: readonly DeployedStack[],
): { readonly stack: string; readonly places: Places } | undefined {
  const saying = stacks.filter(({ file }) => MADE.some(([place]) => file.output?.[place] !== undefined));
  if (saying.length > 1) {
    const names = saying.map(({ name }) => name).join(", ");
    throw new CliError(
      `one stack must say where to publish, got ${names}: remove the outputs of all but the foundation`,
    );
  }
  const [found] = saying;
  if (found === undefined || !PLACES.every((place) => isPlain(found.file.output?.[place]?.value))) return undefined;
  const entries = PLACES.map((place) => [place, found.file.output?.[place]?.value]);
  const places = Object.fromEntries(entries) as Places;
  for (const [place, type, argument] of MADE) {
    const made = Object.values(found.file.resource?.[type] ?? {}).map((resource) => resource[argument]);
    if (made.includes(places[place])) continue;
    const which = `${place} of stack ${found.name} must name an ${type} that the stack makes`;
    throw new CliError(`${which}, got ${JSON.stringify(places[place])}: name that, or say --no-publish`);
  }
  const regions = (found.file.provider?.["aws"] ?? []).map(({ region }) => region);
  if (regions.includes(places.region)) return { stack: found.name, places };
  const which = `region of stack ${found.name} must be that of its AWS provider`;
  throw new CliError(`${which}, got ${JSON.stringify(places.region)}: name that, or say --no-publish`);
}

function isPlain(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("${");
}

export interface Workload {
  readonly address: string;
  readonly namespace: string;
  readonly name: string;
}

const MOUNTING = ["kubernetes_deployment_v1", "kubernetes_stateful_set_v1", "kubernetes_daemon_set_v1"];

/** DaemonSets of a stack: the provider waits for their pods to be scheduled, not to be ready. */
export function daemonSetsOf({ file }: DeployedStack): readonly Workload[] {
  return workloadsOf(file, "kubernetes_daemon_set_v1").map(([workload]) => workload);
}

/** The CSI driver that a stack brings, if it brings one */
export function driverOf({ file }: DeployedStack): string | undefined {
  const manifests = Object.values(file.resource?.["kubernetes_manifest"] ?? {}).map(
    ({ manifest }) =>
      manifest as { readonly kind?: string; readonly metadata?: { readonly name?: string } } | undefined,
  );
  return manifests.find((manifest) => manifest?.kind === "CSIDriver")?.metadata?.name;
}

/** Workloads of a stack whose pods have a volume of that driver: they must be gone before it is. */
export function mounting({ file }: DeployedStack, driver: string): readonly Workload[] {
  return MOUNTING.flatMap((type) => workloadsOf(file, type))
    .filter(([, resource]) => hasVolumeOf(driver, resource))
    .map(([workload]) => workload);
}

/** Terraform takes a block for a list of one. */
function hasVolumeOf(driver: string, value: unknown, isCsi = false): boolean {
  if (Array.isArray(value)) return value.some((each) => hasVolumeOf(driver, each, isCsi));
  if (typeof value !== "object" || value === null) return false;
  if (isCsi && (value as { readonly driver?: unknown }).driver === driver) return true;
  return Object.entries(value).some(([key, each]) => hasVolumeOf(driver, each, key === "csi"));
}

function workloadsOf(file: StackFile, type: string): readonly (readonly [Workload, object])[] {
  return Object.entries(file.resource?.[type] ?? {}).map(([id, resource]) => {
    const { name, namespace } = resource["metadata"] as { readonly name: string; readonly namespace: string };
    return [{ address: `${type}.${id}`, namespace, name }, resource];
  });
}

/** Issuers whose keys IAM fetches when the stack is applied */
export function issuersOf({ file }: DeployedStack): readonly string[] {
  return Object.values(file.resource?.["aws_iam_openid_connect_provider"] ?? {}).flatMap(({ url }) =>
    isPlain(url) ? [url] : [],
  );
}
