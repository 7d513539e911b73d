import { placeOf } from "../../private/spire-places";
import type { BlockRule, Violation } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, type SpireConfig, spireConfigsOf } from "../../spire-config";
import { blockOf, type BlockBody, flagOf } from "../../value";

/** Other attestors beside `k8s` add selectors; alone they tell a pod by a user id or labels that each image chooses. */
export const unverified: BlockRule = {
  id: "AMBIT-SPIRE-UNVERIFIED",
  severity: "high",
  what: "SPIRE must verify the kubelet, the pods, the database, the plugins and the peers that it trusts",
  why: "an attacker who answers in place of the kubelet, or runs under a user id of its choice, gets the identity of another pod",
  fix: "leave the option out, attest pods by the attestor k8s, and write sslmode=verify-full and a plugin_checksum",
  standards: ["sp800-207/6", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-3", "sp800-53/IA-9", "maestro/L4"],
  looksAt: SPIRE_TYPES,
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
  if (names.length > 0 && !names.includes("k8s"))
    yield { what: `WorkloadAttestor::${names.join("+")}`, at, evidence: names };
  for (const { name, data, command } of plugins) {
    const isPostgres = String(data["database_type"] ?? "").includes("postgres");
    const usual = isPostgres && data["connection_string"] !== undefined ? "none" : "verify-full";
    const mode = /\bsslmode\s*=\s*'?([a-z-]+)/.exec(String(data["connection_string"] ?? ""))?.[1] ?? usual;
    if (mode !== "verify-full") yield { what: `sslmode::${mode}`, at, evidence: mode };
    if (command !== undefined) yield { what: `plugin_cmd::${name}`, at, evidence: command };
  }
}

function* flagsIn(body: BlockBody, names: readonly string[], at: string): Generator<Violation> {
  for (const name of names)
    if (flagOf(body, name, placeOf(at, name)) === true) yield { what: name, at, evidence: true };
}
