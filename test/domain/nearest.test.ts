import { didYouMean, likely, nearest, unknownMember } from "../../domain/nearest";

test("the names most like another go first, and those that hold it before all others", () => {
  expect(nearest("clrk", ["courier", "clerk", "stocker"], 2)).toEqual(["clerk", "courier"]);
  expect(nearest("triage", ["trial", "Support-Triage"], 1)).toEqual(["Support-Triage"]);
  expect(nearest("", ["b", "a"], 5)).toEqual(["a", "b"]);
  expect(nearest("a", [], 5)).toEqual([]);
});

test("names of any length are compared by their beginning", () => {
  expect(nearest("x".repeat(1_000_000), ["y".repeat(1_000_000), "x"], 2)).toHaveLength(2);
});

test.each([
  ["aprovers", "approvers"],
  ["KINDS", "kinds"],
  ["reson", "reason"],
])("%s was likely to be %s", (text, name) => {
  expect(likely(text, ["approvers", "kinds", "reason"])).toBe(name);
});

test.each(["", "xyz", "something else"])("%j was likely to be none of them", (text) => {
  expect(likely(text, ["approvers", "kinds", "reason"])).toBeUndefined();
});

test.each([
  ["puprose", ', did you mean "purpose"'],
  ["Owner", ', did you mean "owner"'],
  ["colour", ""],
])("%s is asked about: %p", (text, question) => {
  expect(didYouMean(text, ["owner", "purpose"])).toBe(question);
});

test.each([
  [["puprose"], 'the unknown member puprose, did you mean "purpose"'],
  [["\u001b[31m", "colour"], "the unknown member colour"],
  [["\u001b[31m"], "a member that is unknown"],
  [["__proto__"], "the unknown member __proto__"],
  [["a b"], "a member that is unknown"],
])("of the members %j is said: %s", (names, said) => expect(unknownMember(names, ["owner", "purpose"])).toBe(said));
