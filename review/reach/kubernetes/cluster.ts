import type { Estate } from "../../read/resource";
import { grouped } from "./grouped";
import type { KubernetesObject, ObjectReader } from "./objects/object";
import type { Labels } from "./sets/selector";

/** The API server gives it to every namespace, and nobody can change it. */
export const NAME_LABEL = "kubernetes.io/metadata.name";

/** All objects that an estate puts into clusters */
export class Cluster {
  public readonly objects: readonly KubernetesObject[];
  private readonly byKind: ReadonlyMap<string, readonly KubernetesObject[]>;
  private readonly namespaceLabels: ReadonlyMap<string, ReadonlyMap<string, string>>;

  public constructor(
    public readonly estate: Estate,
    reader: ObjectReader,
  ) {
    this.objects = reader.objectsIn(estate);
    this.byKind = grouped(this.objects, ({ kind }) => kind);
    this.namespaceLabels = new Map(
      this.of("Namespace").map(({ name, labels }) => [name, new Map([...labels, [NAME_LABEL, name]])]),
    );
  }

  public of(kind: string): readonly KubernetesObject[] {
    return this.byKind.get(kind) ?? [];
  }

  /** Names of the namespaces that the estate declares */
  public get namespaces(): readonly string[] {
    return [...this.namespaceLabels.keys()];
  }

  /** Of a namespace that is declared elsewhere, only the name is known. */
  public labelsOf(namespace: string): Labels {
    const values = this.namespaceLabels.get(namespace);
    if (values !== undefined) return { values, isKnown: () => true };
    return { values: new Map([[NAME_LABEL, namespace]]), isKnown: (key) => key === NAME_LABEL };
  }
}
