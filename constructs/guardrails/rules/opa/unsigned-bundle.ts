import { CONFIG_TYPES } from "../../config-texts";
import { isAboutOpa, opaConfigsOf, opaServersOf } from "../../opa-config";
import { POD_TYPES } from "../../pods";
import type { BlockRule } from "../../rule";
import { blockOf, isObject } from "../../value";

/** A configuration that discovery delivers says what is loaded, so it is signed as bundles are. A mounted file comes from no store. */
export const unsignedBundle: BlockRule = {
  id: "AMBIT-OPA-UNSIGNED-BUNDLE",
  severity: "critical",
  what: "OPA must verify the signature of each bundle and of its discovered configuration",
  why: "an attacker who writes to the store of bundles decides what every agent may do",
  fix: "write signing with the keyid of the key that signs them, and leave --skip-verify out",
  standards: ["owasp-asi/ASI04", "owasp-mcp/MCP04", "sp800-207/4", "sp800-53/CM-14", "sp800-53/SR-4", "maestro/L6"],
  looksAt: [...CONFIG_TYPES, ...POD_TYPES],
  isAbout: isAboutOpa,
  *check(block, stack) {
    for (const { at, configuration } of opaConfigsOf(block, stack)) {
      const bundles = blockOf(configuration, "bundles", `${at}.bundles`) ?? {};
      for (const name of Object.keys(bundles)) {
        const bundle = bundles[name] ?? null;
        if (!isSigned(bundle)) yield { what: `bundles::${name}`, at: `${at}.bundles`, evidence: bundle };
      }
      const discovery = configuration["discovery"] ?? null;
      if (discovery !== null && !isSigned(discovery))
        yield { what: "discovery", at: `${at}.discovery`, evidence: discovery };
    }
    for (const { at, name, flags } of opaServersOf(block)) {
      const [skips] = flags.get("--skip-verify") ?? [];
      if (skips !== undefined && skips !== "false") yield { what: `${name}::--skip-verify`, at, evidence: skips };
    }
  },
};

function isSigned(source: unknown): boolean {
  if (isObject(source) && typeof source["resource"] === "string" && source["resource"].startsWith("file:///"))
    return true;
  return isObject(source) && isObject(source["signing"]) && (source["signing"]["keyid"] ?? null) !== null;
}
