import type { Json } from "../../../../domain";
import { CHART_TYPES, chartOf } from "../../charts";
import { unreadPartsOf } from "../../private/unread-parts";
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
  looksAt: CHART_TYPES,
  *check(block, stack) {
    const { body } = block;
    const chart = chartOf(block, stack);
    if (chart === undefined) return;
    yield* chart.unread;
    yield* unreadPartsOf(chart);
    for (const [at, name, value] of namedIn(body)) {
      const kind = secretIn(at === "set_sensitive" ? "secret" : name.replace(NAMES_ONE, ""), value, stack);
      if (kind !== undefined) yield { what: at === PASSWORD ? at : `${at}.${name}`, at, evidence: kind };
    }
    for (const { at, text } of chart.texts) {
      const kind = secretInScript(text, stack);
      if (kind !== undefined) yield { what: "values", at, evidence: kind };
    }
  },
};

/** Charts take the name of a Secret by `existingSecret` and the like. */
const NAMES_ONE = /(?:^|\.)existing\w*$/;

const PASSWORD = "repository_password";
const LISTS = ["set", "set_list", "set_sensitive"];

/** Those that cannot be read are told with the chart's other values. */
function setsOf(body: BlockBody, at: string): readonly BlockBody[] {
  try {
    return blocksOf(body, at);
  } catch (error) {
    if (error instanceof UndecidedValue) return [];
    throw error;
  }
}

function* namedIn(body: BlockBody): Generator<readonly [at: string, name: string, value: Json]> {
  if ((body[PASSWORD] ?? null) !== null) yield [PASSWORD, PASSWORD, body[PASSWORD] as Json];
  for (const at of LISTS)
    for (const each of setsOf(body, at))
      for (const value of listOf(each["value"]))
        yield [at, String(each["name"]), typeof value === "number" ? String(value) : value];
}
