import { policyToJson, type PolicyJson } from "../../../policies/cedar-wasm";
import type { Facts } from "../../../runtime/decision/cedar/facts";
import { guardOf } from "../../../runtime/decision/cedar/guard";

function guard(condition: string, scope = "principal, action, resource") {
  const answer = policyToJson(`forbid (${scope}) ${condition};`);
  if (answer.type === "failure") throw new Error(answer.errors[0]?.message);
  return guardOf(answer.json as PolicyJson);
}

const admits = (condition: string, context: Facts): boolean => guard(condition).admits("call", context);

test("a policy that begins by asking for a fact is silent without it", () => {
  const condition = "when { context has a && context has b && context.a }";
  expect(admits(condition, { a: 1, b: false })).toBe(true);
  expect(admits(condition, { a: 1 })).toBe(false);
  expect(admits(condition, { b: 1 })).toBe(false);
});

test("a policy that begins by asking for no fact is silent with it", () => {
  expect(admits("when { !(context has a) && context.b }", { b: 1 })).toBe(true);
  expect(admits("when { !(context has a) && context.b }", { a: 0, b: 1 })).toBe(false);
  expect(admits("when { !!(context has a) }", {})).toBe(false);
});

test.each([
  ["after another condition, which could fail", "when { context.b && context has a }"],
  ["as one of two", "when { context has a || context has b }"],
  ["within another fact", "when { context has a.b }"],
  ["of something else", "when { context.a has b && context.a.b }"],
  ["of the principal", "when { principal has a }"],
  ["the other way round", "unless { context has a }"],
  ["in a second condition", "when { context.b } when { context has a }"],
  ["not at all", ""],
])("a policy that asks for a fact %s is never left out", (_, condition) => {
  expect(guard(condition)).toMatchObject({ has: [], lacks: [] });
  expect(admits(condition, {})).toBe(true);
});

test("a fact that every object of JavaScript seems to have is not there", () => {
  for (const name of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
    expect(admits(`when { context has ${name} }`, {})).toBe(false);
    expect(admits(`when { !(context has ${name}) }`, {})).toBe(true);
  }
});

test("a policy is for the action that it names alone, else for every one", () => {
  const forIssue = guard("", 'principal, action == Ambit::Action::"issue", resource');
  expect(forIssue.admits("issue", {})).toBe(true);
  expect(forIssue.admits("call", {})).toBe(false);
  const forBoth = guard("", 'principal, action in [Ambit::Action::"issue", Ambit::Action::"call"], resource');
  expect([forBoth.admits("issue", {}), forBoth.admits("call", {})]).toEqual([true, true]);
});
