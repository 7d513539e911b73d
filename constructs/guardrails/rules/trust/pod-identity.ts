import type { Json } from "../../../../domain";
import { foreignTo } from "../../accounts";
import { AGENT_TAG } from "../../agent-roles";
import type { Block } from "../../block";
import { granteeIn } from "../../grantees";
import { labelsOf, nameOf, objectOf, typesOf, writtenName } from "../../kubernetes-object";
import { isAgentAccount } from "../../private/agent-accounts";
import { OF_PLATFORM } from "../../private/platform-namespaces";
import { accountOf } from "../../principals";
import { textsBehind, withValues } from "../../private/stands-for";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { type BlockBody, blockOf, flagOf, isReference, UndecidedValue } from "../../value";

/** Pods of agents ask the exchange, and those of the platform have roles that name their service account. */
export const podIdentity: BlockRule = {
  id: "AMBIT-TRUST-POD-IDENTITY",
  severity: "high",
  what: "an association of EKS, or an annotation of a service account, may give a role of the account to one service account, which is neither an agent's nor the platform's",
  why: "the pods of that account get the role beside what they are declared to have, and no trust policy names them",
  fix: "name a service account of its own and a role of the account, with session tags; let agents ask the exchange",
  standards: ["owasp-nhi/NHI5", "owasp-nhi/NHI3", "owasp-asi/ASI03", "sp800-53/AC-6", "sp800-53/IA-9"],
  looksAt: [
    "aws_eks_pod_identity_association",
    "kubernetes_annotations",
    ...typesOf("ServiceAccount", "DefaultServiceAccount"),
  ],
  *check(block, stack) {
    const { body } = block;
    if (block.type === "kubernetes_annotations") return yield* annotated(body, stack);
    if (block.type !== "aws_eks_pod_identity_association") return yield* declared(block, stack);
    yield* accountsIn(body, stack);
    for (const at of ["role_arn", "target_role_arn"]) yield* foreignIn(body[at] ?? null, at, stack);
    const tags = "disable_session_tags";
    if (flagOf(body, tags) === true) yield { what: tags, at: tags, evidence: true };
  },
};

/** What EKS' webhook, or that of IAM roles for service accounts, reads from a service account */
const ROLE_ARN = "eks.amazonaws.com/role-arn";

/** A service account that the stack declares; the platform's are in stacks of their own. */
function* declared(block: Block, stack: StackJson): Generator<UndecidedValue | Violation> {
  const account = objectOf(block, "ServiceAccount", "DefaultServiceAccount");
  if (account === undefined) return;
  const { at, body, kind } = account;
  const place = `${at}metadata.annotations`;
  const role = blockOf(blockOf(body, "metadata", `${at}metadata`) ?? {}, "annotations", place)?.[ROLE_ARN] ?? null;
  if (role === null) return;
  const name = kind === "ServiceAccount" ? nameOf(body, stack).name : "default";
  if (name === "default" || Object.hasOwn(labelsOf(body, at), AGENT_TAG))
    yield { what: `service_account::${name}`, at: place, evidence: role };
  if (typeof role === "string") yield* foreignBehind(role, place, stack);
}

/** A role of another stack is given by its ARN in a variable without a value, or in an output, and its trust names the service account. */
function* foreignBehind(role: string, at: string, stack: StackJson): Generator<UndecidedValue | Violation> {
  for (const written of new Set([withValues(role, stack), ...textsBehind(role, stack)])) {
    if (!isReference(written)) {
      if (written === role || ARN.test(written)) yield* foreignIn(written, at, stack);
      continue;
    }
    if (!written.includes(":iam::") || /:iam::\$\{data\.aws_caller_identity\./.test(written)) continue;
    const account = /^arn:[^:]*:iam::(\d{12}):/.exec(written)?.[1];
    if (account === undefined) yield new UndecidedValue(at, role, "the account of the role is known at apply only");
    else yield* foreignTo(stack)(account, { what: `${at}::${account}`, at, evidence: role });
  }
}

const ARN = /^arn:[^:]*:iam::/;

/** One that another stack declares: the role is written where no review of it shows. */
function* annotated(body: BlockBody, stack: StackJson): Generator<UndecidedValue | Violation> {
  const role = blockOf(body, "annotations")?.[ROLE_ARN] ?? null;
  if (role === null || (typeof body["kind"] === "string" && body["kind"] !== "ServiceAccount")) return;
  const { name: service_account, namespace = "default" } = blockOf(body, "metadata") ?? {};
  yield* accountsIn({ namespace, service_account }, stack);
  yield* foreignIn(role, `annotations[${JSON.stringify(ROLE_ARN)}]`, stack);
}

function* accountsIn(body: BlockBody, stack: StackJson): Generator<UndecidedValue | Violation> {
  const [namespace, name] = ["namespace", "service_account"].map((at) => writtenName(body[at], stack));
  const evidence = [body["namespace"] ?? null, body["service_account"] ?? null];
  if (namespace === undefined) yield unknown("namespace", body);
  else if (OF_PLATFORM.test(namespace)) yield { what: `namespace::${namespace}`, at: "namespace", evidence };
  if (name === undefined) yield unknown("service_account", body);
  else if (name === "default" || isAgentAccount(namespace ?? "default", name, stack))
    yield { what: `service_account::${name}`, at: "service_account", evidence };
}

function unknown(at: string, body: BlockBody): UndecidedValue {
  return new UndecidedValue(at, body[at] ?? null, `${at} is known at apply only`);
}

function* foreignIn(written: Json, at: string, stack: StackJson): Generator<UndecidedValue | Violation> {
  const grantee = written === null ? undefined : granteeIn(written, at, stack);
  if (grantee instanceof UndecidedValue) yield grantee;
  const account =
    grantee === undefined || grantee instanceof UndecidedValue ? undefined : accountOf({ ...grantee, type: "AWS" });
  if (account === undefined) return;
  yield* foreignTo(stack)(account, { what: `${at}::${account}`, at, evidence: written });
}
