import { MOST_STRANGERS, Strangers } from "../../../runtime/token/strangers";

test("of strangers no more are kept in mind than there are records an hour", () => {
  const strangers = new Strangers();
  const all = Array.from({ length: MOST_STRANGERS + 5 }, (_, index) => strangers.isNew(`spiffe://a/${index}`, 7_200));
  expect(all.filter((isNew) => isNew)).toHaveLength(MOST_STRANGERS);
  expect(strangers.isNew("spiffe://a/new", 10_799)).toBe(false);
  expect(strangers.isNew("spiffe://a/new", 10_800)).toBe(true);
  expect(strangers.isNew("spiffe://a/new", 10_800)).toBe(false);
});
