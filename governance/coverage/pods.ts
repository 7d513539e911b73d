import type { PodOfPlatform, Process } from "../../constructs/platform/process";
import { isRecord } from "../../domain/is-record";
import { inner, type Located, type Output, textIn } from "./output";
import { hasNeeds, podSpec } from "./pod-needs";

const RUNS = ["kubernetes_deployment_v1", "kubernetes_stateful_set_v1", "kubernetes_daemon_set_v1"] as const;

/** What would let a pod ask another address under the same name */
const OTHER_NAMES = ["host_aliases", "dns_config"] as const;

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Workloads that run these very processes, from images that are pinned, in one pod at least, with all that they need */
export function podsOf(output: Output, pod: PodOfPlatform): readonly Located[] {
  return RUNS.flatMap((type) => output.object(type, pod.namespace, pod.name)).filter(
    (each) => runs(each, pod) && hasNeeds(each, pod, output),
  );
}

/** Those of them that others reach by their name */
export function servedPodsOf(output: Output, pod: PodOfPlatform): readonly Located[] {
  const services = output.object("kubernetes_service_v1", pod.namespace, pod.name);
  return podsOf(output, pod).filter((pods) => services.some((service) => selects(service, pods)));
}

function selects({ block }: Located, pods: Located): boolean {
  const selector = Object.entries(inner(inner(block.body, "spec"), "selector"));
  const template = inner(inner(pods.block.body, "spec"), "template");
  const labels = inner(inner(template, "metadata"), "labels");
  return selector.length > 0 && selector.every(([name, value]) => labels[name] === value);
}

function runs(located: Located, { processes, initial = [] }: PodOfPlatform): boolean {
  const { replicas } = inner(located.block.body, "spec");
  const isThere = replicas === undefined || Number(replicas) >= 1;
  const spec = podSpec(located);
  return (
    isThere &&
    !holdsDynamic(inner(located.block.body, "spec")) &&
    OTHER_NAMES.every((name) => spec[name] === undefined) &&
    runEach(spec, "container", processes) &&
    runEach(spec, "init_container", initial)
  );
}

/** One container for each process, and none besides */
function runEach(spec: Readonly<Record<string, unknown>>, kind: string, processes: readonly Process[]): boolean {
  const containers = listOf(spec[kind]);
  return (
    containers.length === processes.length &&
    processes.every((process) =>
      containers.some((each) => textIn(each, "name") === process.container && isRunBy(each, process, spec)),
    )
  );
}

function isRunBy(container: unknown, process: Process, spec: Readonly<Record<string, unknown>>): boolean {
  if (!isRecord(container)) return false;
  const { command, args = [], env_from: others } = container;
  const image = textIn(container, "image") ?? "";
  return (
    command === undefined &&
    others === undefined &&
    isSame(args, process.args) &&
    DIGEST.test(image) &&
    process.image?.test(image) !== false &&
    hasVariables(container, process) &&
    hasFiles(container, process, spec)
  );
}

function isSame(found: unknown, texts: readonly string[]): boolean {
  return Array.isArray(found) && found.length === texts.length && texts.every((text, index) => found[index] === text);
}

/** Exactly the process's variables; those of the deployment may be left out. */
function hasVariables(container: unknown, { env }: Process): boolean {
  const found = new Map(
    listOf(isRecord(container) ? container["env"] : undefined).map((each) => [textIn(each, "name"), each]),
  );
  for (const [name, value] of Object.entries(env)) {
    const variable = found.get(name);
    if (value !== undefined && textIn(variable, "value") !== value) return false;
    found.delete(name);
  }
  return found.size === 0;
}

/** The folder of its configuration shows the ConfigMap of that name, and nothing lies over it. */
function hasFiles(container: unknown, { config }: Process, spec: Readonly<Record<string, unknown>>): boolean {
  const mounts = listOf(isRecord(container) ? container["volume_mount"] : undefined);
  const within = mounts.filter((each) => `${textIn(each, "mount_path") ?? ""}/`.startsWith(`${config.folder}/`));
  const [mount] = within;
  if (
    within.length !== 1 ||
    textIn(mount, "mount_path") !== config.folder ||
    !isRecord(mount) ||
    mount["sub_path"] !== undefined
  )
    return false;
  const name = textIn(mount, "name");
  const volumes = listOf(spec["volume"]).filter((each) => textIn(each, "name") === name);
  return volumes.length === 1 && textIn(inner(volumes[0], "config_map"), "name") === config.map;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
}

/** Whether blocks of it are computed at apply */
export function holdsDynamic(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsDynamic);
  return isRecord(value) && (Object.hasOwn(value, "dynamic") || Object.values(value).some(holdsDynamic));
}
