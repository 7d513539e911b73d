import type { Json } from "../../../../domain";
import { isWholeReference } from "../../config-texts";
import type { BlockRule } from "../../rule";
import { secretIn, secretInScript } from "../../secret-values";
import { type BlockBody, blocksOf, listOf, UndecidedValue } from "../../value";

/** Values of Helm, by name or as text. `set_wo` is not kept by Terraform. What a finding tells holds no secret. */
export const chartSecret: BlockRule = {
  id: "AMBIT-CREDENTIALS-CHART",
  severity: "high",
  what: "a chart of Helm may be given no secret by its values",
  why: "Terraform's state has it in plain text, set_sensitive hides it in the plan alone, and Helm keeps it with each revision of the release",
  fix: "give the chart the name of a Secret that is written outside of Terraform, or read the secret by the role of the workload",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5"],
  looksAt: ["helm_release", "data.helm_template"],
  *check(block, stack) {
    const { body } = block;
    for (const [at, name, value] of namedIn(body)) {
      const kind = secretIn(at === "set_sensitive" ? "secret" : name.replace(NAMES_ONE, ""), value, stack);
      if (kind !== undefined) yield { what: at === PASSWORD ? at : `${at}.${name}`, at, evidence: kind };
    }
    for (const [index, written] of listOf(body["values"]).entries()) {
      const at = `values[${index}]`;
      const text = isUnread(written) ? stack.evaluate(block, at) : written;
      if (typeof text !== "string") {
        yield new UndecidedValue(at, written, `${at} is known at apply only`);
        continue;
      }
      const kind = secretInScript(text, stack);
      if (kind !== undefined) yield { what: "values", at, evidence: kind };
    }
  },
};

/** Charts take the name of a Secret by `existingSecret` and the like. */
const NAMES_ONE = /(?:^|\.)existing\w*$/;

const PASSWORD = "repository_password";
const LISTS = ["set", "set_list", "set_sensitive"];

function* namedIn(body: BlockBody): Generator<readonly [at: string, name: string, value: Json]> {
  if ((body[PASSWORD] ?? null) !== null) yield [PASSWORD, PASSWORD, body[PASSWORD] as Json];
  for (const at of LISTS)
    for (const each of blocksOf(body, at))
      for (const value of listOf(each["value"]))
        yield [at, String(each["name"]), typeof value === "number" ? String(value) : value];
}

/** An expression in whole, such as a file; what `yamlencode` is given stands in its text. */
function isUnread(written: Json): boolean {
  return typeof written === "string" && isWholeReference(written) && !/^\s*\$\{\s*(?:json|yaml)encode\(/.test(written);
}
