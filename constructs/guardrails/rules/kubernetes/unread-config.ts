import { CONFIG_TYPES, entriesOf, isWholeReference, mayConfigure } from "../../config-texts";
import { objectOf } from "../../kubernetes-object";
import type { BlockRule } from "../../rule";
import { isObject } from "../../value";

const STRUCTURED = /\.(?:ya?ml|json|conf|hcl|toml|rego|cedar|properties|env|cfg)$/i;
const READS_FILE = /\$\{[^]*\b(?:file|filebase64|templatefile)\(/;

/** All rules about configurations read texts; what they cannot read is refused here once. Values such as host names may be references. */
export const unreadConfig: BlockRule = {
  id: "AMBIT-KUBERNETES-UNREAD-CONFIG",
  severity: "medium",
  what: "a configuration must be known when the stack is rendered",
  why: "no guardrail has seen what SPIRE, OPA or Envoy then reads",
  fix: "write the text, or values in it that refer to other resources",
  standards: ["sp800-53/CM-6", "sp800-53/SR-3", "maestro/L4"],
  looksAt: CONFIG_TYPES,
  isAbout: mayConfigure,
  *check(block, stack) {
    const object = objectOf(block, "ConfigMap", "Secret");
    if (object === undefined) return;
    const { data = null } = object.body;
    if (data !== null && !isObject(data) && object.kind === "ConfigMap")
      yield { what: "data", at: `${object.at}data`, evidence: data };
    for (const { key, at, value } of entriesOf(block)) {
      if (typeof value !== "string" || !isWholeReference(value)) continue;
      if ((STRUCTURED.test(key) || READS_FILE.test(value)) && stack.evaluate(block, at) === undefined)
        yield { what: key, at, evidence: value };
    }
  },
};
