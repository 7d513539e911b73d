import { ENVOY_TYPES, envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import type { BlockRule } from "../../rule";
import { blockOf, flagOf } from "../../value";

/** A call of a tool stands in the body: method, tool and arguments. */
export const partialBody: BlockRule = {
  id: "AMBIT-ENVOY-PARTIAL-BODY",
  severity: "high",
  what: "an authorizer behind Envoy must get the whole body of a request, up to a limit",
  why: "what it decides on is then not what the tool executes: the call stands in the part that it did not see",
  fix: "write with_request_body with max_request_bytes, and leave allow_partial_message out",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const { at, type, body } of messagesIn(configuration, file)) {
        // The filter for TCP has the same name, and no body.
        if (type !== "ExtAuthz" || !String(body["@type"]).includes(".filters.http.")) continue;
        const settings = blockOf(body, "with_request_body", `${at}.with_request_body`);
        if (settings === undefined) yield { what: "with_request_body", at, evidence: null };
        else if (flagOf(settings, "allow_partial_message", at) === true)
          yield { what: "allow_partial_message", at: `${at}.with_request_body`, evidence: true };
      }
    }
  },
};
