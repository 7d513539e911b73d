import { CONFIG_TYPES } from "../../config-texts";
import type { BlockRule, Violation } from "../../rule";
import { isAboutSpire, type SpireConfig, spireConfigsOf } from "../../spire-config";
import { blockOf, type BlockBody, flagOf } from "../../value";

/** `unix` beside `k8s` adds selectors; alone it tells a pod by a user id that each image chooses. */
export const unverified: BlockRule = {
  id: "AMBIT-SPIRE-UNVERIFIED",
  severity: "high",
  what: "SPIRE must verify the kubelet, the pods and the peers that it trusts",
  why: "an attacker who answers in place of the kubelet, or runs under a user id of its choice, gets the identity of another pod",
  fix: "leave the option out, and attest pods by the attestor k8s",
  standards: ["sp800-207/6", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-3", "sp800-53/IA-9", "maestro/L4"],
  looksAt: CONFIG_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) yield* unverifiedIn(configuration, at);
  },
};

function* unverifiedIn({ body, agent = {}, plugins }: SpireConfig, at: string): Generator<Violation> {
  const sds = blockOf(agent, "sds", `${at}.sds`) ?? {};
  yield* flagsIn(agent, ["allow_unauthenticated_verifiers"], at);
  yield* flagsIn(sds, ["disable_spiffe_cert_validation"], at);
  yield* flagsIn(body, ["allow_insecure_scheme"], at);
  const attestors = plugins.filter(({ kind }) => kind === "WorkloadAttestor");
  for (const { data } of attestors)
    yield* flagsIn(data, ["skip_kubelet_verification", "use_anonymous_authentication"], at);
  const names = attestors.map(({ name }) => name);
  if (names.length > 0 && names.every((name) => name === "unix"))
    yield { what: "WorkloadAttestor::unix", at, evidence: names };
}

function* flagsIn(body: BlockBody, names: readonly string[], at: string): Generator<Violation> {
  for (const name of names) if (flagOf(body, name, `${at}.${name}`) === true) yield { what: name, at, evidence: true };
}
