import { existsWith } from "../../attached";
import type { Block } from "../../block";
import { type KubernetesObject, labelsOf, nameOf, objectOf, objectsIn, typesOf } from "../../kubernetes-object";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { type BlockBody, blockOf, isReference, listOf, textOf } from "../../value";

const ENFORCE = "pod-security.kubernetes.io/enforce";
const VERSION = `${ENFORCE}-version`;

/** The first version in which Pod Security is stable: older ones let pods of root, of any seccomp profile, and with capabilities in. */
const OLDEST_MINOR = 25;

/** SPIRE's pods on nodes need what both levels refuse: instead, an admission policy of Ambit in the same stack holds their namespace, by its label. */
export const podSecurity: BlockRule = {
  id: "AMBIT-KUBERNETES-POD-SECURITY",
  severity: "high",
  what: "each namespace must enforce the Pod Security level restricted or baseline",
  why: "without a level, anyone who may create pods in it can take over the node by a privileged one",
  fix: "label the namespace with pod-security.kubernetes.io/enforce: restricted, and leave enforce-version out or write latest",
  standards: ["owasp-nhi/NHI6", "owasp-asi/ASI05", "sp800-53/AC-6", "sp800-53/CM-6", "maestro/L4"],
  looksAt: [...typesOf("Namespace"), "kubernetes_labels"],
  *check(block, stack) {
    if (block.type === "kubernetes_labels") return yield* relabelled(block.body);
    const namespace = objectOf(block, "Namespace");
    if (namespace === undefined) return;
    const labels = labelsOf(namespace.body, namespace.at);
    const at = `${namespace.at}metadata.labels`;
    yield* versionIn(labels, at);
    const level = labels[ENFORCE] ?? "privileged";
    if (isLevel(level) || isHeldByAdmission(block, nameOf(namespace.body, stack).name, labels, stack)) return;
    yield { what: ENFORCE, at, evidence: level };
  },
};

function isLevel(level: string): boolean {
  return level === "restricted" || level === "baseline";
}

/** Labels that a stack writes onto a namespace which is there. Those of other kinds say nothing. */
function* relabelled(body: BlockBody): Generator<Violation> {
  const kind = body["kind"];
  if (typeof kind === "string" && !isReference(kind) && kind !== "Namespace") return;
  const written = blockOf(body, "labels") ?? {};
  const labels = Object.fromEntries(
    [ENFORCE, VERSION].flatMap((key) => {
      const value = textOf(written, key, `labels[${JSON.stringify(key)}]`);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
  yield* versionIn(labels, "labels");
  const level = labels[ENFORCE];
  if (level !== undefined && !isLevel(level)) yield { what: ENFORCE, at: "labels", evidence: level };
}

/** The version of the level that is left out is the cluster's own. */
function* versionIn(labels: Readonly<Record<string, string>>, at: string): Generator<Violation> {
  const version = labels[VERSION] ?? "latest";
  if (version === "latest" || Number(/^v1\.(\d+)$/.exec(version)?.[1] ?? 0) >= OLDEST_MINOR) return;
  yield { what: VERSION, at, evidence: version };
}

/** The policy by which the platform's deployers alone write workloads in its namespaces, as `constructs/admission/` makes it */
const WORKLOADS = "ambit-platform-workloads";

function isHeldByAdmission(
  block: Block,
  name: string | undefined,
  labels: Readonly<Record<string, string>>,
  stack: StackJson,
): boolean {
  if (name !== "spire-system" || labels["ambit.internal/namespace"] !== "platform") return false;
  const always = (kind: string): readonly KubernetesObject[] =>
    objectsIn(stack, kind).filter((each) => existsWith(each.block, block));
  return (
    always("ValidatingAdmissionPolicy").some(({ body }) => nameOf(body, stack).name === WORKLOADS) &&
    always("ValidatingAdmissionPolicyBinding").some(({ body }) => {
      const spec = blockOf(body, "spec") ?? {};
      return spec["policy_name"] === WORKLOADS && listOf(spec["validation_actions"]).includes("Deny");
    })
  );
}
