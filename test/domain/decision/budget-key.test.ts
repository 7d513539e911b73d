import fc from "fast-check";
import { Budget, budgetKey, Tool, unitsOf } from "../../../domain";
import { budgetUnits } from "../../../domain/decision/budget-key";
import { refusal, taskOf } from "../../support/domain";
import "../../support/depth";

const crm = Tool.http("crm", {
  url: "https://crm.acme.example",
  clearance: "restricted",
  actsAs: { service: "crm-reader" },
  actions: {
    get: { method: "GET", path: "/" },
    pay: { method: "POST", path: "/pay" },
    fly: { method: "POST", path: "/fly" },
  },
});

test.each([
  [Budget.perRun(3), "run:calls:all"],
  [Budget.perSession(3), "session:calls:all"],
  [Budget.perHour(3), "hour:calls:all"],
  [Budget.perDay(3, { of: crm.allow("pay") }), "day:calls:crm.pay"],
  [Budget.perDay(3, { of: crm.allow("pay", "get", "fly") }), "day:calls:crm.fly+crm.get+crm.pay"],
  [Budget.sum("amount", 0.5, { per: "day", of: crm.allow("pay") }), "day:sum=amount:crm.pay"],
  [Budget.sum("amount", 0.5, { per: "run" }), "run:sum=amount:all"],
])("the key of a budget says period, what is counted and of which actions (%#)", (budget, key) => {
  expect(budgetKey(budget)).toBe(key);
});

test("the order in which actions are named changes no key", () => {
  const shuffled = fc.shuffledSubarray(["get", "pay", "fly"] as const, { minLength: 1 });
  fc.assert(
    fc.property(shuffled, (names) => {
      const keyOf = (actions: readonly ("get" | "pay" | "fly")[]) =>
        budgetKey(Budget.perDay(1, { of: crm.allow(...(actions as [(typeof actions)[number]])) }));
      expect(keyOf(names)).toBe(keyOf([...names].sort()));
    }),
  );
});

test("calls are counted as they are, sums in ten-thousandths", () => {
  expect(budgetUnits(Budget.perDay(20))).toBe(20);
  expect(budgetUnits(Budget.sum("amount", 5_000, { per: "day" }))).toBe(50_000_000);
  expect(budgetUnits(Budget.sum("amount", 0.0001, { per: "day" }))).toBe(1);
});

test("every limit that a sum may have is exact in units", () => {
  const limits = fc.oneof(
    fc.double({ noNaN: true }),
    fc.nat(1_000_000).map((count) => count / 10_000),
  );
  fc.assert(
    fc.property(limits, (limit) => {
      const units = unitsOf(limit);
      if (units === undefined || limit <= 0) {
        expect(refusal(() => Budget.sum("amount", limit, { per: "day" })).code).toMatch(/^(budget\.malformed|token)$/);
      } else {
        expect(budgetUnits(Budget.sum("amount", limit, { per: "day" })) / 10_000).toBe(limit);
      }
    }),
  );
});

test("fails when two budgets of a task have one key: the second would never be counted", () => {
  const { code, message } = refusal(() =>
    taskOf({ tools: [crm.allow("get")], budget: [Budget.perDay(3), Budget.perDay(20)] }),
  );
  expect({ code, message }).toEqual({
    code: "grant.duplicate",
    message:
      'agent "triage" task "answer": budget names "day:calls:all" twice: write one entry with everything it needs',
  });
});
