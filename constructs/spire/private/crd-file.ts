import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { refuse, shown } from "../../../domain";
import { GROUP } from "../crds/schema";

interface Definition {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly conversion?: object };
}

/**
 * The definitions in a YAML file of SPIRE's group, without what Terraform's manifests do not take: status and the time of
 * creation, which controller-gen writes.
 *
 * @throws DeclarationError `spire.malformed`
 */
export function definitionsIn(file: string, needed: readonly string[], where: string): readonly Definition[] {
  const documents = parseAllDocuments(textOf(file, where));
  if ("empty" in documents) return nothing(file, where);
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken !== undefined) {
    const [first = ""] = broken.message.split("\n");
    refuse("spire.malformed", where, `file ${shown(file)} must be YAML: ${first.replace(/:$/, "").toLowerCase()}`);
  }
  const definitions = documents
    .map((document) => document.toJS() as Definition | null)
    .filter((found) => found !== null);
  for (const { kind, metadata, spec } of definitions) {
    if (kind !== "CustomResourceDefinition" || spec?.group !== GROUP || typeof metadata?.name !== "string") {
      const what = `file ${shown(file)} must hold definitions of ${GROUP} and nothing else`;
      refuse("spire.malformed", where, `${what}, got ${shown(kind)} ${shown(metadata?.name)}`);
    }
  }
  const missing = needed.find((name) => !definitions.some(({ metadata }) => metadata.name === name));
  if (missing !== undefined) refuse("spire.malformed", where, `file ${shown(file)} lacks the definition ${missing}`);
  return definitions.map(withoutStatus);
}

function withoutStatus(definition: Definition): Definition {
  const { status: _, ...rest } = definition as Definition & { status?: unknown };
  const { creationTimestamp: __, ...metadata } = rest.metadata as Definition["metadata"] & {
    creationTimestamp?: unknown;
  };
  // What the API server would fill in, so that a plan shows no difference
  return { ...rest, metadata, spec: { conversion: { strategy: "None" }, ...rest.spec } };
}

function textOf(file: string, where: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return refuse("spire.malformed", where, `file ${shown(file)} cannot be read: name a YAML file`);
  }
}

function nothing(file: string, where: string): never {
  return refuse("spire.malformed", where, `file ${shown(file)} must hold definitions of ${GROUP}, got nothing`);
}
