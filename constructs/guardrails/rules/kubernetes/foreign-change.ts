import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { digestOf } from "../../finding";
import { entriesOf } from "../../config-texts";
import { nameOf, objectOf } from "../../kubernetes-object";
import { essenceDigest } from "../../private/essence";
import { agentAccountsIn } from "../../private/agent-accounts";
import { manifestOf } from "../../private/manifest";
import { publicServersIn } from "../../private/name-servers";
import { OF_PLATFORM } from "../../private/platform-namespaces";
import { podsOf } from "../../pods";
import { loadsCode, opens } from "../../private/protected-marks";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, type BlockBody, blocksOf, flagOf, isReference, textOf, UndecidedValue } from "../../value";

/** Resources that write into an object which another stack, or a controller, makes; `force_conflicts` does so by a manifest. */
export const foreignChange: BlockRule = {
  id: "AMBIT-KUBERNETES-FOREIGN-CHANGE",
  severity: "critical",
  what: "no stack may change the platform's objects, Ambit's labels and records, or what confines the pods of another stack",
  why: "the stack that declares the object still shows it as it was, while its pods are outside of policies, load other code, or are another agent",
  fix: "declare it where the object is declared, by Ambit's constructs",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/CM-6", "sp800-53/AC-6", "maestro/L4"],
  looksAt: [
    "kubernetes_labels",
    "kubernetes_annotations",
    "kubernetes_env",
    /^kubernetes_(?:config_map|secret)(?:_v\d+)?_data$/,
    "kubernetes_manifest",
  ],
  *check(block, stack) {
    if (block.type === "kubernetes_manifest" && !forcesConflicts(block)) return;
    const { kind, at, body } = objectIn(block);
    const { name, namespace } = placeOf(body, kind, at, stack);
    if (OF_PLATFORM.test(namespace))
      yield { what: `namespace::${namespace}`, at: `${at}metadata`, evidence: essenceDigest(block) };
    if (namespace === "kube-system") yield* ofCluster(block, name);
    for (const part of at === "" ? PARTS : []) {
      const marks = blockOf(body, part);
      if (marks !== undefined) yield* openedBy(marks, part);
    }
    if (at !== "") yield* takenOver(block);
    if (block.type === "kubernetes_env") yield* variablesIn(body, "");
    if (kind === "ConfigMap" && name === AGENT_RECORD) yield* recordsIn(body, `${at}data`, namespace, stack);
  },
};

const PARTS = ["labels", "annotations", "template_annotations"];

/** The ConfigMap of each namespace of agents that says which service account is which agent, as `constructs/identity/` writes it */
const AGENT_RECORD = "ambit-agents";

function forcesConflicts({ body }: Block): boolean {
  return blocksOf(body, "field_manager").some(
    (manager) => flagOf(manager, "force_conflicts", "field_manager.force_conflicts") === true,
  );
}

function objectIn(block: Block): { readonly kind: string; readonly at: string; readonly body: BlockBody } {
  const { type, body } = block;
  if (type === "kubernetes_manifest") {
    const { kind, manifest } = manifestOf(block);
    return { kind, at: "manifest.", body: manifest };
  }
  if (type.endsWith("_data")) return { kind: type.includes("secret") ? "Secret" : "ConfigMap", at: "", body };
  return { kind: textOf(body, "kind") ?? "", at: "", body };
}

/** A namespace is in itself. @throws UndecidedValue where they are known at apply only */
function placeOf(body: BlockBody, kind: string, at: string, stack: StackJson) {
  const { name, namespace } = nameOf(body, stack);
  const key = kind === "Namespace" ? "name" : "namespace";
  const written = blockOf(body, "metadata", `${at}metadata`)?.[key] ?? null;
  const found = kind === "Namespace" ? name : namespace;
  if (found === undefined && written !== null)
    throw new UndecidedValue(`${at}metadata.${key}`, written, `${at}metadata.${key} is known at apply only`);
  return { name, namespace: found ?? "default" };
}

/** How the API server tells who asks, and servers outside that are asked for the names of the cluster */
function* ofCluster(block: Block, name = ""): Generator<Violation> {
  if (name === "extension-apiserver-authentication")
    yield { what: `kube-system::${name}`, at: "metadata", evidence: essenceDigest(block) };
  if (!RESOLVERS.test(name)) return;
  for (const { at, value } of entriesOf(block))
    for (const server of publicServersIn(String(value)))
      yield { what: `${name}::${server}`, at, evidence: essenceDigest(block) };
}

const RESOLVERS = /^(?:coredns(?:-custom)?|kube-dns|node-local-dns)$/;

/** Marks and variables in an object that a manifest writes into, and in its pods */
function* takenOver(block: Block): Generator<Violation | UndecidedValue> {
  const object = objectOf(block);
  const pods = podsOf(block);
  for (const metadata of [blockOf(object?.body ?? {}, "metadata") ?? {}, ...pods.map((pod) => pod.metadata)])
    for (const part of ["labels", "annotations"]) {
      const marks = blockOf(metadata, part);
      if (marks !== undefined) yield* openedBy(marks, part);
    }
  for (const { containers } of pods) for (const { at, spec } of containers) yield* variablesIn(spec, `${at}.`);
}

function* openedBy(marks: BlockBody, part: string): Generator<Violation | UndecidedValue> {
  for (const key of Object.keys(marks)) {
    const at = `${part}[${JSON.stringify(key)}]`;
    if (isReference(key)) yield new UndecidedValue(part, key, `a key of ${part} is known at apply only`);
    else if (opens(key, () => textOf(marks, key, at) ?? ""))
      yield { what: `${part}::${key}`, at, evidence: marks[key] ?? null };
  }
}

function* variablesIn(body: BlockBody, at: string): Generator<Violation> {
  for (const [index, env] of blocksOf(body, "env", `${at}env`).entries()) {
    const place = `${at}env[${index}]`;
    const name = textOf(env, "name", `${place}.name`) ?? "";
    if (loadsCode(name)) yield { what: `env::${name}`, at: place, evidence: digestOf(env as Json) };
  }
}

/** An agent writes the entries of its own service account, which the same stack declares. */
function* recordsIn(body: BlockBody, at: string, namespace: string, stack: StackJson): Generator<Violation> {
  const data = blockOf(body, "data", at) ?? {};
  const agents = agentAccountsIn(stack);
  for (const key of Object.keys(data)) {
    const account = key.split(".")[0] as string;
    const agent = agents.get(`${namespace}/${account}`);
    if (agent === undefined || (key === account && data[key] !== agent))
      yield { what: `data::${key}`, at: `${at}[${JSON.stringify(key)}]`, evidence: data[key] ?? null };
  }
}
