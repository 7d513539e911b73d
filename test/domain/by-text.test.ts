import { byKey, byText } from "../../domain/by-text";

test("texts are ordered by code units, and equal ones keep their places", () => {
  expect(["b", "é", "a", "B", "ab", ""].sort(byText)).toEqual(["", "B", "a", "ab", "b", "é"]);
  expect(byText("a", "a")).toBe(0);
});

test("entries are ordered by their keys alone", () => {
  expect([...Object.entries({ b: 1, a: 3, "10": 2, B: 0 })].sort(byKey).map(([key]) => key)).toEqual([
    "10",
    "B",
    "a",
    "b",
  ]);
});
