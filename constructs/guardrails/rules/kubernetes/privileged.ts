import { nodeRightsOf } from "../../private/node-agents";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule, Violation } from "../../rule";
import { blockOf, type BlockBody, flagOf, textOf, textsOf } from "../../value";

/** Pod Security `restricted` lets containers add this one alone. */
const HARMLESS = "NET_BIND_SERVICE";

/** SPIRE's CSI driver alone is privileged: it mounts the Workload API's socket into pods. */
export const privileged: BlockRule = {
  id: "AMBIT-KUBERNETES-PRIVILEGED",
  severity: "critical",
  what: "no container may be privileged, add capabilities, or escape its confinement on the node",
  why: "an attacker who breaks into such a container has the node, the sockets of SPIRE on it, and every identity that runs there",
  fix: "leave privileged, hostProcess, procMount and Unconfined out, and drop all capabilities",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI6", "sp800-53/AC-6", "maestro/L4"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    for (const pod of podsOf(block)) {
      const allowed = nodeRightsOf(block, pod, stack)?.privileged ?? [];
      const place = `${pod.at}.security_context`;
      yield* unconfined(blockOf(pod.spec, "security_context", place) ?? {}, place, "");
      for (const { at, name, spec } of pod.containers) {
        const context = blockOf(spec, "security_context", `${at}.security_context`) ?? {};
        const place = `${at}.security_context.privileged`;
        if (flagOf(context, "privileged", place) === true && !allowed.includes(name))
          yield { what: `${name}::privileged`, at: place, evidence: true };
        yield* unconfined(context, `${at}.security_context`, `${name}::`);
        const capabilities = blockOf(context, "capabilities", `${at}.security_context.capabilities`) ?? {};
        const added = `${at}.security_context.capabilities.add`;
        for (const capability of textsOf(capabilities, "add", added)) {
          if (capability !== HARMLESS) yield { what: `${name}::${capability}`, at: added, evidence: capability };
        }
      }
    }
  },
};

/** Types of SELinux that Pod Security `baseline` allows */
const CONFINED = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/**
 * What takes a pod or container out of what confines it, which Pod Security `baseline` refuses.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
function* unconfined(context: BlockBody, at: string, what: string): Generator<Violation> {
  const windows = blockOf(context, "windows_options", `${at}.windows_options`) ?? {};
  if (flagOf(windows, "host_process", `${at}.windows_options.host_process`) === true)
    yield { what: `${what}hostProcess`, at: `${at}.windows_options.host_process`, evidence: true };
  const mount = textOf(context, "proc_mount", `${at}.proc_mount`) ?? "Default";
  if (mount !== "Default") yield { what: `${what}procMount`, at: `${at}.proc_mount`, evidence: mount };
  for (const [name, isConfined] of [
    ["app_armor_profile", (type: string) => type !== "Unconfined"],
    ["se_linux_options", (type: string) => CONFINED.includes(type)],
  ] as const) {
    const type = textOf(blockOf(context, name, `${at}.${name}`) ?? {}, "type", `${at}.${name}.type`) ?? "";
    if (type !== "" && !isConfined(type)) yield { what: `${what}${name}`, at: `${at}.${name}.type`, evidence: type };
  }
}
