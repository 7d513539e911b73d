import type { Statement } from "../../iam";
import type { AccessPath, AccessRequest, Layer, SourcedStatement } from "../../iam/access/access";
import { PreparedAccess } from "../../iam/access/decide";
import { difference } from "../../iam/access/difference";
import type { LayeredPath } from "../reach/aws/layer";
import { layerText } from "../reach/aws/words";

/** What would allow a request on a path */
export type Requirement =
  /** The same request with these condition keys, and without those, is allowed. */
  | { readonly kind: "keys"; readonly set: AccessRequest["keys"]; readonly drop: readonly string[] }
  /** No Allow of these layers matches, under any conditions. */
  | { readonly kind: "allow"; readonly layers: readonly string[] }
  /** Each layer would allow it under some conditions, but not all under the same ones, or a Deny always applies. */
  | { readonly kind: "conflict" }
  /** It depends on policies that cannot be read, or takes too many steps. */
  | { readonly kind: "unknown" };

export function requirementFor(
  path: LayeredPath,
  denies: readonly SourcedStatement[],
  request: AccessRequest,
): Requirement {
  const prepared = new PreparedAccess({ paths: [path], denies });
  const isAllowed = (keys: AccessRequest["keys"]): boolean =>
    prepared.decide({ ...request, keys }).verdict === "allowed";
  const { found, isWhole } = keysFor(path, denies, request);
  const keys = found.find((some) => isAllowed(some));
  if (keys === undefined) return found.length > 0 || !isWhole ? { kind: "unknown" } : withoutKeys(path, request);
  const merged = mergedKeys(request.keys, keys);
  const isMergedAllowed = isAllowed(merged);
  return {
    kind: "keys",
    set: newIn(isMergedAllowed ? merged : keys, request.keys),
    drop: isMergedAllowed ? [] : Object.keys(request.keys).filter((key) => valuesIn(keys, key) === undefined),
  };
}

/** Keys of allowed, or possibly allowed, requests for the same action and resource; first those with the keys of the question */
function keysFor(
  path: LayeredPath,
  denies: readonly SourcedStatement[],
  request: AccessRequest,
): { readonly found: readonly AccessRequest["keys"][]; readonly isWhole: boolean } {
  const given = Object.entries(request.keys).filter(
    ([, values]) => values.length === 1 && !/[${}]/.test(values.join()),
  );
  const held: Statement["Condition"] = { StringEquals: Object.fromEntries(given) };
  const asked = questionLayer(request);
  const narrower = given.length === 0 ? [] : [questionLayer(request, held)];
  const differences = [...narrower, asked].map((question) =>
    difference({ paths: [] }, { paths: [{ ...path, layers: [question, ...path.layers] }], denies }),
  );
  return {
    found: differences.flatMap(({ gained }) => gained.map(({ witness }) => witness.keys)),
    isWhole: differences.every(({ undecided }) => undecided.length === 0),
  };
}

function withoutKeys(path: LayeredPath, request: AccessRequest): Requirement {
  const question = questionLayer(request);
  const layers = path.layers.filter((layer) => layer.name !== "asker" && !mayAllow(layer, question));
  return layers.length === 0
    ? { kind: "conflict" }
    : { kind: "allow", layers: layers.map(({ name }) => layerText(name)) };
}

function mayAllow(layer: Layer, question: Layer): boolean {
  const allows = layer.statements.filter(({ statement }) => statement.Effect === "Allow");
  const path: AccessPath = { name: layer.name, layers: [question, { ...layer, statements: allows }] };
  const { gained, undecided } = difference({ paths: [] }, { paths: [path] });
  return gained.length + undecided.length > 0;
}

/** Allows only the request of the question */
function questionLayer({ action, resource }: AccessRequest, held?: Statement["Condition"]): Layer {
  const statement: Statement = {
    Effect: "Allow",
    Action: action,
    Resource: resource,
    ...(held !== undefined && { Condition: held }),
  };
  return { name: "what is asked", statements: [{ statement, source: "what is asked" }] };
}

/** Condition keys are case-insensitive. */
function valuesIn(keys: AccessRequest["keys"], key: string): readonly string[] | undefined {
  return Object.entries(keys).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

/** `more` takes precedence. */
export function mergedKeys(some: AccessRequest["keys"], more: AccessRequest["keys"]): AccessRequest["keys"] {
  const kept = Object.entries(some).filter(([key]) => valuesIn(more, key) === undefined);
  return Object.fromEntries([...kept, ...Object.entries(more)]);
}

function newIn(keys: AccessRequest["keys"], known: AccessRequest["keys"]): AccessRequest["keys"] {
  return Object.fromEntries(
    Object.entries(keys).filter(([key, values]) => valuesIn(known, key)?.join("\n") !== values.join("\n")),
  );
}
