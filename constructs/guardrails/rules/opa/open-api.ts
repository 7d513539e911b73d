import { OPA_SERVER_TYPES, type OpaServer, opaServersOf } from "../../opa-config";
import type { BlockRule } from "../../rule";

/** `--authentication=token` tells callers apart by what they send, and `--authorization=basic` has a policy decide on them. */
export const openApi: BlockRule = {
  id: "AMBIT-OPA-OPEN-API",
  severity: "critical",
  what: "OPA's API must ask who calls and what it may, unless it listens on loopback or a socket alone",
  why: "an attacker who reaches the port rewrites the policies by PUT /v1/policies, or reads the data that they decide on",
  fix: "write --authentication=tls and --authorization=basic with a policy system.authz, or listen on 127.0.0.1",
  standards: ["sp800-207/6", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3", "sp800-53/IA-9", "maestro/L6"],
  looksAt: OPA_SERVER_TYPES,
  *check(block, stack) {
    for (const { at, name, image, flags } of opaServersOf(block, stack)) {
      const addresses = flags.get("--addr")?.flatMap((each) => each.split(",")) ?? [defaultAddress(image)];
      if (addresses.every(isLocal)) continue;
      const authenticates = ["tls", "token"].includes(lastOf(flags, "--authentication"));
      const authorizes = lastOf(flags, "--authorization") === "basic";
      if (authenticates && authorizes) continue;
      const missing = [...(authenticates ? [] : ["--authentication"]), ...(authorizes ? [] : ["--authorization"])];
      for (const flag of missing) yield { what: `${name}::${flag}`, at, evidence: addresses };
    }
  },
};

/** OPA takes the last value of a flag that is written more than once. */
function lastOf(flags: OpaServer["flags"], name: string): string {
  return flags.get(name)?.at(-1) ?? "off";
}

/** OPA 1.0 listens on loopback by default, and those before it on all addresses. */
function defaultAddress(image: string): string {
  return /:v?[1-9]\d*\.\d/.test(image) ? "localhost:8181" : ":8181";
}

function isLocal(address: string): boolean {
  return /^(?:unix:\/\/|(?:https?:\/\/)?(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::|$))/.test(address);
}
