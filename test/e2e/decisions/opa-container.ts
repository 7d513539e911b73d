import type { RenderedObject } from "../spire/objects";

interface Pod {
  readonly containers: readonly { readonly name: string; readonly args: readonly string[] }[];
}

/** What the pods of OPA are told: arguments, and the files of their ConfigMap */
export function opaContainerIn(objects: readonly RenderedObject[]): {
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string>>;
} {
  const named = (kind: string) =>
    objects.find(({ object }) => object.kind === kind && object.metadata.name === "ambit-opa")?.object;
  const { template } = named("Deployment")?.spec as { readonly template: { readonly spec: Pod } };
  const container = template.spec.containers.find(({ name }) => name === "opa");
  const files = (named("ConfigMap") as { readonly data?: Readonly<Record<string, string>> } | undefined)?.data;
  if (container === undefined || files === undefined) throw new Error("the control stack must hold OPA and its files");
  return { args: container.args, files };
}
