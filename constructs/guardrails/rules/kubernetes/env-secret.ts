import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { isSecretName, isSecretValue, isStaticKey, secretShapesIn } from "../../secrets";
import { secretInScript } from "../../secret-values";
import { blocksOf, listOf, textOf } from "../../value";

/** A value that refers to a secret's value is one too: at apply it stands in the pod's spec. A name decides, or the shape of the value; what is told never holds it. */
export const envSecret: BlockRule = {
  id: "AMBIT-KUBERNETES-ENV-SECRET",
  severity: "critical",
  what: "no environment variable, command or argument of a container may hold a credential",
  why: "everyone who reads pods or Terraform's state has it, every child process and crash report inherits it, and nothing rotates it",
  fix: "let the workload ask for a short-lived token by its SVID, or mount a file that a secret store keeps",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "owasp-asi/ASI03", "owasp-mcp/MCP01", "sp800-53/IA-5"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    for (const { containers } of podsOf(block)) {
      for (const { at, name, spec } of containers) {
        for (const [index, env] of blocksOf(spec, "env", `${at}.env`).entries()) {
          const variable = textOf(env, "name", `${at}.env[${index}].name`) ?? "";
          if (isStaticKey(variable) && env["value"] === undefined)
            yield { what: `${name}::${variable}`, at: `${at}.env[${index}]`, evidence: "access key of AWS" };
          const value = env["value"] ?? "";
          if (typeof value !== "string") continue;
          if ((isSecretName(variable) && isSecretValue(value)) || secretShapesIn(value).length > 0)
            yield {
              what: `${name}::${variable}`,
              at: `${at}.env[${index}].value`,
              evidence: secretShapesIn(value)[0] ?? "value of a secret",
            };
        }
        for (const part of ["command", "args"]) {
          const words = listOf(spec[part]).filter((word) => typeof word === "string");
          const kind = secretInScript(words.join(" "), stack);
          if (kind !== undefined) yield { what: `${name}::${part}`, at: `${at}.${part}`, evidence: kind };
        }
      }
    }
  },
};
