import { type ConfigEntry, type ConfigText, configTextsOf, entriesOf, mayConfigure } from "../../config-texts";
import { objectOf, typesOf } from "../../kubernetes-object";
import type { BlockRule, Violation } from "../../rule";
import { isSecretName, isSecretValue, mayHoldSecret, mayNameSecret, secretShapesIn } from "../../secrets";

/** `password: x`, `"password": "x"`, `password=x` and `password "x"`, in any format of a configuration */
const SETTING = /^[\s{,"'-]*([A-Za-z][\w.-]*)["']?[ \t]*[:= ][ \t]*["']?([^\s"',}{[\]]+)/gm;
const IN_LINE = /[{,]\s*["']?([A-Za-z][\w.-]*)["']?\s*:\s*["']([^"'\s]+)["']/g;

/** A key decides, or the shape of the text; what is told never holds it. */
export const configSecret: BlockRule = {
  id: "AMBIT-KUBERNETES-CONFIG-SECRET",
  severity: "critical",
  what: "no ConfigMap may hold a credential",
  why: "ConfigMaps are not encrypted, are readable by most accounts of a cluster, and stand in Terraform's state",
  fix: "let the workload ask for a short-lived token by its SVID, or mount a file that a secret store keeps",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "owasp-asi/ASI03", "owasp-mcp/MCP01", "sp800-53/IA-5"],
  looksAt: typesOf("ConfigMap"),
  isAbout: mayConfigure,
  check(block, stack) {
    if (objectOf(block, "ConfigMap") === undefined) return [];
    return [
      ...entriesOf(block).filter(isSecret).map(toViolation),
      ...configTextsOf(block, stack).filter(mayHoldAny).flatMap(secretsIn),
    ];
  },
};

function isSecret({ key, value }: ConfigEntry): boolean {
  return typeof value === "string" && isSecretName(key) && isSecretValue(value);
}

function toViolation({ key, at }: ConfigEntry): Violation {
  return { what: key, at, evidence: "value of a secret" };
}

function secretsIn({ key, at, text }: ConfigText): readonly Violation[] {
  const shapes = secretShapesIn(text).map((shape) => ({ what: `${key}::${shape}`, at, evidence: shape }));
  const settings = settingsIn(text).map((name) => ({ what: `${key}::${name}`, at, evidence: "value of a secret" }));
  return [...shapes, ...settings];
}

/** Most texts hold none, and reading all their settings is slow. */
function mayHoldAny({ text }: ConfigText): boolean {
  return mayHoldSecret(text) || mayNameSecret(text);
}

/** Expressions of a policy or a script are no settings: what calls, refers or computes is no literal. */
const LITERAL = /^[^$()<>:|;]+$/;

function settingsIn(text: string): readonly string[] {
  if (!mayNameSecret(text) || SCRIPT.test(text)) return [];
  return [...text.matchAll(SETTING), ...text.matchAll(IN_LINE)]
    .map((match) => [match[1] as string, match[2] as string] as const)
    .filter(([name, value]) => isSecretName(name) && isSecretValue(value) && LITERAL.test(value))
    .map(([name]) => name);
}

/** Shell, SQL and Rego name passwords without having one. */
const SCRIPT = /^(?:#!|package\s|SELECT\s|--\s)|^\s*package\s+[\w.]+\s*$/m;
