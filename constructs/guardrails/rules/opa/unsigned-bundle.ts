import type { Json } from "../../../../domain";
import { isAboutOpa, OPA_SERVER_TYPES, OPA_TYPES, opaConfigsOf, opaServersOf } from "../../opa-config";
import { fetchedBy, optionsOf } from "../../private/opa-options";
import { withoutUser } from "../../private/settings";
import type { BlockRule, Violation } from "../../rule";
import { type BlockBody, blockOf, isObject, listOf } from "../../value";

/** A configuration that discovery delivers says what is loaded, so it is signed as bundles are. A mounted file comes from no store. */
export const unsignedBundle: BlockRule = {
  id: "AMBIT-OPA-UNSIGNED-BUNDLE",
  severity: "critical",
  what: "OPA must verify the signature of each bundle and of its discovered configuration",
  why: "an attacker who writes to the store of bundles, or reads the key, decides what every agent may do",
  fix: "write signing with the keyid of a public key, without exclude_files, and leave --skip-verify out",
  standards: ["owasp-asi/ASI04", "owasp-mcp/MCP04", "sp800-207/4", "sp800-53/CM-14", "sp800-53/SR-4", "maestro/L6"],
  looksAt: [...new Set([...OPA_TYPES, ...OPA_SERVER_TYPES])],
  isAbout: isAboutOpa,
  *check(block, stack) {
    for (const { at, configuration } of opaConfigsOf(block, stack)) yield* unsignedIn(configuration, at);
    for (const server of opaServersOf(block, stack)) {
      const { at, name, words } = server;
      // A flag without a value: what stands behind it is a path.
      const skips = words.find((word) => /^--skip-verify(?:=(?!(?:false|f|0)$)|$)/i.test(word));
      if (skips !== undefined) yield { what: `${name}::--skip-verify`, at, evidence: skips };
      const fetched = fetchedBy(server).map(withoutUser);
      if (fetched.length > 0) yield { what: `${name}::run`, at, evidence: fetched };
      for (const found of unsignedIn(optionsOf(server), at, isSource))
        yield { ...found, what: `${name}::${found.what}`, at };
    }
  },
};

/** @param isMeant which bundles are judged: an option may add to one that a file has */
function* unsignedIn(
  configuration: BlockBody,
  at: string,
  isMeant: (bundle: unknown) => boolean = () => true,
): Generator<Violation> {
  const bundles = blockOf(configuration, "bundles", `${at}.bundles`) ?? {};
  const discovery = configuration["discovery"] ?? null;
  const sources: readonly (readonly [string, Json])[] = [
    ...Object.entries(bundles).map(([name, source]) => [`bundles::${name}`, source ?? null] as const),
    ...(discovery === null ? [] : [["discovery", discovery] as const]),
  ];
  for (const [what, source] of sources) {
    if (!isMeant(source)) continue;
    const place = `${at}.${what.split("::")[0] ?? what}`;
    if (!isSigned(source)) yield { what, at: place, evidence: source };
    else if (isObject(source) && isObject(source["signing"])) {
      const left = listOf(source["signing"]["exclude_files"]).filter(isPolicy);
      if (left.length > 0) yield { what: `${what}::exclude_files`, at: place, evidence: left };
    }
  }
  for (const [name, key] of Object.entries(blockOf(configuration, "keys", `${at}.keys`) ?? {})) {
    const algorithm = isObject(key) ? key["algorithm"] : undefined;
    // With a shared key, everyone who verifies can also sign.
    if (typeof algorithm === "string" && /^HS\d+$/.test(algorithm))
      yield { what: `keys::${name}`, at: `${at}.keys`, evidence: algorithm };
  }
}

function isSource(source: unknown): boolean {
  return isObject(source) && ["resource", "service"].some((name) => (source[name] ?? null) !== null);
}

function isSigned(source: unknown): boolean {
  if (isObject(source) && typeof source["resource"] === "string" && source["resource"].startsWith("file:///"))
    return true;
  return isObject(source) && isObject(source["signing"]) && (source["signing"]["keyid"] ?? null) !== null;
}

/** Whether a path or pattern that is left out of the signature may be one of policies, data or the manifest */
function isPolicy(path: unknown): boolean {
  return typeof path !== "string" || /[*?[{$]|\.(?:rego|json|ya?ml|wasm|manifest)$/.test(path);
}
