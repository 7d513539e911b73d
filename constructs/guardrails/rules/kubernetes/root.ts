import { nodeRightsOf } from "../../private/node-agents";
import { type ContainerSpec, POD_TYPES, podsOf } from "../../pods";
import type { BlockRule, Violation } from "../../rule";
import { blockOf, type BlockBody, flagOf, numberOf, textOf } from "../../value";

/** What a container leaves out, its pod says; what both leave out is unsafe by Kubernetes' defaults, if no controller adds it. SPIRE's pods on nodes are root there. */
export const root: BlockRule = {
  id: "AMBIT-KUBERNETES-ROOT",
  severity: "high",
  what: "each container must run as another user than root, gain no privileges, and have the runtime's seccomp profile",
  why: "root in a container is root on the node as soon as the kernel or the runtime has a flaw",
  fix: "write runAsNonRoot true, allowPrivilegeEscalation false and the seccomp profile RuntimeDefault",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI6", "sp800-53/AC-6", "maestro/L4"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    for (const pod of podsOf(block)) {
      const rights = nodeRightsOf(block, pod, stack);
      const outer = blockOf(pod.spec, "security_context", `${pod.at}.security_context`) ?? {};
      for (const container of pod.containers) {
        const own = blockOf(container.spec, "security_context", `${container.at}.security_context`) ?? {};
        const mayEscalate = rights?.privileged.includes(container.name) === true;
        const isPart = pod.isPart === true;
        if (rights === undefined) yield* userOf(own, outer, container, isPart);
        if (!mayEscalate) yield* escalationOf(own, container, isPart);
        yield* seccompOf(own, outer, container, isPart);
      }
    }
  },
};

function* userOf(own: BlockBody, outer: BlockBody, { at, name }: ContainerSpec, isPart: boolean): Generator<Violation> {
  const place = `${at}.security_context`;
  const user = numberOf(own, "run_as_user", place) ?? numberOf(outer, "run_as_user", place);
  const isNonRoot = flagOf(own, "run_as_non_root", place) ?? flagOf(outer, "run_as_non_root", place);
  if (user === 0 || (isNonRoot ?? isPart) !== true)
    yield { what: `${name}::runAsNonRoot`, at: place, evidence: [user ?? null, isNonRoot ?? null] };
}

function* escalationOf(own: BlockBody, { at, name }: ContainerSpec, isPart: boolean): Generator<Violation> {
  const place = `${at}.security_context.allow_privilege_escalation`;
  const may = flagOf(own, "allow_privilege_escalation", place);
  if ((may ?? !isPart) !== false) yield { what: `${name}::allowPrivilegeEscalation`, at: place, evidence: may ?? null };
}

function* seccompOf(
  own: BlockBody,
  outer: BlockBody,
  { at, name }: ContainerSpec,
  isPart: boolean,
): Generator<Violation> {
  const place = `${at}.security_context.seccomp_profile`;
  const profile = blockOf(own, "seccomp_profile", place) ?? blockOf(outer, "seccomp_profile", place) ?? {};
  const type = textOf(profile, "type", `${place}.type`) ?? (isPart ? "RuntimeDefault" : "Unconfined");
  if (type !== "RuntimeDefault" && type !== "Localhost")
    yield { what: `${name}::seccompProfile`, at: place, evidence: type };
}
