import type { Json } from "../../../../domain";
import { foreignTo } from "../../accounts";
import { AGENT_TAG } from "../../agent-roles";
import { granteeIn } from "../../grantees";
import { labelsOf, nameOf, objectsIn, writtenName } from "../../kubernetes-object";
import { oncePer } from "../../private/once-per";
import { accountOf } from "../../principals";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { type BlockBody, flagOf, UndecidedValue } from "../../value";

/** Pods of agents ask the exchange, and those of the platform have roles that name their service account. */
export const podIdentity: BlockRule = {
  id: "AMBIT-TRUST-POD-IDENTITY",
  severity: "high",
  what: "an association of EKS may give a role of the account to one service account, which is neither an agent's nor the platform's",
  why: "the pods of that account get the role beside what they are declared to have, and no trust policy names them",
  fix: "name a service account of its own and a role of the account, with session tags; let agents ask the exchange",
  standards: ["owasp-nhi/NHI5", "owasp-nhi/NHI3", "owasp-asi/ASI03", "sp800-53/AC-6", "sp800-53/IA-9"],
  looksAt: ["aws_eks_pod_identity_association"],
  *check({ body }, stack) {
    yield* accountsIn(body, stack);
    for (const at of ["role_arn", "target_role_arn"]) yield* foreignIn(body[at] ?? null, at, stack);
    const tags = "disable_session_tags";
    if (flagOf(body, tags) === true) yield { what: tags, at: tags, evidence: true };
  },
};

/** Namespaces of Ambit's own components */
const OF_PLATFORM = /^(?:ambit-system|spire-server|spire-system)$/;

function* accountsIn(body: BlockBody, stack: StackJson): Generator<UndecidedValue | Violation> {
  const [namespace, name] = ["namespace", "service_account"].map((at) => writtenName(body[at], stack));
  const evidence = [body["namespace"] ?? null, body["service_account"] ?? null];
  if (namespace === undefined) yield unknown("namespace", body);
  else if (OF_PLATFORM.test(namespace)) yield { what: `namespace::${namespace}`, at: "namespace", evidence };
  if (name === undefined) yield unknown("service_account", body);
  else if (name === "default" || agentsIn(stack).has(`${namespace}/${name}`))
    yield { what: `service_account::${name}`, at: "service_account", evidence };
}

function unknown(at: string, body: BlockBody): UndecidedValue {
  return new UndecidedValue(at, body[at] ?? null, `${at} is known at apply only`);
}

/** Service accounts of agents, as `namespace/name`. Each association asks. */
const agentsIn = oncePer((stack: StackJson): ReadonlySet<string> => {
  const accounts = objectsIn(stack, "ServiceAccount").filter(({ body, at }) =>
    Object.hasOwn(labelsOf(body, at), AGENT_TAG),
  );
  return new Set(
    accounts.map(({ body }) => {
      const { namespace = "default", name = "" } = nameOf(body, stack);
      return `${namespace}/${name}`;
    }),
  );
});

function* foreignIn(written: Json, at: string, stack: StackJson): Generator<UndecidedValue | Violation> {
  const grantee = written === null ? undefined : granteeIn(written, at, stack);
  if (grantee instanceof UndecidedValue) yield grantee;
  const account =
    grantee === undefined || grantee instanceof UndecidedValue ? undefined : accountOf({ ...grantee, type: "AWS" });
  if (account === undefined) return;
  yield* foreignTo(stack)(account, { what: `${at}::${account}`, at, evidence: written });
}
