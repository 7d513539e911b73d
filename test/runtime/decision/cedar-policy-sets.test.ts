import { cedarSources } from "../../../policies/cedar-sources";
import type { CedarQuestion, Facts } from "../../../runtime/decision/cedar/facts";
import { MOST_KINDS, PolicySets } from "../../../runtime/decision/cedar/policy-sets";
import { slice } from "../../../runtime/decision/cedar/slice";
import { examplePolicy } from "../../support/decisions/policy";
import { request } from "../../support/decisions/request";

const { policies } = cedarSources();
const question = slice(request(), examplePolicy, 7);
const withFacts = (facts: Facts): CedarQuestion => ({ ...question, context: { ...question.context, ...facts } });

test("questions of one kind are put to one set, also by another engine", () => {
  const sets = new PolicySets(policies);
  const set = sets.setFor(question);
  expect(sets.setFor(withFacts({ time: 1, call: "other.action" }))).toBe(set);
  expect(new PolicySets(policies).setFor(question)).toBe(set);
});

test("questions of another kind, or to other policies, are put to another set", () => {
  const sets = new PolicySets(policies);
  const others = [
    sets.setFor(withFacts({ revoked: ["run"] })),
    sets.setFor({ ...question, action: { type: "Ambit::Action", id: "issue" } }),
    new PolicySets(policies.filter(({ id }) => id !== "run.over")).setFor(question),
  ];
  expect(new Set([...others, sets.setFor(question)]).size).toBe(4);
});

test("beyond so many kinds, all policies are asked", () => {
  const sets = new PolicySets(policies);
  const optional = [
    "revoked",
    "tainted",
    "writable",
    "suspended",
    "approver",
    "approval",
    "intent",
    "order",
    "budgets",
  ];
  const kinds = Array.from({ length: 2 ** optional.length }, (_, bits) =>
    withFacts(Object.fromEntries(optional.filter((_name, bit) => (bits >> bit) % 2 === 1).map((name) => [name, 0]))),
  );
  expect(kinds.length).toBeGreaterThan(2 * MOST_KINDS);
  const first = kinds.slice(0, MOST_KINDS).map((kind) => sets.setFor(kind));
  const rest = new Set(kinds.slice(MOST_KINDS).map((kind) => sets.setFor(kind)));
  expect(rest.size).toBe(1);
  expect(first).not.toContain([...rest][0]);
  expect(kinds.slice(0, MOST_KINDS).map((kind) => sets.setFor(kind))).toEqual(first);
});

test("fails when two policies have one id: one of them would be lost", () => {
  expect(() => new PolicySets([...policies, ...policies.slice(0, 1)])).toThrow(
    "each policy must have an id of its own",
  );
});
