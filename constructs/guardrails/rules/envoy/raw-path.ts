import { ENVOY_TYPES, envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import type { BlockRule } from "../../rule";
import { blocksOf, flagOf } from "../../value";

/** An external authorizer gets the bytes that the tool gets, and decides on those; RBAC compares texts of its configuration. */
export const rawPath: BlockRule = {
  id: "AMBIT-ENVOY-RAW-PATH",
  severity: "high",
  what: "Envoy must normalize paths where its RBAC filter decides on them",
  why: "//admin and /a/../admin are no /admin for the filter, and are one for the tool",
  fix: "write normalize_path true and merge_slashes true",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const { at, type, body } of messagesIn(configuration, file)) {
        if (type !== "HttpConnectionManager") continue;
        const filters = blocksOf(body, "http_filters", `${at}.http_filters`);
        const decides = filters.some((each) => [...messagesIn(each, at)].some((message) => message.type === "RBAC"));
        if (!decides) continue;
        for (const name of ["normalize_path", "merge_slashes"]) {
          const value = flagOf(body, name, `${at}.${name}`);
          if (value !== true) yield { what: name, at: `${at}.${name}`, evidence: value ?? null };
        }
      }
    }
  },
};
