import { member, isObject, type Json, type JsonObject } from "../../../read/json";
import type { Cluster } from "../cluster";
import { type Fact, openQuestion, fact } from "../fact";
import { groupBy } from "../../../group-by";
import type { KubernetesObject } from "../objects/object";
import { canonical, ofBody, blocks, text } from "../objects/values";
import type { Workload, Container } from "../workload";

export const TOLD = "what its program makes of it is not known here";

/** Input of pods from other objects: config maps, and ports that rules name */
export class Content {
  private readonly byName: ReadonlyMap<string, readonly KubernetesObject[]>;
  private names: ReadonlySet<string> | undefined;

  public constructor(private readonly cluster: Cluster) {
    this.byName = groupBy(cluster.of("ConfigMap"), ({ namespace, name }) => `${namespace}/${name}`);
  }

  /** Names of container ports in rules: only changed pods need them, so every rule is read only then. */
  public get portNames(): ReadonlySet<string> {
    this.names ??= portNames(this.cluster);
    return this.names;
  }

  /** Content of a config map that a pod reads: other text may mean anything. */
  public facts(namespace: string, name: string, reader: string, address: string): readonly Fact[] {
    const objects = this.byName.get(`${namespace}/${name}`) ?? [];
    const what = `${reader} reads config map ${name}`;
    return [
      openQuestion(what, TOLD, objects[0]?.address ?? address, {
        key: `${what}: ${this.text(objects)}`,
        isRelative: true,
      }),
    ];
  }

  /** Everything that any resource writes to it */
  public written(namespace: string | undefined, name: string): string {
    const objects = [...this.byName].filter(([key]) =>
      namespace === undefined ? key.endsWith(`/${name}`) : key === `${namespace}/${name}`,
    );
    return JSON.stringify(objects.map(([key, maps]) => [key, this.text(maps)]).sort());
  }

  /** Content of several config maps, by `<namespace>/<name>` */
  public of(names: ReadonlySet<string>): string {
    const read = [...this.byName].filter(([name]) => names.has(name));
    return JSON.stringify(read.map(([name, objects]) => [name, this.text(objects)]).sort());
  }

  private text(objects: readonly KubernetesObject[]): string {
    return JSON.stringify(
      objects.map(({ body }) => canonical([member(body, "data") ?? null, member(body, "binaryData") ?? null])).sort(),
    );
  }
}

const REFERENCES = ["configMap", "configMapKeyRef", "configMapRef"];

/** Config maps that pods read, as `<namespace>/<name>` */
export function configMapsOf({ namespace, spec }: Workload): readonly string[] {
  return namesIn(spec).map((name) => `${namespace}/${name}`);
}

const namesIn = ofBody((spec): readonly string[] => {
  const names = new Set<string>();
  collectConfigMaps(spec, names);
  return [...names];
});

function collectConfigMaps(value: Json, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collectConfigMaps(item, names);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      if (REFERENCES.includes(key)) addNames(blocks(value, key), names);
      collectConfigMaps(held, names);
    }
  }
}

function addNames(references: readonly JsonObject[], names: Set<string>): void {
  for (const { name } of references) if (typeof name === "string") names.add(name);
}

/** Kinds whose rules may name a container port instead of its number */
const NAMING = ["NetworkPolicy", "Service"];
const PORT = ["port", "targetPort"];

/** Port names in rules of a cluster */
function portNames(cluster: Cluster): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { body } of NAMING.flatMap((kind) => cluster.of(kind))) collectPortNames(body, names);
  return names;
}

function collectPortNames(value: Json, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collectPortNames(item, names);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      if (PORT.includes(key) && typeof held === "string" && !/^\d+$/.test(held)) names.add(held);
      else collectPortNames(held, names);
    }
  }
}

/** A rule that names a port admits the number that the container gives it. */
export function namedPortFacts({ body, title, workload }: Container, names: ReadonlySet<string>): readonly Fact[] {
  return blocks(body, "ports").flatMap((port) => {
    const name = text(port, "name") ?? "";
    if (!names.has(name)) return [];
    const number = `${text(port, "protocol") ?? "TCP"} ${text(port, "containerPort") ?? ""}`;
    const what = `${title} calls ${number} its port ${name}, which rules go by`;
    return [
      fact("network", what, `${number} of its pods`, workload.object.address, { scope: title, isRelative: true }),
    ];
  });
}
