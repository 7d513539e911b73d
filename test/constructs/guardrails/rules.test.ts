import { TerraformResource } from "cdktf";
import { type Finding } from "../../../constructs/guardrails/finding";
import { judgeStack } from "../../../constructs/guardrails/judge";
import { type BlockRule, isBlockRule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import { isObject, type BlockBody } from "../../../constructs/guardrails/value";
import { refusal } from "../../support/domain";
import { guardrailCases } from "../../support/guardrails/cases";
import { CLOCK, newStack, Template } from "../../support/synth";

const rules = RULES.filter(isBlockRule);
const cases = Object.values(guardrailCases()).flat();

function findingsOf(rule: BlockRule, json: BlockBody): readonly Finding[] {
  return judgeStack(StackJson.of("test", json), { rules: [rule], now: CLOCK.now() }).refused;
}

/** The blocks as they would stand beside Ambit's constructs: resources as raw L1, all else as an override of the stack */
function stackWith(json: BlockBody): ReturnType<typeof newStack> {
  const stack = newStack();
  const { resource, ...rest } = json;
  for (const [type, names] of Object.entries((resource ?? {}) as Readonly<Record<string, BlockBody>>)) {
    for (const [name, body] of Object.entries(names)) {
      const raw = new TerraformResource(stack, name, { terraformResourceType: type });
      for (const [key, value] of Object.entries(body as BlockBody)) raw.addOverride(key, value);
    }
  }
  for (const [key, value] of Object.entries(rest)) if (isObject(value)) stack.addOverride(key, value);
  return stack;
}

test("each rule has an id of its own, and cases of both kinds", () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  const [refusing, accepting] = [
    cases.filter(({ refuses }) => refuses.length > 0),
    cases.filter(({ accepts }) => accepts.length > 0),
  ];
  for (const listed of [refusing, accepting])
    expect(listed.map(({ rule }) => rule).sort()).toEqual(rules.map(({ id }) => id).sort());
});

test("fails when a program takes a rule out", () => {
  expect(() => Reflect.apply(Array.prototype.splice, RULES, [0])).toThrow(TypeError);
});

test("no rule can be made to find nothing", () => {
  expect(RULES.filter((rule) => !Object.isFrozen(rule))).toEqual([]);
});

test("a rule finds nothing in a block that it says it is not about, in the cases of all rules", () => {
  const asking = rules.filter(({ isAbout }) => isAbout !== undefined);
  const looking = asking.map(({ isAbout: _, ...rule }) => rule);
  const found = (of: readonly BlockRule[], json: BlockBody): readonly string[] =>
    judgeStack(StackJson.of("test", json), { rules: of, now: CLOCK.now() }).refused.map(({ hash }) => hash);
  const jsons = cases.flatMap(({ refuses, accepts }) => [...refuses, ...accepts]).map(({ json }) => json);
  for (const json of jsons) expect(found(asking, json)).toEqual(found(looking, json));
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  const { refuses, accepts } = cases.find((each) => each.rule === id) ?? { refuses: [], accepts: [] };

  test.each(refuses.map((each) => [each.case, each] as const))("refuses %s", (_, { json, findings }) => {
    expect(
      findingsOf(rule, json)
        .map((found) => found.id)
        .sort(),
    ).toEqual(findings.map((what) => `${id}[${what}]`));
  });

  test.each(accepts.map((each) => [each.case, each] as const))("accepts %s", (_, { json }) => {
    expect(findingsOf(rule, json)).toEqual([]);
  });

  test("is found by synth in a stack that has the first of these", () => {
    const [first] = refuses;
    const { code, message } = refusal(() => Template.of(stackWith((first as { json: BlockBody }).json)));
    expect(code).toBe("guardrail.violated");
    expect(message).toContain(`${rule.severity} ${id}[${(first as { findings: readonly string[] }).findings[0]}] at `);
    expect(message).toContain(`    ${rule.what}, got `);
    expect(message).toContain(`    because: ${rule.why}\n    fix: ${rule.fix}; or acknowledge `);
  });
});
