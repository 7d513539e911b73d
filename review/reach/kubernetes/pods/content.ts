import { member } from "../../../read/json";
import type { Cluster } from "../cluster";
import { type Fact, openQuestion } from "../fact";
import { grouped } from "../../../grouped";
import type { KubernetesObject } from "../objects/object";
import { canonical } from "../objects/values";
import { portNames } from "./named-ports";

export const TOLD = "what its program makes of it is not known here";

/** What pods are told from outside: what stands in config maps, and the ports that rules name */
export class Content {
  private readonly byName: ReadonlyMap<string, readonly KubernetesObject[]>;
  private names: ReadonlySet<string> | undefined;

  public constructor(private readonly cluster: Cluster) {
    this.byName = grouped(cluster.of("ConfigMap"), ({ namespace, name }) => `${namespace}/${name}`);
  }

  /** Of ports of containers, in rules: only pods that change are asked for them, so only then is every rule read. */
  public get portNames(): ReadonlySet<string> {
    this.names ??= portNames(this.cluster);
    return this.names;
  }

  /** What a pod is told by a config map: other words may mean anything. */
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

  /** All that is written to it, by any resource */
  public written(namespace: string | undefined, name: string): string {
    const objects = [...this.byName].filter(([key]) =>
      namespace === undefined ? key.endsWith(`/${name}`) : key === `${namespace}/${name}`,
    );
    return JSON.stringify(objects.map(([key, maps]) => [key, this.text(maps)]).sort());
  }

  /** All that stands in some config maps, by `<namespace>/<name>` */
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
