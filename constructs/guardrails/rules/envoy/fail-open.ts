import { ENVOY_TYPES, envoyConfigsOf, type EnvoyMessage, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import type { BlockRule } from "../../rule";
import { flagOf, textOf } from "../../value";

/** `failure_mode_allow` of authorizers and processors; of a plugin in Wasm either of the others, the last by name or number */
export const failOpen: BlockRule = {
  id: "AMBIT-ENVOY-FAIL-OPEN",
  severity: "critical",
  what: "a filter of Envoy that asks another program must refuse where it gets no answer",
  why: "an attacker who keeps the authorizer busy, or makes it fail, passes undecided",
  fix: "leave failure_mode_allow out, and write failure_policy FAIL_CLOSED for a plugin",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const message of messagesIn(configuration, file)) {
        const name = openBy(message);
        if (name !== undefined)
          yield {
            what: name === "failure_mode_allow" ? message.type : name,
            at: `${message.at}.${name}`,
            evidence: message.body[name] ?? null,
          };
      }
    }
  },
};

function openBy({ at, body }: EnvoyMessage): string | undefined {
  const open = ["failure_mode_allow", "fail_open"].find((name) => flagOf(body, name, `${at}.${name}`) === true);
  if (open !== undefined) return open;
  const policy = textOf(body, "failure_policy", `${at}.failure_policy`);
  return policy === "FAIL_OPEN" || policy === "3" ? "failure_policy" : undefined;
}
