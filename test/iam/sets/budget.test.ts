import { Budget, TooComplex } from "../../../iam/sets/budget";

test("lasts for the steps it is given", () => {
  const budget = new Budget(3);
  budget.spend();
  budget.spend(2);
  expect(() => budget.spend()).toThrow("deciding takes more than 3 steps");
});

test("fails when it was spent before, for every later request", () => {
  const budget = new Budget(1);
  expect(() => budget.spend(2)).toThrow(TooComplex);
  expect(() => budget.spend(0)).toThrow(TooComplex);
});

test("is 50,000 steps where nothing else is said", () => {
  const budget = new Budget();
  budget.spend(50_000);
  expect(() => budget.spend()).toThrow(TooComplex);
});

test.each([-1, 0.5, NaN, Infinity])("fails when it is %p steps", (steps) => {
  expect(() => new Budget(steps)).toThrow(`a budget must be a whole number of steps, got ${steps}`);
});
