import type { Json } from "../../../../domain";
import { digestOf } from "../../finding";
import { namesAgentRole } from "../../agent-roles";
import type { Block } from "../../block";
import { CONFIG_TYPES, entriesOf, mayConfigure } from "../../config-texts";
import { matches } from "../../grants";
import { objectOf, writtenName } from "../../kubernetes-object";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, blocksOf, hasDirective, isReference, textOf, textsOf, UndecidedValue } from "../../value";

/** Access entries of EKS, and the ConfigMap aws-auth, give an IAM role rights in a cluster past its bindings. An agent has those of its service account alone. */
export const eksAdmin: BlockRule = {
  id: "AMBIT-RBAC-EKS-ADMIN",
  severity: "critical",
  what: "no one may be an administrator of a cluster by an access entry of EKS, and no agent's role may have an entry",
  why: "the role reads all Secrets and makes pods under any service account, and no binding in the cluster shows it",
  fix: "associate AmazonEKSViewPolicy, or a policy for namespaces alone; bind a role to an agent's service account",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: ["aws_eks_access_entry", "aws_eks_access_policy_association", ...CONFIG_TYPES],
  isAbout: mayConfigure,
  *check(block, stack) {
    if (!block.type.startsWith("aws_")) return yield* mappedIn(block, stack);
    yield* principalsIn(block, stack);
    if (block.type === "aws_eks_access_entry") {
      for (const group of textsOf(block.body, "kubernetes_groups").filter((each) => each.startsWith("system:")))
        yield { what: group, at: "kubernetes_groups", evidence: [group, block.body["principal_arn"] ?? null] };
      return;
    }
    const policy = textOf(block.body, "policy_arn") ?? "";
    const scopes = blocksOf(block.body, "access_scope").map((each) => textOf(each, "type", "access_scope.type"));
    const name = policy.slice(policy.lastIndexOf("/") + 1);
    const isWide = scopes.length === 0 || scopes.some((each) => each !== "namespace") || reachesPlatform(block);
    if (name === "AmazonEKSClusterAdminPolicy" || (isWide && READING_SECRETS.has(name)))
      yield { what: name, at: "policy_arn", evidence: [name, scopes as string[], block.body["principal_arn"] ?? null] };
  },
};

/** Access policies that read Secrets. Source: EKS user guide, "Review access policy permissions". */
const READING_SECRETS = new Set([
  "AmazonEKSAdminPolicy",
  "AmazonEKSAdminViewPolicy",
  "AmazonEKSEditPolicy",
  "AmazonEKSSecretReaderPolicy",
]);

function* principalsIn({ body }: Block, stack: StackJson): Generator<UndecidedValue | Violation> {
  const written = body["principal_arn"] ?? null;
  if (namesAgentRole(written, stack)) yield { what: "agent", at: "principal_arn", evidence: written };
  else if (/^arn:.*[*?]|:root$/.test(String(written)))
    yield { what: `principal_arn::${String(written)}`, at: "principal_arn", evidence: written };
  else if (hasDirective(String(written)) || /\$\{(?:var|local|each|module)\.|\$\{[^}]*["(]/.test(String(written)))
    yield new UndecidedValue("principal_arn", written, "principal_arn is known at apply only");
}

/** Namespaces whose service accounts have more rights than all agents */
const OF_PLATFORM = ["ambit-system", "kube-system", "spire-server", "spire-system"];

/** A namespace of a scope may be a pattern. Source: EKS API, AccessScope. */
function reachesPlatform({ body }: Block): boolean {
  return blocksOf(body, "access_scope")
    .flatMap((each) => textsOf(each, "namespaces", "access_scope.namespaces"))
    .some((pattern) => OF_PLATFORM.some((name) => matches(pattern, name)));
}

/** The older way: a ConfigMap that gives roles and users of IAM groups of the cluster. Source: EKS user guide, "aws-auth". */
function* mappedIn(block: Block, stack: StackJson): Generator<UndecidedValue | Violation> {
  const { body = {} } = objectOf(block, "ConfigMap") ?? {};
  const { name = null, namespace = null } = blockOf(body, "metadata") ?? {};
  if (writtenName(name, stack) !== "aws-auth" || writtenName(namespace, stack) !== "kube-system") return;
  for (const { key, at, value } of entriesOf(block)) {
    const text = typeof value === "string" ? value.replace(ROLE_OF_STACK, "role") : undefined;
    if (text === undefined || isReference(text))
      yield new UndecidedValue(at, (value ?? null) as Json, `${at} is known at apply only`);
    else if (ADMINISTRATORS.test(text)) yield { what: key, at, evidence: digestOf(text) };
  }
}

const ROLE_OF_STACK = /\$\{aws_iam_role\.[\w-]+\.arn\}/g;

/** Groups and users of the system but those of nodes, and escapes that YAML would read as one */
const ADMINISTRATORS = /\bsystem:(?!bootstrappers\b|nodes?\b)|\\/;
