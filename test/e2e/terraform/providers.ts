import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { run } from "../harness/process";
import { Skipped } from "../harness/suite";
import type { Environment } from "./terraform";

/** HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/FILE, and two folders above for mirrors that are kept deeper */
const DEEPEST = 8;
const UNPACKED = /^terraform-provider-aws_v(\d+\.\d+\.\d+)/;

/** Where the AWS provider comes from, and which one it is */
export interface AwsProviderSource {
  readonly version: string;
  /** Folder that holds registry host names; undefined where the registry itself answers */
  readonly mirror: string | undefined;
}

/** Folders in which people keep providers; `AMBIT_PROVIDER_MIRROR` alone where it is set. */
function mirrorFolders(): readonly string[] {
  const own = process.env.AMBIT_PROVIDER_MIRROR;
  if (own !== undefined && own !== "") return own.split(delimiter);
  const data = process.env.XDG_DATA_HOME || join(homedir(), ".local", "share");
  return [
    process.env.TF_PLUGIN_CACHE_DIR ?? "",
    join(homedir(), ".terraform.d"),
    join(data, "terraform", "plugins"),
    join("/usr", "local", "share", "terraform", "plugins"),
    join("/usr", "share", "terraform", "plugins"),
    join("/opt"),
  ].filter((folder) => folder !== "");
}

/**
 * The AWS provider from a filesystem mirror, found by its file name, or else from the registry.
 *
 * @param wanted the version that the bindings were made for; a mirror may hold another
 */
export async function awsProvider(wanted: string, binary: string, folder: string): Promise<AwsProviderSource> {
  const found = mirrorFolders().flatMap((root) => executablesBelow(root, DEEPEST));
  const best = found.sort((a, b) => distance(a.version, wanted) - distance(b.version, wanted))[0];
  if (best !== undefined) return best;
  if (await registryAnswers(wanted, binary, folder)) return { version: wanted, mirror: undefined };
  const looked = `no file terraform-provider-aws_v* under ${mirrorFolders().join(", ")}`;
  throw new Skipped(
    `no AWS provider: ${looked}, and the registry does not answer (AMBIT_PROVIDER_MIRROR names a mirror)`,
  );
}

function executablesBelow(folder: string, depth: number): readonly { version: string; mirror: string }[] {
  const entries = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? listed(folder) : [];
  return entries.flatMap((entry) => {
    const version = UNPACKED.exec(entry)?.[1];
    const path = join(folder, entry);
    if (version !== undefined) return usable(path, version);
    return depth > 0 && statSync(path, { throwIfNoEntry: false })?.isDirectory()
      ? executablesBelow(path, depth - 1)
      : [];
  });
}

/** Only where the folders above name this machine's system and the registry, as a mirror's do. */
function usable(path: string, version: string): readonly { version: string; mirror: string }[] {
  const place = join("registry.terraform.io", "hashicorp", "aws", version, platformName());
  const folder = dirname(path);
  return folder.endsWith(place) ? [{ version, mirror: folder.slice(0, -place.length - 1) }] : [];
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((entry) => entry !== "node_modules" && entry !== ".git");
  } catch {
    return [];
  }
}

function platformName(): string {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}

/** How far a version is from the wanted one: by major first, then minor, then patch. */
function distance(version: string, wanted: string): number {
  const [a, b] = [version, wanted].map((text) => text.split(".").map(Number));
  return [1_000_000, 1_000, 1].reduce((sum, weight, at) => sum + weight * Math.abs((a?.[at] ?? 0) - (b?.[at] ?? 0)), 0);
}

async function registryAnswers(version: string, binary: string, folder: string): Promise<boolean> {
  const probe = join(folder, "provider-probe");
  mkdirSync(probe, { recursive: true });
  const required_providers = { aws: { source: "registry.terraform.io/hashicorp/aws", version } };
  writeFileSync(join(probe, "main.tf.json"), JSON.stringify({ terraform: { required_providers } }));
  const env = ownSettings(probe, undefined);
  const { code } = await run(binary, ["init", "-input=false", "-no-color"], { cwd: probe, env });
  return code === 0;
}

/** Settings of our own: what the environment names may be missing, or change what is installed. */
export function ownSettings(folder: string, mirror: string | undefined): Environment {
  const file = join(folder, mirror === undefined ? "registry.tfrc" : "mirror.tfrc");
  const install = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  writeFileSync(file, mirror === undefined ? "" : install);
  return {
    TF_CLI_CONFIG_FILE: file,
    // A cache that lies in the mirror would be copied onto itself.
    TF_PLUGIN_CACHE_DIR: undefined,
    CHECKPOINT_DISABLE: "1",
    // A command starts the provider several times, which makes all of its schemas each time: collecting less often saves a
    // fifth of the processor's time.
    GOGC: "400",
  };
}
