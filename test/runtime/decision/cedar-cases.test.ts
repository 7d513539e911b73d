import { preparseSchema } from "@cedar-policy/cedar-wasm/nodejs";
import { type DecisionInput, type ReasonCode, REASONS } from "../../../domain";
import { cedarSources } from "../../../policies/cedar-sources";
import { preparsePolicySet, statefulIsAuthorized } from "../../../policies/cedar-wasm";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { PolicySets } from "../../../runtime/decision/cedar/policy-sets";
import { slice } from "../../../runtime/decision/cedar/slice";
import { Decider } from "../../../runtime/decision/decider";
import { type DecisionCase, decisionCases } from "../../support/decisions/cases";
import { examplePolicy } from "../../support/decisions/policy";

const cases = decisionCases();
const { schema, policies } = cedarSources();
const WHOLE = "whole";
const SCHEMA = "schema";

beforeAll(() => {
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  expect(preparsePolicySet(WHOLE, { staticPolicies })).toEqual({ type: "success" });
  expect(preparseSchema(SCHEMA, schema)).toEqual({ type: "success" });
});

const engine = new CedarEngine({ policy: examplePolicy, revision: 0 });

async function decided({ input, policy, revision }: DecisionCase) {
  const failures: unknown[] = [];
  engine.replace(policy, revision);
  const { decision, reasons, observed } = await new Decider(engine, (error) => failures.push(error)).decide(input);
  expect(failures).toEqual([]);
  return { decision, reasons: reasons.map(({ code }) => code), observed: observed.map(({ code }) => code) };
}

test.each(cases.map((each) => [each.file, each.name, each] as const))("%s: %s", async (_file, _name, each) => {
  expect(await decided(each)).toEqual(each.expected);
});

const ofContract = cases.filter(({ expected }) => !expected.reasons.some((code) => code.startsWith("input.")));

test("every question is of the schema, and all policies answer it as those do that it is put to", () => {
  const sets = new PolicySets(policies);
  const ask = (each: DecisionCase, more: object) => {
    const question = slice(each.input as DecisionInput, each.policy, each.revision);
    const call = { ...question, entities: [], preparsedPolicySetId: sets.setFor(question), ...more };
    return statefulIsAuthorized(call as unknown as Parameters<typeof statefulIsAuthorized>[0]);
  };
  const sorted = (answer: ReturnType<typeof ask>) => {
    if (answer.type === "failure") return answer.errors.map(({ message }) => message);
    const { decision, diagnostics } = answer.response;
    return { decision, reason: [...diagnostics.reason].sort(), errors: diagnostics.errors };
  };
  for (const each of ofContract) {
    const validated = { preparsedPolicySetId: WHOLE, preparsedSchemaName: SCHEMA, validateRequest: true };
    const ofAll = sorted(ask(each, validated));
    expect({ name: each.name, answer: sorted(ask(each, {})) }).toEqual({ name: each.name, answer: ofAll });
    expect(ofAll).toMatchObject({ errors: [] });
  }
});

test("every reason that an engine can give is given", () => {
  const given = new Set(cases.flatMap(({ expected }) => expected.reasons));
  const codes = (Object.keys(REASONS) as ReasonCode[]).filter((code) => !/^(input|engine)\./.test(code));
  expect(codes.filter((code) => !given.has(code))).toEqual([]);
  expect(ofContract.length).toBeGreaterThan(150);
});
